# %% [markdown]
# # The tuned lens: how near it is to the output
#
# The logit lens reads an inner layer as if it were the last. Where the layers in between turn or
# shift the residual stream, what is there is then missed, and a word that "comes late" may only be
# read late. The tuned lens (Belrose et al. 2023) gives every layer an affine map of its own, fitted
# so that its states look like the last layer's; it is the third reading of this package, beside
# "norm: none" and "norm: final".
#
# Here the maps are fitted by ridge regression, on text that the model writes itself, and judged on
# other text: what the model writes from other starts with another seed, and the articles' texts.
#
# **What to look for** (TUNED-01): above, how many bits each layer's reading is away from the
# model's output; the tuned lens should be nearer in every layer before the last. Below, after "The
# keys to the cabinet", whether " are" overtakes " is" at another depth once the reading is tuned:
# if not, the lateness is the network's and not the reading's.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: the figure shows all three
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
words: str = ""  # words to watch after it, as JSON: '[" is", " are"]'

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["tuned_lens"].of(prompt=prompt, words=words)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
