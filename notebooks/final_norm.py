# %% [markdown]
# # The final norm: what does the lens leave out?
#
# The article multiplies inner states with the unembedding and leaves out the model's **final
# norm**. On some models that makes a great difference: words that rank in the tens with the norm
# come out beyond rank 1,000 without it. A norm does a few simple steps. Which of them is missed?
#
# This notebook takes the norm apart (HS-NORM), shows three formulas of the lens that are in use
# (LL-02), and then goes the other way and *adds* something: the **tuned lens** learns for each
# layer how to read it (TUNED-01).

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # what claims are judged under: the figures have all readings
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the texts here
words: str = ""  # of final_norm and tuned_lens, as '[" is", " are"]'
word: str = ""  # of lens_formulas, such as " Rome"

# %%
import numpy as np
import torch

from replication import load, record
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.projection import project
from replication.measures.tuned_fit import Moments
from replication.measures.tuned_lens import STARTS, lens_of
from replication.measures.written import Writing, written
from replication.models.final_norm import final_norm_of
from replication.results.norm_parts import RAW, SCALE, SIGNS, SIZES, WHOLE

torch.set_grad_enabled(False)
figures = Figures(model, norms, out, only, {"prompt": prompt, "words": words, "word": word})

# %% [markdown]
# ## By hand: the steps of the norm
#
# An RMS norm divides the state by its **scale**, the root of its mean square, and multiplies each
# dimension by a learned **gain**. A LayerNorm takes the mean away first and adds a bias at the
# end.

# %%
question = FIGURES["final_norm"].questions[0]
network = load(model)
norm = final_norm_of(network)
state = record(network, question.text.prompt).states[:, -1].double()  # (layer, width)
centred = state - state.mean(-1, keepdim=True) if norm.centres else state
scale = torch.sqrt(centred.square().mean(-1, keepdim=True) + norm.epsilon)
normed = centred / scale * norm.gain + (0 if norm.bias is None else norm.bias)
torch.testing.assert_close(normed.float(), network.final_norm(state.float()), rtol=1e-4, atol=1e-4)
print(
    "steps:",
    ", ".join(norm.steps),
    "| negative gains:",
    int((norm.gain < 0).sum()),
    "of",
    len(norm.gain),
)

# %% [markdown]
# ## By hand: read the state through a part of it
#
# A positive scale changes no rank: it multiplies all logits by the same number (HS-NORM-scale).
# The gain may. It has two parts, a size and a sign, and each can be tried alone.

# %%
(verb,) = question.words
token = network.single_token(verb)
readings = {
    RAW: state,
    SCALE: state / torch.sqrt(state.square().mean(-1, keepdim=True) + norm.epsilon),
    SIZES: state * norm.gain.abs(),
    SIGNS: state * norm.gain.sign(),
    WHOLE: normed,
}
unembedding = network.unembedding.double()
ranks = {}
for name, read in readings.items():
    logits = read @ unembedding.T
    ranks[name] = (1 + (logits > logits[:, [token]]).sum(-1)).numpy()
    print(f"{name:22}", ranks[name][::5])
assert (ranks[RAW] == ranks[SCALE]).all()

# %%
answer = figures.answer(question)
for name, by_hand in ranks.items():
    np.testing.assert_array_equal(answer.of(name)[:, 0], by_hand)

# %% [markdown]
# Compare the rows with the last one. The reading that comes near it has what is missed.
#
# There is a moral in this. The gain may as well be multiplied into the unembedding; the model then
# says what it said before, and has a norm without a gain. For that model the article's method and
# the usual lens give the same ranks. So the article's method reads how a model is *written down*,
# and not the model.

# %% [markdown]
# **The figure.** Which lines lie with the black one, the whole norm? Below, dots far up are large
# dimensions, and pink ones are turned round by the norm: where such a dimension is large, the raw
# state says the opposite of what the model means. A few large dimensions account for the last
# layers alone (HS-NORM-outliers).

# %%
figures.make("final_norm")

# %% [markdown]
# ## By hand: three formulas
#
# The lens is often published as `state @ W.T + b`. Two things are wrong with that (LL-02). There
# is **no bias** in the heads of GPT-2, Llama and Gemma. And the **norm** is left out, on the last
# layer too, so that not even that one gives the model's own output. A third slip comes with the
# library: the last entry of transformers' `hidden_states` is already normed, and a loop over all
# entries norms it twice.

# %%
question = FIGURES["lens_formulas"].questions[0]
token = network.single_token(question.word)
state = record(network, question.text.prompt).states[:, -1]
once = network.final_norm(state)
by_formula = []
for read in (state, once, network.final_norm(once)):
    logits = read @ network.unembedding.float().T
    by_formula.append(1 + (logits > logits[:, [token]]).sum(-1))
