# %% [markdown]
# # What a repeated pattern is taken from
#
# The text " 1, 1, 1," goes on for ever. Every number and every comma could be copied from any of
# those before.
#
# **The article**: GPT2-XL takes each of them from the very first token most of all (EX-03); the
# token just before and the rest of the first three often come next (EX-04).
#
# **What to look for**: a dark column on the left, and a darker slope where rows end: the last cell
# of a row is the token just before.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
chosen: str = "0,12"  # output tokens to show as boxes, from 0

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_ones"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, chosen=[int(number) for number in chosen.split(",")])

# %%
save(figure, drawing, results, model, norms, out)
