# %% [markdown]
# # What the birth year of Shakespeare is taken from
#
# The prompt asks for the year in which Shakespeare was born, and the model writes it. Which tokens
# of the prompt did it take it from?
#
# **The article**: for the first token of the year GPT2-XL takes 53 % from the name, 22 % from
# " year" and 14 % from " born" (EX-01); for the second, 60 % from the name, and next the year's
# own first half, which was output a moment before (EX-02).
#
# **What to look for**: how much of each row lies on the name. A model that writes a year digit by
# digit has more rows.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
chosen: str = "0,1"  # output tokens to show as boxes, from 0, as published

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import saliency_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_shakespeare"]
numbers = [int(number) for number in chosen.split(",")]
own = Own(prompt, int(generate))
results = gather(figure, model, norms, own)
drawing = saliency_page(results, figure.title, numbers)

# %%
save(figure, results, drawing, model, norms, out, own)
