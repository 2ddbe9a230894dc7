# %% [markdown]
# # A sequence of ones: what would each layer say?
#
# A language model reads a text through a stack of layers, and only the last one speaks. Between
# two layers stands nothing but a list of numbers for each token, its **hidden state**. Can we read
# what the model "thinks" halfway?
#
# The **logit lens** tries the simplest thing that could work: take the hidden state after an inner
# layer and treat it as if it were the last one. In this notebook you build the lens by hand, in
# about ten lines, and then use the library's to redraw four figures of the article. The text is as
# plain as can be, ` 1, 1, 1,`, so that we know what ought to come next.
#
# You need some Python, and linear algebra up to a matrix times a vector.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or tuned, or several of them
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it

# %%
import numpy as np
import torch

from replication import continuation_ranks, load, record, top_tokens
from replication.figures.making import Figures
from replication.figures.table import FIGURES

torch.set_grad_enabled(False)  # nothing is trained here
own = {"prompt": prompt, "continuation": continuation, "generate": generate}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## By hand: one pass, and the states inside it
#
# A figure of this package is a question, plain data: which text is read, and what is looked at. We
# take the text from there. What follows the prompt is given, so that every model is asked about
# the same token.

# %%
question = FIGURES["rank_selected_token"].questions[0]
question.text

# %%
network = load(model)
recording = record(network, question.text.prompt, question.text.continuation)
print(recording.tokens)
print(recording.states.shape, "(layer, position, width)")

# %% [markdown]
# `record` reads the text once and keeps what each block leaves behind. Nothing is hidden in it:
# the same states come out of the network itself. Two traps are in that output, and the slice steps
# around both: its first entry is the embedding, before any layer, and its last entry has already
# gone through the model's final norm.

# %%
seen = network.network(torch.tensor([recording.ids]), output_hidden_states=True)
states = torch.stack(seen.hidden_states[1:-1])[:, 0]
torch.testing.assert_close(states, recording.states[:-1])

# %% [markdown]
# ## By hand: the lens
#
# The model's last step is to norm the last state and multiply it with the **unembedding**, a
# matrix with one row for each token of the vocabulary. The product is a score for each token, its
# **logit**; a softmax makes probabilities of the scores. The article does the same with every
# layer's state, but without the norm on inner layers. We look at the position just before the last
# token, where the model has to guess that token.

# %%
before = len(recording.ids) - 2
state = recording.states[:, before].clone()  # (layer, width)
state[-1] = network.final_norm(state[-1])  # the last layer is the model's own output
logits = state @ network.unembedding.float().T  # (layer, vocabulary)
probabilities = logits.softmax(-1)
logits.shape

# %% [markdown]
# The ten best tokens after the last layer, with their probabilities:

# %%
best = probabilities[-1].topk(10)
for token, probability in zip(network.texts(best.indices.tolist()), best.values, strict=True):
    print(f"{probability:6.1%}  {token!r}")

# %% [markdown]
# A **rank** says how many tokens are better, plus one: rank 1 is the best. So it is found by
# counting.

# %%
target = recording.ids[-1]
ranks = 1 + (logits > logits[:, [target]]).sum(-1)
print(repr(recording.tokens[-1]), ranks.tolist())

# %% [markdown]
# The library has a function for each. They must give what we have built, up to the order of tokens
# that are as good as equal: sums of floats depend on their order, and far down in the ranking many
# tokens lie close together.

# %%
library = top_tokens(network, recording, "none")
assert library.tokens[-1] == network.texts(best.indices.tolist())
np.testing.assert_allclose(library.probabilities[-1], best.values, rtol=1e-4)

grid = continuation_ranks(network, recording, "none", last_only=True)
np.testing.assert_allclose(grid.ranks[:, 0], ranks, rtol=0.005, atol=0.5)

# %% [markdown]
# And what the figures below draw is the answer to the question above. It is the same array.

# %%
answer = figures.answer(question, "none")
assert (answer.ranks == grid.ranks).all()

