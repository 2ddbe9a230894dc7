# %% [markdown]
# # Top tokens after every layer
#
# The same text as in the figure before, " 1, 1, 1,", now read after every layer: a row holds the
# ten best tokens of one layer, the best on the left, darker where the probability is higher.
#
# **The article**: DistilGPT2's first layer has no digit among its ten best (HS-02); in the next
# one " 1" enters with a tiny probability (HS-03); from there it rises (HS-04), until the last
# layer takes back some of the certainty and keeps the order (HS-05).
#
# **What to look for**: follow the digit from the row where it first appears to the first column.
# Then compare the two norms: without the final norm, inner layers are often certain, and of tokens
# that have nothing to do with the text.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files

# %%
from replication.figures.answers import gather
from replication.figures.drawing.panels import panels
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["top_tokens_layers"]
results = gather(figure, model, norms)
drawing = panels(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out)
