# %% [markdown]
# # Facts: where does a model look up a capital?
#
# "The capital of France is" ... To go on, a model needs a fact. Some layer must bring it up:
# before that layer the next word is just some city, after it the word is " Paris". The lens can
# show when.
#
# So far we asked one position and looked at ranks. Here come the variants of the lens: the
# **probability** of chosen words, the states **inside** a block, **all positions** of a text at
# once, and two numbers that say how sure a layer is and how far it is from the end.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or tuned, or several of them
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the texts here
continuation: str = ""  # what follows it, for the figures that rank a continuation
generate: int = 0  # or by how many tokens the model continues it
words: str = ""  # the words of capital_words, as '[" Rome", " Paris"]'

# %%
import numpy as np
import torch

from replication import load, record, uncertainty, word_probabilities
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.measures.variants import top_at_all_positions

torch.set_grad_enabled(False)
own = {"prompt": prompt, "continuation": continuation, "generate": generate, "words": words}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## By hand: three cities, layer by layer
#
# A block has two halves, attention and a feed-forward layer, and each adds its result to the
# **residual stream**. The stream can be read after both, so there are two stages in each layer.
# `sublayers=True` asks for the states in between.

# %%
(question,) = FIGURES["capital_words"].questions
network = load(model)
recording = record(network, question.text.prompt, sublayers=True)
stages = torch.stack([recording.after_attention[:, -1], recording.states[:, -1]], dim=1)
stages = network.final_norm(stages.flatten(0, 1))  # (stage, width), attention before feed-forward
ids = [network.single_token(word) for word in question.words]
probabilities = (stages @ network.unembedding.float().T).softmax(-1)[:, ids]
print(" " * 27, *question.words)
for stage in range(len(probabilities) - 12, len(probabilities)):
    part = ("attention", "feed-forward")[stage % 2]
    shown = " ".join(f"{share:6.1%}" for share in probabilities[stage])
    print(f"layer {stage // 2}, after {part:12}: {shown}")

# %%
library = word_probabilities(network, recording, "final", question.words, sublayers=True)
np.testing.assert_allclose(library.probabilities, probabilities, rtol=1e-3, atol=1e-6)
assert (figures.answer(question, "final").ranks == library.ranks).all()

# %% [markdown]
# **The figure.** The companion text on the lens says that the lens shows the layer from which on "
# Paris" is the best candidate (LL-01). Look where its line parts from those of the other capitals:
# there the model stops knowing merely that a city is asked for. A dot marks where a word is the
# best of all tokens.

# %%
figures.make("capital_words")

# %% [markdown]
# ## By hand: every position at once
#
# The lens in its first form was a table: layers down, tokens across, and in each cell the token
# that would come next if the model ended there. That is one matrix product and one `argmax`.

# %%
(question,) = FIGURES["capital_positions"].questions
sentence = record(network, question.text.prompt)
logits = network.final_norm(sentence.states) @ network.unembedding.float().T
best = logits.argmax(-1)  # (layer, position)
print("read:    ", sentence.tokens)
for layer in range(len(best) - 1, 0, -6):
    print(f"layer {layer:2}:", network.texts(best[layer].tolist()))

# %%
grid = top_at_all_positions(network, sentence, "final")
assert grid.best[-1] == network.texts(best[-1].tolist())
assert (figures.answer(question, "final").next_ranks == grid.next_ranks).all()

# %% [markdown]
# **The figure.** A frame stands where a layer expects what really comes next (LL-03). How late
# does the best token turn from the token just read, or from noise, into a guess?

# %%
figures.make("capital_positions")

# %% [markdown]
# ## By hand: how sure, and how far from the end
#
# **Entropy** measures how spread out a layer's guess is: 0 bits if it is sure of one token, 10
# bits if it might as well be any of a thousand. The **Kullback-Leibler divergence** measures how
# far the guess is from the model's own output, also in bits.

# %%
(question,) = FIGURES["capital_uncertainty"].questions
recording = record(network, question.text.prompt)
log_p = (network.final_norm(recording.states) @ network.unembedding.float().T).log_softmax(-1)
p = log_p.exp()
entropy = -(p * log_p).sum(-1) / np.log(2)  # (layer, position)
divergence = (p[-1] * (log_p[-1] - log_p)).sum(-1) / np.log(2)

# %%
library = uncertainty(network, recording, "final")
np.testing.assert_allclose(library.entropy, entropy, rtol=1e-3, atol=1e-3)
np.testing.assert_allclose(library.divergence, divergence, rtol=1e-3, atol=1e-3)
assert (figures.answer(question, "final").entropy == library.entropy).all()

# %% [markdown]
# **The figure.** Does the divergence fall layer by layer or all at once in the last layer? Without
# the norm it may reach thousands of bits: nothing divides the inner states by their scale, and the
# longer a state is, the surer it looks.

# %%
figures.make("capital_uncertainty")

# %% [markdown]
# ## The article's own facts
#
# **Heathrow.** The prompt names an airport and asks for its city. In DistilGPT2 " London" climbs
# layer by layer, from rank 816 to rank 1, while the period after it is near the top from the start
# (HS-19). Look for a column that darkens steadily beside one that is dark throughout.

# %%
figures.make("heathrow")

# %% [markdown]
# **Cordoba.** The gallery of the article shows how three models continue a text on Spain, without
# a word on it. Here the measured model reads the continuation of the one with twelve layers. Words
# of grammar should be dark from high rows on, names in low rows only.

# %%
figures.make("cordoba")

# %% [markdown]
# **Cities that the text names.** After the same text we put a list of six cities of our own: three
# that the text names, three that it does not, in turn. Are names that a text repeats near the top
# from an earlier layer on than new ones (HS-22)? Compare the columns of Cordoba, Granada and
# Toledo with those of Seville, Lisbon and Madrid, each in its first token.

# %%
figures.make("cordoba_cities")

# %% [markdown]
# ## What holds

# %%
figures.verdicts(
    "heathrow", "cordoba_cities", "capital_words", "capital_positions", "capital_uncertainty"
)

# %% [markdown]
# LL-03 is worth a second look: that layers come closer to the output sounds like a finding, but
# each layer is one step nearer to the end in an untrained network too. Compare `docs/verdicts.md`.
#
# ## Now try
#
# 1. Ask for another capital: `replicate figures capital_words -p prompt="The capital of Italy is"
#    -p words='[" Rome", " Paris"]' --out build/mine`. From which layer on does it know?
# 2. In `probabilities`, which half of a block raises " Paris" more often, attention or
#    feed-forward?
# 3. Which position of `entropy` is the least sure at the last layer, and why there?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/). Published
#   panels © Jay Alammar, CC BY-NC-SA 4.0.
# - nostalgebraist 2020, "interpreting GPT: the logit lens": all positions, divergence from the
#   output, states inside blocks.
