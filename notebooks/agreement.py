# %% [markdown]
# # Is or are: agreement with the subject
#
# *The keys to the cabinet* ... **is** or **are**? The verb has to agree with the keys, although
# the cabinet stands closer to it. A model that merely looked at the last noun would get it wrong.
# With the lens we can watch two words compete, layer by layer, and see where the right one
# overtakes the wrong one.
#
# Four sentences, with one key or several and one cabinet or several, make a small experiment: two
# of them have nouns that pull in different directions, two have nouns that agree.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or tuned, or several of them
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
words: str = ""  # the words that compete after it, as '[" is", " are"]'

# %%
import numpy as np
import torch

from replication import load, record, watched_ranks
from replication.figures.making import Figures
from replication.figures.table import FIGURES

torch.set_grad_enabled(False)
figures = Figures(model, norms, out, only, {"prompt": prompt, "words": words})

# %% [markdown]
# ## By hand: two words at one position
#
# We read the prompt and look at its last position, where the verb has to come. Each word must be
# one token with its leading space: otherwise there is no single row of the unembedding for it, and
# the library says how the word splits.

# %%
question = FIGURES["agreement"].questions[0]
network = load(model)
recording = record(network, question.text.prompt)
ids = torch.tensor([network.single_token(word) for word in question.words])
print(repr(question.text.prompt), question.words, ids.tolist())

# %%
state = network.final_norm(recording.states[:, -1])  # (layer, width)
logits = state @ network.unembedding.float().T  # (layer, vocabulary)
ranks = 1 + (logits[:, None, :] > logits[:, ids, None]).sum(-1)  # (layer, word)
ranks[-8:]

# %%
grid = watched_ranks(network, recording, "final", question.words)
np.testing.assert_allclose(grid.ranks, ranks, rtol=0.005, atol=0.5)
assert (figures.answer(question, "final").ranks == grid.ranks).all()

# %% [markdown]
# ## By hand: only the difference counts
#
# To know which verb leads we need no ranks at all: one subtraction of two rows of the unembedding
# is enough. Its product with the state is the **logit difference**, positive where the first word
# leads. This number returns in `patching` and in `many_texts`.

# %%
direction = network.unembedding[ids[0]].float() - network.unembedding[ids[1]].float()
lead = state @ direction
assert ((lead > 0) == (logits[:, ids[0]] > logits[:, ids[1]])).all()
first, second = question.words
for layer in range(len(lead) - 8, len(lead)):
    leader = first if lead[layer] > 0 else second
    print(f"layer {layer}: {leader!r} leads by {abs(lead[layer]):.2f}")

# %% [markdown]
# ## The figure
#
# In the article, after "The keys to the cabinet" the last layer of DistilGPT2 has " are" before "
# is" (HS-14), and all layers before it have the order wrong (HS-15). After "The key to the
# cabinets" " is" is before " are" in every layer, while " are" stays high (HS-16). The other two
# sentences show what happens where both nouns agree.
#
# Look for the row in which the darker column changes sides.

# %%
figures.make("agreement")

# %% [markdown]
# ## What holds
#
# HS-15 is a lesson in carrying a finding over. "All layers before the last" of a model of six
# layers is five sixths of its depth; in a model of thirty layers the last sixth is five layers.
# The table's measured values begin with the reading by depth; the literal one stands beside it.

# %%
figures.verdicts("agreement")

# %% [markdown]
# And one sentence is no experiment: an untrained network prefers one of two verbs as well, and is
# right half of the time. That is why HS-14 needs many nouns, which is what `many_texts` does.
#
# ## Now try
#
# 1. Change the nouns: `replicate figures agreement -p prompt="The dogs near the house" --out
#    build/mine`, or judge the claim on it: `pytest claims/ -k "HS-14[" --prompt "The dogs near the
#    house"`.
# 2. Put a longer phrase between noun and verb. After how many nouns does the model lose count?
# 3. Watch " was" and " were" instead: `-p words='[" was", " were"]'`. Do they change sides in the
#    same layer?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/). Published
#   panels © Jay Alammar, CC BY-NC-SA 4.0.
# - Linzen, Dupoux and Goldberg 2016, "Assessing the Ability of LSTMs to Learn Syntax-Sensitive
#   Dependencies": agreement as a test.
