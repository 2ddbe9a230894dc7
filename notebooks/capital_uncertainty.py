# %% [markdown]
# # How unsure each layer is, and how far from the output
#
# Two numbers for every layer and position: the entropy of what it expects next, and how many bits
# its expectation is away from the model's own (Kullback-Leibler divergence, from the output to the
# layer).
#
# **The companion text on the lens** (LL-03): read at all positions, the layers come closer to what
# the model says in the end.
#
# **What to look for**: whether the divergence falls layer by layer or all at once in the last
# layer. Without the norm it may reach thousands of bits: nothing divides the inner states by their
# scale, and the longer a state, the surer it looks.

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
figure = FIGURES["capital_uncertainty"].of(prompt=prompt)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