# %% [markdown]
# ## Two ways to read an inner layer
#
# The article leaves the final norm out on inner layers (`norm="none"`). The usual logit lens puts
# every layer's state through it (`norm="final"`). By hand this is one change:

# %%
normed = network.final_norm(recording.states[:, before]) @ network.unembedding.float().T
ranks_final = 1 + (normed > normed[:, [target]]).sum(-1)
usual = continuation_ranks(network, recording, "final", last_only=True)
np.testing.assert_allclose(usual.ranks[:, 0], ranks_final, rtol=0.005, atol=0.5)
for layer in range(0, len(ranks), 5):
    print(f"layer {layer:2}: rank {ranks[layer]:6} without the norm, {ranks_final[layer]:6} with")

# %% [markdown]
# The difference can be large. Which part of the norm makes it is the subject of another notebook,
# `final_norm`; here we keep both readings beside each other.
#
# ## The figures
#
# **After the last layer.** Each panel has the ten tokens with the highest probability. In the
# article DistilGPT2 leads with the repeated number, at 59.8 % (HS-01). The last layer is the
# model's own output, so the choice of norm cannot matter here: the measured panels are alike. A
# tokenizer that writes the space before a digit as a token of its own has no ` 1`; the position
# shown is then the one after that space.

# %%
figures.make("top_tokens_last")

# %% [markdown]
# **After every layer.** A row holds the ten best tokens of one layer, the best on the left, darker
# where the probability is higher. In the article the first layer has no digit among its ten best
# (HS-02), in the next ` 1` enters with a tiny probability (HS-03), from there it rises (HS-04),
# until the last layer takes back some of the certainty and keeps the order (HS-05).
#
# Follow the digit from the row where it first appears to the first column. Then compare the two
# norms: without it, inner layers are often certain, and of tokens that have nothing to do with the
# text.

# %%
figures.make("top_tokens_layers")

# %% [markdown]
# **One token.** This is the array `ranks` from above, drawn. Panels are equally high, so that the
# same share of the depth is at the same height. Is the way to rank 1 steady? A column that grows
# pale on its way down has layers that make the rank worse.

# %%
figures.make("rank_selected_token")

# %% [markdown]
# **A whole sequence.** The tokens that follow ` 1, 1, 1,`, each ranked at the position before it.
# In DistilGPT2 all of them lead from layer 3 of 6 on (HS-06), and the comma is near the top in the
# very first layer, well before the digits (HS-07). That each token leads at the end is true by
# construction where a model always takes its best token (HS-08).

# %%
figures.make("rank_sequence")

# %% [markdown]
# ## What holds
#
# Each sentence of the article is a claim with a check that can fail. Here they are judged on the
# published numbers, where *consistent* says that the article's words fit its own figure, and on
# the measured model, where *generalises* says that the finding is there too. A layer is carried
# from a model of six layers to one of thirty by depth: "the last layer" of six is the last sixth.

# %%
figures.verdicts("top_tokens_last", "top_tokens_layers", "rank_selected_token", "rank_sequence")

# %% [markdown]
# Read the column "measured" before the verdict: it names the part that failed, and by how much.
#
# ## Now try
#
# 1. The last layer lowers the probability of the repeated token here. Find, from `probabilities`,
#    the layer that raises it the most.
# 2. Read a pattern of two, such as ` 1, 2, 1, 2,`. Run the notebook on it: `replicate figures
#    rank_sequence -p prompt=" 1, 2, 1, 2," -p generate=8 --out build/mine`. Does the comma still
#    come before the digits?
# 3. Norm the already normed last entry of `seen.hidden_states` once more and look at the best
#    tokens. This slip is common in published code. How would you notice it?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/): the text,
#   the figures, and the lens without the norm. Published panels © Jay Alammar, CC BY-NC-SA 4.0.
# - nostalgebraist 2020, "interpreting GPT: the logit lens": the lens with the norm.
