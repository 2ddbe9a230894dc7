# %% [markdown]
# # A list of countries: which layer finds which token?
#
# A model has begun a numbered list of EU countries and goes on with it. Some of the next tokens
# are easy: after a country comes a newline, after a number a period. Others need knowledge: which
# country has not been named yet? If layers do different work, the easy tokens should be ready
# early and the countries late. The article says so, and this notebook measures it.
#
# You meet three things: ranks of a whole continuation from a single pass, tokens sorted by their
# **role**, and steps from layer to layer. The lens itself is built in `sequence_of_ones`.

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

from replication import continuation_ranks, load, record
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.contributions import contributions
from replication.results.roles import Role

torch.set_grad_enabled(False)
own = {"prompt": prompt, "continuation": continuation, "generate": generate}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## By hand: every token of the list in one pass
#
# The text has a prompt and a continuation that the article's model wrote, its mistake included
# (Chile is no EU country). Every model is given the same continuation.

# %%
question = FIGURES["eu_list"].questions[0]
network = load(model)
recording = record(network, question.text.prompt, question.text.continuation)
print(recording.prompt + "|" + question.text.continuation)

# %% [markdown]
# A model that reads a text predicts at every position what comes next. So one pass is enough for
# all tokens of the continuation: token number *i* is judged by the states at position *i* - 1. We
# put the states through the final norm, multiply with the unembedding, and count how many tokens
# score higher than the one that came.

# %%
first = recording.prompt_length
states = network.final_norm(recording.states[:, first - 1 : -1])  # (layer, token, width)
targets = torch.tensor(recording.ids[first:])
unembedding = network.unembedding.float()
ranks = []
for of_layer in states:
    logits = of_layer @ unembedding.T  # (token, vocabulary)
    score = logits.gather(1, targets[:, None])
    ranks.append(1 + (logits > score).sum(1))
ranks = torch.stack(ranks).numpy()  # (layer, token)

# %%
grid = continuation_ranks(network, recording, "final")
np.testing.assert_allclose(grid.ranks, ranks, rtol=0.005, atol=0.5)
assert (figures.answer(question, "final").ranks == grid.ranks).all()

# %% [markdown]
# ## By hand: sorted by role
#
# Another tokenizer cuts the same text elsewhere, so tokens are never found by their place. Each
# has a role that follows from its text: newline, period, number, country. The median rank of each
# role, layer by layer, is the article's finding in numbers.

# %%
for role in (Role.NEWLINE, Role.PERIOD, Role.NUMBER, Role.COUNTRY):
    medians = np.median(grid.of_role(role), axis=1).astype(int)
    print(f"{role.value:8}", medians[::4])

# %% [markdown]
# ## The figures
#
# **The list.** Columns are tokens, rows are layers, dark is a good rank. In GPT-2 newlines and
# periods are near the top from the first layer on (HS-09), countries are far down until the last
# five of twelve layers (HS-10), the running numbers are settled at layer 9 (HS-11); at the end the
# wrong country has rank 43 and the right ones lead or nearly do (HS-12), in alphabetical order
# (HS-13).
#
# Look for a striped picture: dark columns of syntax between pale columns of countries. Where a
# panel is pale nearly throughout, the method did not read that model's inner layers at all.

# %%
figures.make("eu_list")

# %% [markdown]
# **A small and a large model.** The same list as DistilGPT2 (6 layers) and GPT2-XL (48 layers)
# continued it; the measured model reads both continuations. The article's gallery shows them
# without a claim, so HS-20 is our own question: is the division the same? In the largest model
# some countries lead halfway up already.

# %%
figures.make("eu_gallery")

# %% [markdown]
# ## By hand: what a layer adds
#
# The article says that the lens shows which layer raised a token's score the most (HS-21). Raw
# logits cannot be compared between layers, since all of them may rise together. The logarithm of a
# probability can. With base 2 the unit is the bit: one bit more is twice as probable.

# %%
country = grid.roles.index(Role.COUNTRY)  # the first country of the continuation
log_probability = (states[:, country] @ unembedding.T).log_softmax(-1)[:, targets[country]]
bits = log_probability / np.log(2)
best = 1 + int(bits.diff().argmax())
print(f"{recording.continuation[country]!r} rises most in layer {best}")

# %%
added = contributions(network, recording, "final")
np.testing.assert_allclose(added.scores[:, country], bits, rtol=1e-3, atol=1e-3)

# %% [markdown]
# The figure shows these steps for each token of two texts, in ranks and in bits: purple where a
# layer raises a token, brown where it lowers it. The number in a column marks its greatest rise.
# Do rank and probability name the same layer?

# %%
figures.make("layer_contributions")

# %% [markdown]
# ## What holds
#
# On the measured model, read under each norm. What the article says of the last five of twelve
# layers is asked by depth: not before 7/12 of it.

# %%
figures.verdicts("eu_list", "eu_gallery", "layer_contributions")

# %% [markdown]
# ## Now try
#
# 1. Print `grid.of_role(Role.COUNTRY)` at the last layer. Which country is worst, and is it the
#    wrong one?
# 2. A country is often several tokens, and only the first has to be known. Compare the ranks of
#    first pieces with those of the others.
# 3. Ask for a list of your own: `replicate figures eu_list -p prompt="The days of the week are
#    Monday, Tuesday," -p generate=8 --out build/mine`. Is the content late there too?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/), with its
#   gallery. Published panels © Jay Alammar, CC BY-NC-SA 4.0.
# - nostalgebraist 2020, "interpreting GPT: the logit lens".
