# %% [markdown]
# # Attention: where does each head look?
#
# Attention is the only place where a token learns of other tokens. Each **head** of a layer gives
# each token, the *query*, a weight for each token up to it, the *keys*; the weights sum to 1. It
# is tempting to read them as "what the model looks at". This notebook shows where the weights come
# from, sums them up in numbers, and draws one layer as plain heat maps. `replicate attention TEXT`
# makes views to be explored with the mouse, of all layers.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # no lens is involved here: they only choose what claims are judged under
out: str = "figures"  # the folder for the figure's files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figure
depth: float = 0.0  # of the layer that is drawn: 1 is the last; 0: the middle one

# %%
import numpy as np
import torch

from replication import attention_of, load, record
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.attention import on_first_token, on_previous_token
from replication.measures.attention_weights import queries_and_keys

torch.set_grad_enabled(False)
figures = Figures(model, norms, out, only, {"prompt": prompt, "depth": depth})

# %% [markdown]
# ## By hand: one weight
#
# A head turns each token's state into a query vector and a key vector. The weight that a token
# gives to an earlier one grows with the dot product of its query with that one's key. We take the
# vectors of one head of the layer that is drawn below.

# %%
question = FIGURES["attention_layer"].questions[0]
answer = figures.answer(question)
layer, head = answer.layer, 0
network = load(model)
vectors = queries_and_keys(network, question.text.prompt)
query, key = (torch.tensor(one[layer, head]) for one in (vectors.queries, vectors.keys))
scores = vectors.scaling[layer] * query @ key.T  # (query, key)
scores.shape

# %% [markdown]
# A token must not see what comes after it: these scores are set to minus infinity, and the softmax
# makes zeros of them.

# %%
ahead = torch.ones_like(scores, dtype=torch.bool).triu(1)
weights = scores.masked_fill(ahead, -torch.inf).softmax(-1)
assert torch.allclose(weights.sum(-1), torch.ones(len(weights)))

# %%
recording = record(network, question.text.prompt, attention=True)
attention = attention_of(network, recording)
np.testing.assert_allclose(attention.weights[layer, head], weights, atol=1e-4)
np.testing.assert_array_equal(answer.weights, attention.weights[layer])

# %% [markdown]
# ## By hand: what a head attends to, in a number
#
# To compare heads we sum weights. How much do the heads give to the first token, and how much to
# the one just before, in the mean over queries? A query counts only where it has such a token
# among those before it; and the first token is left out of the second number.

# %%
first = answer.weights[:, 1:, 0].mean(1)  # (head,)
previous = np.array([answer.weights[:, k, k - 1] for k in range(2, len(answer.tokens))]).mean(0)
for number, (one, other) in enumerate(zip(first, previous, strict=True)):
    print(f"head {number}: {one:4.0%} to the first token, {other:4.0%} to the one before")

# %%
np.testing.assert_allclose(on_first_token(attention).values[layer], first, rtol=1e-4)
np.testing.assert_allclose(on_previous_token(attention).values[layer], previous, rtol=1e-4)

# %% [markdown]
# Most of the weight goes to the first token, whatever it is. Heads rest there when they have
# nothing to do; it is called an **attention sink**. So a heat map has to be read without its first
# column, and each number against what evenly spread attention would give:

# %%
found = on_previous_token(attention)
best = np.unravel_index(found.values.argmax(), found.values.shape)
print(f"even attention would give {found.uniform:.0%} to the token before;")
print(f"head {best[0]}.{best[1]} (layer.head) gives {found.values.max():.0%}")

# %% [markdown]
# ## The figure
#
# A triangle for each head, darker where a token attends more to one before it, and below what the
# last token alone attends to in each head. Look for a dark first column (a head at rest), a dark
# diagonal below the edge (a head that looks at the token before), single dark cells where a word
# comes again.

# %%
figures.make("attention_layer")

# %% [markdown]
# ## What holds
#
# The companion text on attention views says that some heads attend to the same word, some to the
# delimiter or the first token (BV-04), and that heads of one layer differ clearly (BV-04-apart).

# %%
figures.verdicts("attention_layer")

# %% [markdown]
# Weights are not effects: a head may look somewhere and do nothing with it. What a head *does* is
# asked by patching (`patching`).
#
# ## Now try
#
# 1. Draw another layer: `replicate figures attention_layer -p depth=0.1 --out build/mine`. Are
#    early heads more alike than late ones?
# 2. Find the head that gives most to an earlier token with the same text ("the" ... "the").
# 3. Put a token of your choice in front of the sentence. Does the sink move with it?
#
# ## Sources
#
# - Vig 2019, "A Multiscale Visualization of Attention in the Transformer Model": the views.
# - Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks".
# - Jain and Wallace 2019, "Attention is not Explanation".
