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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
chosen: str = "0,4"  # output tokens to show as boxes, from 0

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_eu"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, chosen=[int(number) for number in chosen.split(",")])

# %%
save(figure, drawing, results, model, norms, out)
