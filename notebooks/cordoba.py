# %% [markdown]
# # Cordoba: the text of the gallery
#
# The gallery of the second article shows how three models continue a text on Spain, without a word
# on it. Here a model of your choice reads the continuation of the one with twelve layers.
#
# **A question of this package** (HS-22), asked on [a list of cities](cordoba_cities.py).
#
# **What to look for**: words of grammar dark from high rows on, names in low rows only.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["cordoba"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
