# %% [markdown]
# # Ranks of an output sequence after every layer
#
# The tokens that follow " 1, 1, 1,", each ranked at the position before it. Columns are the tokens
# in the order of the text; a space may be a token of its own.
#
# **The article**: in DistilGPT2 all tokens lead from layer 3 of 6 on (HS-06); the comma is near
# the top in the very first layer, well before the digits (HS-07). That each token leads at the end
# is true by construction where a model always takes its best token (HS-08).
#
# **What to look for**: the row from which a column stays at rank 1, and whether commas get there
# before digits.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["rank_sequence"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
