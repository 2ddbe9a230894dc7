# %% [markdown]
# # Five factors of counting
#
# The same activations as with two factors, in five patterns of firing.
#
# **The article**: counting falls apart into its start, its middle and its end, one factor keeps
# the commas, and one is at work at the first token only (EX-13), as in all GPT-2 models (EX-18).
#
# **What to look for**: rows whose peaks fill only a part of the line, and a row with a single peak
# at its beginning. Ask for more factors and the parts grow smaller.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 5  # how many; the article has 5
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_counting_five"].of(
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
