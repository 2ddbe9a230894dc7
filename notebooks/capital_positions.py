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
prompt: str = ""  # a text of your own; if empty, the figure's

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["capital_positions"].of(prompt=prompt)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
