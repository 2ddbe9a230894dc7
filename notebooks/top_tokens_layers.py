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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 1

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["top_tokens_layers"].of(
    prompt=prompt, continuation=continuation, generate=generate
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
