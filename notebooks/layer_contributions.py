# %% [markdown]
# # What each layer contributes
#
# The ranks of a continuation after every layer, and its probabilities, as steps from layer to
# layer: which one raised a token the most?
#
# **The article** (HS-21): the projection of inner hidden states gives a sense of which layer
# contributed the most to raising a token's score, and hence its rank; of the list of EU countries
# it says that the last five of twelve layers come up with the countries.
#
# **What to look for**: in the list, the number that marks a country's greatest rise, in the lowest
# rows; and whether rank and probability name the same layer.

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
figure = FIGURES["layer_contributions"].of(
    prompt=prompt, continuation=continuation, generate=generate
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
