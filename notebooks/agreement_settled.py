# %% [markdown]
# # Where agreement is settled
#
# Pairs such as "The keys to the cabinet" and "The key to the cabinet", one for each of 30 nouns.
# All numbers are shares of the gap between the two prompts in how far the right verb is ahead.
#
# **The article's open question** (HS-Q1-transport, HS-Q1-decision): is agreement settled in the
# last layer, or by a circuit over several? That is two questions: where does the number of the
# subject reach the last position, and what decides the verb from there?
#
# **What to look for**: above, where the falling curve crosses the rising one; in the middle, which
# layers write the gap, and how much is left without each; below, the heads that write it. A sixth
# of the depth is what one layer of the article's six is here.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["agreement_settled"]
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
