# %% [markdown]
# # Patching: which activations carry the number of the subject?
#
# The lens shows that " are" overtakes " is" late. The article asks why, and leaves the question
# open: is agreement settled in the last layer, or by a circuit over several layers? To look is not
# enough for that; we have to **interfere**.
#
# Take two sentences that differ in one word, one key or several. Let the model read the sentence
# with one key, but replace one of its activations by what it was with several. If the verb then
# turns to the plural, that activation carries the number of the subject. This is **activation
# patching**.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # no lens is involved here: they only choose what claims are judged under
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
clean: str = ""  # of patching_pair: the prompt whose activations are taken
corrupted: str = ""  # the prompt that is read with them
right: str = ""  # the word that goes with the first, with its leading space
wrong: str = ""  # the word that goes with the second

# %%
import numpy as np
import torch

from replication import load, record
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.attribution import attribution
from replication.measures.pair_runs import read
from replication.models.final_norm import final_norm_of
from replication.models.hooks import hidden_state
from replication.results.patching import Pair

torch.set_grad_enabled(False)
own = {"clean": clean, "corrupted": corrupted, "right": right, "wrong": wrong}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## By hand: two runs and a number
#
# The number that we follow is the **logit difference**: how far the right verb is ahead of the
# wrong one, as in `agreement`. The clean run has it high, the corrupted run low, and what lies
# between is the effect that patching can bring back.

# %%
question = FIGURES["patching_pair"].questions[0]
network = load(model)
is_right, is_wrong = (network.single_token(word) for word in (question.right, question.wrong))
with_keys, with_key = record(network, question.clean), record(network, question.corrupted)
print(with_keys.tokens, with_key.tokens, sep="\n")


# %%
def difference() -> float:
    """Logit of the right verb less that of the wrong one, after the corrupted prompt."""
    logits = network.network(torch.tensor([with_key.ids])).logits[0, -1]
    return float(logits[is_right] - logits[is_wrong])


low = difference()
logits = network.network(torch.tensor([with_keys.ids])).logits[0, -1]
high = float(logits[is_right] - logits[is_wrong])
print(f"clean {high:.2f}, corrupted {low:.2f}")

# %% [markdown]
# ## By hand: a patch
#
# A hook on a block may change what the block returns. Ours puts the clean state in, in one layer
# and at one position, and lets the model go on from there.


# %%
def recovered(layer: int, position: int) -> float:
    """The share of the gap that one clean state brings back."""

    def put(module, inputs, output):
        hidden_state(output)[:, position] = with_keys.states[layer, position]

    hook = network.blocks[layer].register_forward_hook(put)
    patched = difference()
    hook.remove()
    return (patched - low) / (high - low)


# %%
subject = next(
    k for k, (a, b) in enumerate(zip(with_keys.ids, with_key.ids, strict=True)) if a != b
)
last = len(with_key.ids) - 1
every = range(len(network.blocks))
at_subject = np.array([recovered(layer, subject) for layer in every])
at_last = np.array([recovered(layer, last) for layer in every])
for layer in every[::3]:
    print(f"layer {layer:2}: subject {at_subject[layer]:5.0%}, last position {at_last[layer]:5.0%}")

# %% [markdown]
# What the library does is the same, for each layer, position and kind of activation, in a few
# batches instead of hundreds of runs.

# %%
effects = figures.answer(question).of("residual")  # (layer, position), without a start token
start = with_keys.start_length
np.testing.assert_allclose(effects[:, subject - start], at_subject, atol=1e-3)
np.testing.assert_allclose(effects[:, last - start], at_last, atol=1e-3)

# %% [markdown]
# ## The figure
#
# Three heat maps, for the residual stream and for what attention and the feed-forward layer
# return. A cell is the share that one replaced activation brings back: 1 is all of it, 0 is none.
# In the residual stream, look for the layer at which the dark column of the subject ends and that
# of the last token begins; in attention at the last token, for the layer that fetches it.

# %%
figures.make("patching_pair")

# %% [markdown]
# ## By hand: who writes the difference?
#
# Patching tells where the number *is*. What decides the verb from there? The last state is a
# **sum**: each block has added something to the stream. If the scale of the final norm is held at
# its value, the norm is linear, so the logit difference is a sum too, with a term for each layer.
# This is **direct logit attribution**.

# %%
norm = final_norm_of(network)
added = with_keys.states[:, -1].diff(dim=0)  # what layers 1, 2, ... add, (layer, width)
final = with_keys.states[-1, -1]
if norm.centres:  # a LayerNorm takes the mean away, an RMS norm does not
    added, final = added - added.mean(-1, keepdim=True), final - final.mean()
scale = torch.sqrt(final.square().mean() + norm.epsilon)
direction = network.unembedding[is_right].float() - network.unembedding[is_wrong].float()
written = (added / scale * norm.gain) @ direction
for layer in written.abs().topk(5).indices.tolist():
    print(f"layer {layer + 1} writes {written[layer]:+.2f}")

# %%
runs = read(network, Pair(question.clean, question.corrupted, question.right, question.wrong))
library = attribution(network, [runs])
by_layer = (library.attention + library.feed_forward)[0, 0]  # of the pair's clean run
np.testing.assert_allclose(by_layer[1:], written, atol=1e-2)

# %% [markdown]
# ## The figure over many nouns
#
# One pair is one pair. The next figure asks 30 nouns, and all numbers are shares of the gap
# between the two prompts of a pair. Above: where the number is, by patching. The falling curve is
# the subject's position, the rising one the last position. In the middle: which layers write the
# gap, and how much is left without each. Below: the heads that write it, named on half of the
# nouns and tried on the others. A sixth of the depth is what one layer of the article's six is
# here.

# %%
figures.make("agreement_settled")

# %% [markdown]
# ## What holds
#
# The article's open question becomes two claims: the number of the subject reaches the last
# position late (HS-Q1-transport), and the last sixth of the layers decides the verb
# (HS-Q1-decision). Their checks patch 30 pairs once more, so the table has what a full run of
# `pytest claims` gave.

# %%
figures.verdicts("agreement_settled", measure=False)

# %% [markdown]
# ## Now try
#
# 1. Patch the other way round: put the state of one key into the sentence with several. Is the
#    share that is lost the share that was gained?
# 2. Patch a position before the subject. Why must the effect be exactly 0?
# 3. Try a pair of your own, with as many tokens in both sentences: `replicate figures
#    patching_pair -p clean="The dogs near the house" -p corrupted="The dog near the house" -p
#    right=" are" -p wrong=" is" --out build/mine`.
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/): the
#   question.
# - Vig et al. 2020, "Investigating Gender Bias in Language Models Using Causal Mediation
#   Analysis"; Meng et al. 2022, "Locating and Editing Factual Associations in GPT": patching.
# - Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022,
#   "Interpretability in the Wild": attribution and the logit difference.
