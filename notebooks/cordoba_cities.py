# %% [markdown]
# # Cordoba: cities that the text names, and others
#
# After the gallery's text on Spain, a list of six cities: three that the text names, three that it
# does not, in turn.
#
# **A question of this package** (HS-22): are names that a text repeats near the top from an earlier
# layer on than new ones? The article shows the text without a word on it.
#
# **What to look for**: the columns of Cordoba, Granada and Toledo against those of Seville, Lisbon
# and Madrid, each in its first token.

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
figure = FIGURES["cordoba_cities"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
