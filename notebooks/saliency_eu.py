# %% [markdown]
# # What a list of EU countries is taken from
#
# A numbered list of EU countries goes on by itself. For each token of it: which tokens before did
# it need?
#
# **The article**: but for a second Finland the list goes on in alphabetical order (EX-05). What
# the shares say it leaves to its readers.
#
# **What to look for**: for a number, the numbers before it; for a country, the countries; and the
# first token, which many models use whatever is asked.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
chosen: str = "0,4"  # output tokens to show as boxes, from 0, as published

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import saliency_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_eu"]
numbers = [int(number) for number in chosen.split(",")]
own = Own(prompt, int(generate))
results = gather(figure, model, norms, own)
drawing = saliency_page(results, figure.title, numbers)

# %%
save(figure, results, drawing, model, norms, out, own)
