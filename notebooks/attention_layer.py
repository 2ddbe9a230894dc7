# %% [markdown]
# # The attention of one layer, head by head
#
# Attention as plain heat maps, of one layer (the middle one unless another is named): for each
# head, which of the tokens before it each token attends to, and below what the last token alone
# attends to in every head. `replicate attention` makes the same views to be hovered over, for all
# layers.
#
# **The companion text on attention views** (BV-04, BV-04-apart): the heads of one layer differ
# clearly; some attend to the same word, some to the delimiter or to the first token.
#
# **What to look for**: a dark first column (a head that rests on the first token), a dark diagonal
# below the edge (a head that looks at the token before), single dark cells where a word comes
# again.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
depth: float = 0.5  # of the layer: 0.5 is the middle one, 1 the last

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["attention_layer"].of(prompt=prompt, depth=depth)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
