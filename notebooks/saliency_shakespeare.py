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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
chosen: str = "0,1"  # output tokens to show as boxes, from 0

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_shakespeare"].of(
    prompt=prompt, continuation=continuation, generate=generate
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, chosen=[int(number) for number in chosen.split(",")])

# %%
save(figure, drawing, results, model, norms, out)
