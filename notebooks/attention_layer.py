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
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
text: str = "The keys to the cabinet are here, and the key to the doors"  # read by the model
depth: float = 0.5  # of the layer: 0.5 is the middle one, 1 the last

# %%
from replication.figures.answers import gather
from replication.figures.drawing.attention import attention_page
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["attention_layer"]
results = gather(figure, model, norms, text=text, depth=float(depth))
drawing = attention_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, text=text, depth=float(depth))
