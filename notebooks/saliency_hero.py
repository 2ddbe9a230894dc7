# %% [markdown]
# # The opening example: saliency of a short list
#
# The example that opens the article: a list of countries in one line. Which model wrote it was not
# said, and nothing is claimed of it. The nearest claim is that of the longer list, which goes on
# alphabetically (EX-05); this one does not.
#
# **What to look for**: whether numbers look back at numbers and countries at countries.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
chosen: str = "0,13"  # output tokens to show as boxes, from 0

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_hero"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, chosen=[int(number) for number in chosen.split(",")])

# %%
save(figure, drawing, results, model, norms, out)
