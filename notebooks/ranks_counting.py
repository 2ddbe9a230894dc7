# %% [markdown]
# # Counting on: ranks after every layer
#
# The model is given " 1, 2, 3," and counts on. Every token that follows is ranked after every
# layer, at the position before it.
#
# **The article**: DistilGPT2 goes on counting, with commas (EX-07), and knows the commas at least
# one layer earlier than the numbers, in layer 3 against layer 4 (EX-08).
#
# **What to look for**: the row in which a column reaches rank 1, for commas and for numbers. A
# space may be a token of its own.

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
figure = FIGURES["ranks_counting"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
