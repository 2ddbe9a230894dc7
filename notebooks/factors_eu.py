# %% [markdown]
# # Six factors of a list of EU countries
#
# A list of EU countries in six patterns of firing.
#
# **The article**: DistilGPT2 has factors for the parts of the list's syntax and for its content
# (EX-14), and one for the first token (EX-18).
#
# **What to look for**: which rows have one peak for every line of the list, and at which token of
# the line.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 6  # how many; the article has 6
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_eu"].of(
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