answer = figures.answer(question)
np.testing.assert_allclose(answer.ranks.T, torch.stack(by_formula), rtol=0.005, atol=0.5)
print("the last layer, without the norm, with it, with it twice:", [int(r[-1]) for r in by_formula])

# %% [markdown]
# **The figure** has these ranks for all layers, with probabilities. Look at the last row: only the
# column in the middle ends where the model ends.

# %%
figures.make("lens_formulas")

# %% [markdown]
# ## By hand: a tuned lens for one layer
#
# The lens reads an inner layer as if it were the last. If the layers in between turn or shift the
# stream, what is there is missed, and a word that "comes late" may only be *read* late. The tuned
# lens gives each layer an affine map that guesses the last state from the inner one. It is fitted
# on text that the model writes itself.
#
# We fit one by **ridge regression**: least squares with a penalty on large maps, for there are
# more numbers to fit than this short text could decide.

# %%
layer, penalty = len(network.blocks) // 2, 0.1
(texts,) = written(network, Writing(STARTS[:6], length=48, seed=0))
inner = texts.states[layer].flatten(0, 1).double()  # (token, width)
missing = texts.final.flatten(0, 1).double() - inner  # what is to be added
print(tuple(inner.shape), "(token, width)")

# %% [markdown]
# A token with a large last state would make the fit by itself. The final norm divides by the size
# anyway, so each token is weighed by it. Then: take weighted means away, put all inputs on one
# size, solve.

# %%
weight = texts.final.flatten(0, 1).double().square().mean(1, keepdim=True).rsqrt()
share = weight.square() / weight.square().sum()
x = (inner - (share * inner).sum(0)) * weight
y = (missing - (share * missing).sum(0)) * weight
size = x.norm(dim=0)
x = x / size
matrix = torch.linalg.solve(x.T @ x + penalty * torch.eye(len(size)), x.T @ y) / size[:, None]
offset = (share * missing).sum(0) - (share * inner).sum(0) @ matrix

# %%
moments = Moments.none(1, inner.shape[1])
moments.add(inner[None].float(), texts.final.flatten(0, 1))
fitted = moments.fitted(0, penalty)  # (width and one more, width): the offset is its last row
torch.testing.assert_close(fitted[:-1], matrix, rtol=1e-3, atol=1e-4)
torch.testing.assert_close(fitted[-1], offset, rtol=1e-3, atol=1e-3)

# %% [markdown]
# How far is the reading of this layer from the model's output, in bits, on other text? We compare
# the usual lens, our map from a few sentences, and the library's lens, fitted once on many more.

# %%
# NBVAL_IGNORE_OUTPUT
# The first time it is fitted, which takes minutes and is told of; then it is kept.
tuned = lens_of(network)

# %%
(other,) = written(network, Writing(("Yesterday", "Water", "Because"), length=24, seed=1))
states = other.states.flatten(1, 2)[[layer, -1]]  # (2, token, width)


def bits(read: torch.Tensor) -> float:
    """The mean divergence of a reading from the output."""
    both = network.final_norm(torch.stack([read, states[1]]))
    return float(project(both, network.unembedding, divergence=True).divergence[0].mean())


ours = states[0] + states[0] @ matrix.float() + offset.float()
best = tuned(other.states.flatten(1, 2))[layer]
print(
    f"usual lens {bits(states[0]):.1f} bits, ours {bits(ours):.1f}, the library's {bits(best):.1f}"
)

# %% [markdown]
# **The figure.** Above, how many bits each layer's reading is away from the output, on two kinds
# of text that the lens was not fitted on; the tuned lens should be nearer in every layer before
# the last. Below, after "The keys to the cabinet", whether " are" overtakes " is" at another depth
# once the reading is tuned: if not, the lateness is the network's and not the reading's.

# %%
figures.make("tuned_lens")

# %% [markdown]
# ## What holds

# %%
figures.verdicts("final_norm", "lens_formulas", "tuned_lens")

# %% [markdown]
# The reason is a model's own. On SmolLM2 the signs of the gain are what the raw reading lacks, on
# Gemma-3 its sizes (`docs/findings.md`).
#
# ## Now try
#
# 1. Turn only the negative dimensions of the gain round, one at a time. Which one matters, and in
#    which layers?
# 2. Multiply the gain into the unembedding and read without the norm: `state @ (unembedding *
#    norm.gain).T`. Which ranks do you get?
# 3. Fit your lens with penalties of 0.001 and 1. Which is nearer on the other text? Why is it
#    wrong to choose by the text that was fitted?
#
# ## Sources
#
# - nostalgebraist 2020, "interpreting GPT: the logit lens".
# - Belrose et al. 2023, [Eliciting Latent Predictions from Transformers with the Tuned
#   Lens](https://arxiv.org/abs/2303.08112). They train their maps on the divergence by gradient
#   descent; here they are fitted in closed form.
