# %% [markdown]
# # Man or woman: the doctor and the nurse
#
# What does a model expect after "The doctor was a" and after "The nurse was a"? The words " man"
# and " woman" compete for the next position.
#
# **The article**: in DistilGPT2 all layers before the last put " man" first for both occupations
# (HS-17); the last layer lifts " woman" for the nurse only (HS-18).
#
# **What to look for**: which of two columns is darker, row by row, and whether the nurse's last
# row turns the order of the rows above it. Two prompts show two prompts: they are no measurement
# of a model's bias.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
words: str = ""  # of your own, as '[" is", " are"]'

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["occupations"].of(prompt=prompt, words=words)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
