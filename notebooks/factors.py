# %% [markdown]
# # Factors: a few patterns behind many neurons
#
# A cluster puts each neuron into one group. But a neuron may fire for several reasons.
# **Non-negative matrix factorization** (NMF) allows that: it writes the matrix of all activations
# as a product of two small matrices without negative numbers,
#
# $$A_{token, neuron} \approx \sum_{factor} W_{token, factor} \, H_{factor, neuron}.$$
#
# Each **factor** is a pattern of firing; a column of $W$ says how strongly it is at work at each
# token. Since nothing is negative, patterns only add up and never cancel, which makes them easy to
# read. The article finds factors for numbers, for commas, for parts of a list's syntax.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # no lens is involved here: they only choose what claims are judged under
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it
layers: str = ""  # such as 0 or 3-7; if empty, those of each figure
factors: int = 0  # how many; 0: as many as the article has
seed: int = 0  # where the factorization starts

# %%
import warnings

import numpy as np
import torch
from sklearn.decomposition import NMF

from replication import factorize, load, pca, record
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.factors import reach

torch.set_grad_enabled(False)
warnings.simplefilter("ignore")  # scikit-learn's, where 500 iterations, as in the article, are few
own = {"prompt": prompt, "continuation": continuation, "generate": generate}
own |= {"layers": str(layers), "factors": factors, "seed": seed}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## By hand: the matrix
#
# All neurons of all layers stand side by side in the columns, negative values set to 0. The last
# token was written but never read, so it has no row; a start token is no part of the text.

# %%
(question,) = FIGURES["factors_counting_two"].questions
network = load(model)
recording = record(network, question.text.prompt, question.text.continuation, neurons=True)
fired = recording.neurons[:, recording.start_length : -1].clamp(min=0)  # (layer, token, neuron)
matrix = fired.transpose(0, 1).flatten(1).numpy()
print(matrix.shape, "(token, neuron)")

# %% [markdown]
# ## By hand: two factors
#
# scikit-learn does the factorization, with the article's settings: a random start, seed 0, at most
# 500 iterations.

# %%
method = NMF(question.factors, init="random", random_state=0, max_iter=500)
activity = method.fit_transform(matrix).T  # (factor, token)
neurons = method.components_  # (factor, neuron)
error = np.linalg.norm(matrix - activity.T @ neurons) / np.linalg.norm(matrix)
print(f"{question.factors} factors leave {error:.0%} of the matrix's size unexplained")

# %% [markdown]
# The order of factors is an accident of the start. The library puts the one first that accounts
# for most, its **energy**: the sum of squares of its own part of the product.

# %%
energy = (activity**2).sum(1) * (neurons**2).sum(1)
order = np.argsort(-energy)
found = factorize(recording, question.factors)

# %% [markdown]
# One more convention. What is at work when a token is *written* happens at the position before it.
# So an input token is shown where it was read and a generated token where it was written, and the
# position of the last input token is shown twice.

# %%
last = found.n_input - 1
shown = np.insert(activity[order], found.n_input, activity[order][:, last], axis=1)
np.testing.assert_allclose(found.activity, shown, rtol=1e-2, atol=1e-3 * shown.max())
np.testing.assert_allclose(figures.answer(question).activity, found.activity, rtol=1e-4, atol=1e-5)

for token, values in list(zip(found.tokens, shown.T, strict=True))[:12]:
    print(f"{token!r:8}", *(f"{value:8.2f}" for value in values))

# %% [markdown]
# ## By hand: why not principal components?
#
# PCA explains as much with as few components, or more. But its components have weights of both
# signs (EX-20), so one takes away what another has put there, and none can be read alone.

# %%
components = pca(recording, question.factors)
print("factors:   ", (found.neurons < 0).mean(1).round(2), "of the weights are negative")
print("components:", components.negative.round(2))

# %% [markdown]
# The article also says how many neurons each factor reaches: 30 % and 46 %, with many in common
# (EX-12). It gives no threshold. With 0, a factor reaches every neuron that it makes fire at all:

# %%
reached = found.neurons * found.activity.max(1)[:, None] > 0
np.testing.assert_allclose(reach(found).shares, reached.mean(1))
print(reached.mean(1).round(2), "and in common", int(reached.all(0).sum()))

# %% [markdown]
# ## The figures
#
# Each has sparklines of the factors along the text, published and measured, and below them the
# text with its tokens coloured by their strongest factor.
#
# **Two factors of counting.** In DistilGPT2 one is at work where numbers are written, the other
# where commas are (EX-11). Look for two rows that take turns. A tokenizer that writes spaces as
# tokens has three kinds to share out.

# %%
figures.make("factors_counting_two")

# %% [markdown]
# **Five factors.** Counting falls apart into its start, its middle and its end, one factor keeps
# the commas, and one is at work at the first token only (EX-13), as in all GPT-2 models (EX-18).
# Look for rows whose peaks fill only a part of the line.

# %%
figures.make("factors_counting_five")

# %% [markdown]
# **A list.** There are factors for the parts of the list's syntax and for its content (EX-14).
# Which rows have one peak for each line, and at which token of the line?

# %%
figures.make("factors_eu")

# %% [markdown]
# **XML.** Newlines, labels of tags (more so of closing ones), indentation, "<", the first token,
# two for ">", one for the text inside and one for "</" (EX-15). Does the same sign have the same
# colour throughout?

# %%
figures.make("factors_xml")

# %% [markdown]
# **C++.** Its numbers were published with the article and are not shown in it. Comments and code
# should have different colours; what keeps the indentation?

# %%
figures.make("factors_cpp")

# %% [markdown]
# **Prose, in one early layer**, which has seen little but the tokens themselves: the article's
# layer 0 of six, in a deeper model the one at a sixth of its depth (set `layers` to 0 for its
# first). Portions of the text, pronouns, kinds of verbs, nouns with their adjectives and commas
# have factors of their own (EX-16). With eighteen factors adverbs and parts of words get theirs
# too (EX-17). Look for words of one kind in one colour wherever they stand.

# %%
figures.make("factors_underground")

# %% [markdown]
# **The opening example** of the article, in four factors. Its model was not named.

# %%
figures.make("factors_hero")

# %% [markdown]
# ## What holds
#
# A factor "is for" commas if it is at work at commas more than at any other kind of token. How
# much more, and over how many random starts, is fixed in the checks. Twenty starts take minutes,
# so the table has what a full run of `pytest claims` gave.

# %%
figures.verdicts(
    "factors_counting_two",
    "factors_counting_five",
    "factors_eu",
    "factors_xml",
    "factors_underground",
    measure=False,
)

# %% [markdown]
# A verdict on factors needs nulls more than most: a list has few kinds of tokens, and networks
# with random blocks over trained embeddings tell kinds of tokens apart as well (EX-14 in
# `docs/verdicts.md`).
#
# ## Now try
#
# 1. Start from another seed: `NMF(..., random_state=1)`. Which factors come again, and which were
#    an accident?
# 2. Draw the error against the number of factors, from 1 to 10. Is there a bend at which to stop?
# 3. Factorize a text of your own in one layer: `replicate figures factors_eu -p prompt="def f(x):"
#    -p generate=30 -p layers=0 -p factors=4 --out build/mine`.
#
# ## Sources
#
# - Alammar 2020, [Interfaces for Explaining Transformer Language
#   Models](https://jalammar.github.io/explaining-transformers/). Published panels © Jay Alammar,
#   CC BY-NC-SA 4.0.
# - Lee and Seung 1999, "Learning the parts of objects by non-negative matrix factorization".
