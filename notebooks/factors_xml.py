# %% [markdown]
# # Ten factors of XML
#
# An XML document in ten patterns of firing.
#
# **The article** (EX-15): DistilGPT2 has factors for newlines, for labels of tags (more so of
# closing ones), for indentation, for "<", for the first token (EX-18), two for ">", one for the
# text inside and one for "</".
#
# **What to look for**: in the coloured text, whether the same sign has the same colour throughout.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: not at all
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 10  # how many; the article has 10
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_xml"].of(
    prompt=prompt,
    continuation=continuation,
    generate=generate,
    layers=str(layers),
    factors=factors,
    seed=seed,
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
