# %% [markdown]
# # The final norm taken apart
#
# The articles multiply inner states with the unembedding and leave out the model's final norm. On
# SmolLM2 the words that are looked at then come far down. Which part of the norm is missed
# (HS-NORM)?
#
# 1. **Not the scale.** To divide a state by one positive number changes no rank (HS-NORM-scale).
# 2. **The learned gain**, one factor for each dimension. An RMS norm has nothing else, so that the
#    state times its gain has the ranks of the usual lens. The gain may as well be multiplied into
#    the unembedding, and the model says what it said before: then the articles' method and the
#    usual lens are the same. The method reads how a model is written down, not the model.
# 3. **Of the gain, its signs.** A dimension with a negative gain is turned round by the norm. Where
#    such a dimension is large in the state, the raw state says the opposite of what the model
#    means.
#
# A few large dimensions account for the last layers alone (HS-NORM-outliers).
#
# A LayerNorm also takes the mean away and adds a bias; on such a model these have lines too.
#
# **What to look for**: which lines lie with the black one; and below, pink dots far up, which are
# large dimensions that the norm turns round.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: the norm is taken apart
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
words: str = ""  # of your own, as '[" is", " are"]'

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["final_norm"].of(prompt=prompt, words=words)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
