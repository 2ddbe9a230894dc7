# %% [markdown]
# # Where agreement is settled, over many pairs
#
# The same replacement over 60 pairs with 30 nouns, each with another noun of the other number
# beside the verb: how much of the effect lies at the subject, and how much at the last position,
# after every layer. Bands are 95 % intervals over nouns.
#
# **The article's open question** (HS-Q1, HS-Q1-circuit): if agreement were settled in the last
# layer, the effect at the last position would stay near 0 and jump to 1 at the very end.
#
# **What to look for**: where the falling curve crosses the rising one, and how much of the rise is
# left to the last layer.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["patching_pairs"]
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
