# %% [markdown]
# # Every position of a text at once
#
# The logit lens in its first form: every layer, every position of a short text, and in each cell
# the token that would come next if the model ended there.
#
# **The companion text on the lens** (LL-03) shows the variants: layer by layer, all positions at
# once. Inner layers are read with the final norm and, as the article does, without it.
#
# **What to look for**: frames, where a layer expects what really comes next; and how late the best
# token turns from the token just read, or from noise, into a guess.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
text: str = "The capital of France is Paris"  # read by the model

# %%
from replication.figures.answers import gather
from replication.figures.drawing.lens import positions_page
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["capital_positions"]
results = gather(figure, model, norms, text=text)
drawing = positions_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, text=text)
