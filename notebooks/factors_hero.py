# %% [markdown]
# # The opening example: factors of a short list
#
# The example that opens the article, now in four patterns of firing. The model was not named, and
# nothing is claimed of this text; what is said of the longer list (EX-14), factors for its syntax
# and for its content, can be looked for here.
#
# **What to look for**: a row for the numbers, one for the periods, one for the countries.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 4  # how many; the article has 4
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_hero"].of(
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
