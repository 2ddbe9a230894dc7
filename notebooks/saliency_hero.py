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
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
chosen: str = "0,13"  # output tokens to show as boxes, from 0, as published

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import saliency_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_hero"]
numbers = [int(number) for number in chosen.split(",")]
own = Own(prompt, int(generate))
results = gather(figure, model, norms, own)
drawing = saliency_page(results, figure.title, numbers)

# %%
save(figure, results, drawing, model, norms, out, own)
