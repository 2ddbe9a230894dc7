# %% [markdown]
# # Where Heathrow is: a fact found layer by layer
#
# The prompt names an airport and asks for its city; the city and the period after it are ranked
# after every layer.
#
# **The article** (HS-19): in DistilGPT2 " London" climbs layer by layer, from rank 816 to rank 1,
# while the period is near the top from the start.
#
# **What to look for**: a column that darkens steadily beside one that is dark throughout.

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
figure = FIGURES["heathrow"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
