# %% [markdown]
# # Top tokens after the last layer
#
# The text is " 1, 1, 1,", and the question is what comes next. Each panel has the ten tokens to
# which the model, after its last layer, gives the highest probability.
#
# **The article** (HS-01): DistilGPT2 leads with the repeated number, at 59.8 %, and considers
# other digits after it.
#
# **What to look for**: a digit leads in every panel. The last layer is the model's own output, so
# the choice of norm cannot matter here: the measured panels must be alike.
#
# A tokenizer that writes the space before a digit as a token of its own has no " 1"; the position
# that is shown is then the one after that space.

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
figure = FIGURES["top_tokens_last"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
