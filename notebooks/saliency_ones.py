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
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
chosen: str = "0,12"  # output tokens to show as boxes, from 0, as published

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import saliency_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_ones"]
numbers = [int(number) for number in chosen.split(",")]
own = Own(prompt, int(generate))
results = gather(figure, model, norms, own)
drawing = saliency_page(results, figure.title, numbers)

# %%
save(figure, results, drawing, model, norms, out, own)
