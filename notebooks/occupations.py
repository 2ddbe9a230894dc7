# %% [markdown]
# # Man or woman: the doctor and the nurse
#
# What does a model expect after "The doctor was a", and after "The nurse was a"? The article lets
# the words " man" and " woman" compete and finds that all layers but the last prefer the man, and
# that the last one lifts the woman for the nurse alone. Is this a bias of the model, of the
# language, or of the method?
#
# The method is that of `agreement`. What is new here is a **baseline**: what would we see if the
# model did not look at the occupation at all?

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or tuned, or several of them
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
words: str = ""  # the words that compete after it, as '[" man", " woman"]'

# %%
import numpy as np
import torch

from replication import load, record, watched_ranks, word_probabilities
from replication.figures.making import Figures
from replication.figures.table import FIGURES

torch.set_grad_enabled(False)
figures = Figures(model, norms, out, only, {"prompt": prompt, "words": words})

# %% [markdown]
# ## By hand: how far one word is ahead
#
# A difference of two logits is the logarithm of a ratio: " woman" is `exp(difference)` times as
# probable as " man". So one subtraction per layer tells the whole competition.

# %%
doctor, nurse = FIGURES["occupations"].questions
network = load(model)
man, woman = (network.single_token(word) for word in (" man", " woman"))
direction = network.unembedding[woman].float() - network.unembedding[man].float()


# %%
def lead(text: str) -> torch.Tensor:
    """How far " woman" is ahead of " man" after every layer, in logits."""
    states = record(network, text).states[:, -1]  # (layer, width)
    return network.final_norm(states) @ direction


of_doctor, of_nurse = lead(doctor.text.prompt), lead(nurse.text.prompt)
for layer in range(0, len(of_doctor), 3):
    print(f"layer {layer:2}: doctor {of_doctor[layer]:6.2f}, nurse {of_nurse[layer]:6.2f}")

# %% [markdown]
# The library agrees, by two other routes: by ranks (whose order must be the sign of the lead), and
# by probabilities (whose ratio must be its exponential).

# %%
for question, by_hand in ((doctor, of_doctor), (nurse, of_nurse)):
    grid = figures.answer(question, "final")
    rank = dict(zip(grid.tokens, grid.ranks.T, strict=True))
    assert ((rank[" woman"] < rank[" man"]) == (by_hand.numpy() > 0)).all()

recording = record(network, nurse.text.prompt)
found = word_probabilities(network, recording, "final", [" woman", " man"]).probabilities
np.testing.assert_allclose(found[:, 0] / found[:, 1], of_nurse.exp(), rtol=1e-3)
assert (watched_ranks(network, recording, "final", nurse.words).ranks == grid.ranks).all()

# %% [markdown]
# ## By hand: a baseline
#
# Replace the occupation by a word that says nothing of it. If " man" leads there by as much, its
# lead after the doctor tells nothing about doctors.

# %%
of_person = lead("The person was a")
for name, one in (("doctor", of_doctor), ("nurse", of_nurse), ("person", of_person)):
    ahead = int((one < 0).sum())
    print(f"{name:7} man ahead in {ahead:2} of {len(one)} layers, at the end by {-one[-1]:.2f}")

# %% [markdown]
# ## The figure
#
# In DistilGPT2 all layers before the last put " man" first for both occupations (HS-17); the last
# layer lifts " woman" for the nurse only (HS-18). Compare the two columns row by row: does the
# last row turn the order of the rows above it?

# %%
figures.make("occupations")

# %% [markdown]
# ## What holds

# %%
figures.verdicts("occupations")

# %% [markdown]
# A claim such as HS-17 is easy to bear out by accident: " man" is the more frequent word, so a
# list of word frequencies "prefers" it too, and so do networks that see nothing but the last
# token. These are among the **nulls** on which `pytest claims` judges each claim; what they show
# too is called uninformative. Two prompts show two prompts. They are no measurement of a model's
# bias: that takes many occupations and the share of women in each (`many_texts`, HS-18-share).
#
# ## Now try
#
# 1. Judge a teacher and a pilot with `lead`. Which of them is nearer to the person?
# 2. Use " he" and " she" after "The doctor said that". Does the order of the layers change?
# 3. Average `lead` over five occupations of each kind. How large is the difference compared to the
#    spread inside a kind?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/). Published
#   panels © Jay Alammar, CC BY-NC-SA 4.0.
# - Rudinger, Naradowsky, Leonard and Van Durme 2018, "Gender Bias in Coreference Resolution"
#   (Winogender): occupations with their share of women.
