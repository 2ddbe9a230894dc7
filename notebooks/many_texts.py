# %% [markdown]
# # Many texts: is it so, or was it so once?
#
# The article shows one sentence for each of its findings. One sentence can be right by chance.
# Here each finding is asked of a whole set: verbs after 30 nouns, repeated numbers with other
# separators, 60 occupations. With many texts come three new things to get right:
#
# - **intervals**: how far could the number be off, had we taken other nouns?
# - **nulls**: would a network that cannot know show the same?
# - **verdicts**: one word for all of this, by rules that were fixed before.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # what claims are judged under: the figure has both
out: str = "figures"  # the folder for the figure's files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook

# %%
import numpy as np
import torch

from replication import load, record
from replication.base.intervals import mean_interval
from replication.base.resampling import draws
from replication.figures.making import Figures
from replication.figures.table import FIGURES
from replication.judging.rules import MEANING
from replication.questions.sets import WatchedOver

torch.set_grad_enabled(False)
figures = Figures(model, norms, out, only)

# %% [markdown]
# ## By hand: one number for each text
#
# Each item of the set has a prompt and two words. Its number is the logit difference from
# `agreement`: how far the right verb is ahead after a layer.

# %%
found = figures.answer(WatchedOver("agreement"))
print(len(found.items), "items of", len(set(found.clusters())), "nouns, such as")
for item in found.items[:3]:
    print("   ", repr(item.prompt), item.watched)

# %%
network = load(model)
item, of_item = found.items[0], found.lead[found.norms.index("final"), 0]  # (layer,)
states = network.final_norm(record(network, item.prompt).states[:, -1])
ids = [network.single_token(word) for word in item.watched]
right, wrong = network.unembedding[ids].float()
np.testing.assert_allclose(states @ (right - wrong), of_item, rtol=1e-2, atol=1e-2)

# %% [markdown]
# ## By hand: a share with its interval
#
# Take the subjects in the plural with a noun in the singular next to the verb. In what share of
# the texts does the right verb lead after each layer?

# %%
plural = {"subject": "plural", "attractor": "singular"}
ahead = found.ahead("final", **plural).astype(float)  # (text, layer)
nouns = np.array(found.clusters(**plural))
print(ahead.shape, "(text, layer); at the end", ahead[:, -1].mean().round(3))

# %% [markdown]
# Five texts with the same noun are not five witnesses: a model that fails on "keys" may well fail
# on all five. So we resample **nouns**, not texts. A bootstrap draws as many nouns as there are,
# with replacement, takes the share over their texts, and does this many times; the middle 95 % of
# the shares are the interval.

# %%
random = np.random.default_rng(1)
distinct = np.unique(nouns)
shares = []
for _ in range(2000):
    drawn = random.choice(distinct, len(distinct))
    count = (nouns[:, None] == drawn).sum(1)  # how often each text was drawn
    shares.append(count @ ahead / count.sum())
low, high = np.quantile(shares, [0.025, 0.975], axis=0)

# %% [markdown]
# The library draws 10,000 times, from another seed, so the ends of its intervals may differ a
# little; its estimates may not. And with the library's own draws the ends are the same.

# %%
curve = figures.answer(FIGURES["many_texts"].questions[0])
panel = curve.panels.index("norm: final")
np.testing.assert_allclose(curve.estimate[panel, 0], ahead.mean(0))

layer = int(np.abs(ahead.mean(0) - 0.5).argmin())  # the most divided one
interval = mean_interval(ahead[:, layer], list(nouns))
count = draws(list(nouns), len(nouns))
ends = np.quantile(count @ ahead[:, layer] / count.sum(1), [0.025, 0.975])
np.testing.assert_allclose([interval.low, interval.high], ends)
np.testing.assert_allclose([interval.low, interval.high], [low[layer], high[layer]], atol=0.03)
print(f"layer {layer}: {interval.estimate:.0%}, between {interval.low:.0%} and {interval.high:.0%}")

# %% [markdown]
# What if we had resampled texts, as if they were independent? The interval comes out narrower, by
# as much as the texts of one noun are alike. How much that is cannot be known before.

# %%
naive = [random.choice(ahead[:, layer], len(ahead)).mean() for _ in range(2000)]
print("by texts: {:.0%} to {:.0%}".format(*np.quantile(naive, [0.025, 0.975])))

# %% [markdown]
# ## The figure
#
# Curves along the layers with bands for their intervals, under each norm. The article says: all
# layers before the last have the verb wrong (HS-15-many; HS-14-many and HS-16-many for the verbs),
# the last layer takes probability from what repeats (HS-05-many), inner layers prefer the man
# (HS-17-many), and the last tells the nurse from the doctor (HS-18-many). Its method raises a
# question: are these products of leaving out the final norm (HS-Q2, HS-Q2-caution)?
#
# On the right, with the final norm, look where the curves of both verbs cross one half. On the
# left, without it, does one verb lead whatever the subject is?

# %%
figures.make("many_texts")

# %% [markdown]
# ## A null, by hand
#
# A network that cannot know the answer should not show the finding. The simplest one knows nothing
# but the last token. It sees "drawer" and never the key, so if it is right for one number of the
# subject, it must be wrong for the other.

# %%
for item in [one for one in found.items if one.prompt.endswith(" to the drawer")]:
    last_word = " " + item.prompt.split()[-1]
    state = network.final_norm(record(network, last_word).states[-1, -1])
    right, wrong = network.unembedding[[network.single_token(w) for w in item.watched]].float()
    print(f"{item.prompt!r}{item.watched[0]}:", "yes" if state @ (right - wrong) > 0 else "no")

# %% [markdown]
# `pytest claims` asks such networks of several kinds: untrained, with permuted weights, with
# random blocks, with a shuffled unembedding, with a blind lens, with the last token only, and
# rules without any network. A claim whose core holds on more than a quarter of some kind is
# uninformative.
#
# ## What holds
#
# A claim over many texts holds if its texts' majority does, by a test over clusters that is
# corrected for the number of claims.

# %%
figures.verdicts("many_texts")

# %% [markdown]
# The words, and what each of them means:

# %%
for word, meaning in MEANING.items():
    print(f"{word.replace('_', ' '):15} {meaning}")

# %% [markdown]
# ## Now try
#
# 1. Draw the interval's width against the number of nouns: use the first 5, 10, 20 of `distinct`.
# 2. Items share a second thing, the noun beside the verb (`found.crossed()`). Resample these
#    instead. Which interval is wider? (The verdicts draw both kinds at once.)
# 3. Take the singular subjects. Without the norm their curve is the mirror image of the plural's.
#    What does that say about reading without the norm?
#
# ## Sources
#
# - Alammar 2021, [Finding the Words to Say](https://jalammar.github.io/hidden-states/): the
#   findings.
# - Field and Welsh 2007, [Bootstrapping clustered
#   data](https://doi.org/10.1111/j.1467-9868.2007.00593.x); Owen 2007, [The pigeonhole
#   bootstrap](https://doi.org/10.1214/07-AOAS122).
# - Hewitt and Liang 2019, "Designing and Interpreting Probes with Control Tasks": why nulls.
