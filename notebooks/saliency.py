# %% [markdown]
# # Saliency: what was a word taken from?
#
# A model has written a word. Which words before it made it do so? **Gradient times input** gives
# an answer from calculus: the logit of the word is a function of the embeddings of all tokens
# before it. Its slope with respect to one embedding says how a small change there would change the
# logit; the slope times the embedding says how much of the logit that token accounts for, if the
# function were a straight line.
#
# It is not a straight line. So besides the method, this notebook has a small experiment that tests
# it.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # no lens is involved here: they only choose what claims are judged under
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it
chosen: str = ""  # output tokens to show as boxes, counted from 0, such as 0,1

# %%
import numpy as np
import torch
from scipy.stats import spearmanr

from replication import gradient_x_input, load
from replication.figures.making import Figures
from replication.figures.table import FIGURES

own = {"prompt": prompt, "continuation": continuation, "generate": generate}
figures = Figures(model, norms, out, only, own)
boxes = {"chosen": [int(number) for number in chosen.split(",")]} if chosen else {}

# %% [markdown]
# ## By hand: one gradient
#
# The prompt asks for the year in which Shakespeare was born; what follows is given. We read the
# text up to the token before the first of the year and ask for the logit of that token.

# %%
(question,) = FIGURES["saliency_shakespeare"].questions
network = load(model)
before = network.encode(question.text.prompt, start=True)
ids = [*before, *network.encode(question.text.continuation)]
print(network.texts(before), "->", network.texts(ids[len(before) :]))

# %% [markdown]
# Tokens are numbers, and nothing can be differentiated with respect to them. Their embeddings are
# vectors, so we give these to the network instead.

# %%
embedding = network.network.get_input_embeddings()
inputs = embedding(torch.tensor([before])).detach().requires_grad_()
logits = network.network(inputs_embeds=inputs).logits[0, -1]
(gradient,) = torch.autograd.grad(logits[ids[len(before)]], inputs)
gradient.shape  # (text, position, width)

# %% [markdown]
# Gradient times input is a vector for each token. The article takes its length, and divides by the
# sum over tokens, so that shares add up to 1. A start token, where a model has one, is no word of
# the text and is left out.

# %%
start = network.start_length(before)
importance = (gradient * inputs).detach().norm(dim=-1)[0, start:]
shares = importance / importance.sum()
for token, share in zip(network.texts(before[start:]), shares, strict=True):
    print(f"{share:6.1%}  {token!r}")

# %%
library = gradient_x_input(network, question.text.prompt, question.text.continuation)
np.testing.assert_allclose(library.row(0), shares, rtol=1e-3)
np.testing.assert_allclose(figures.answer(question).shares, library.shares, rtol=1e-4, atol=1e-6)

# %% [markdown]
# ## By hand: does importance mean effect?
#
# If the shares say what the word rests on, then taking away a token with a large share should
# change the logit more than taking away one with a small share. Let us do it: set one embedding to
# zero at a time, and note how far the logit moves.

# %%
moved = []
with torch.no_grad():
    for position in range(start, len(before)):
        erased = inputs.detach().clone()
        erased[0, position] = 0
        changed = network.network(inputs_embeds=erased).logits[0, -1]
        moved.append(float((logits - changed)[ids[len(before)]].abs()))
print("rank correlation of shares and effects:", round(float(spearmanr(shares, moved)[0]), 2))

# %% [markdown]
# One text tells little. Over 32 openings the claim EX-21 asks the same, against erasing in random
# order and by position alone; `docs/findings.md` has what came out.
#
# ## The figures
#
# Tokens stand in boxes, and a grid has a row for each generated token, darker where a token before
# it counts for more.
#
# **The birth year.** For the first token of the year GPT2-XL takes 53 % from the name, 22 % from "
# year" and 14 % from " born" (EX-01); for the second 60 % from the name, and next the year's own
# first half, which was output a moment before (EX-02). A model that writes a year digit by digit
# has more rows.

# %%
figures.make("saliency_shakespeare", **boxes)

# %% [markdown]
# **A repeated pattern.** Each number and each comma could be copied from any of those before it.
# GPT2-XL takes them from the very first token most of all (EX-03); the token just before and the
# rest of the first three often come next (EX-04). Look for a dark column on the left, and a darker
# slope where rows end.

# %%
figures.make("saliency_ones", **boxes)

# %% [markdown]
# **A list.** But for a second Finland it goes on in alphabetical order (EX-05). For a number, does
# it look at the numbers before it? For a country, at the countries?

# %%
figures.make("saliency_eu", **boxes)

# %% [markdown]
# **A dialogue.** A question with a famous answer. At the start of the answer the question mark
# counts most; " will" and " ever" give noticeably more to " ultimate" (EX-06). Look for the column
# of the question mark, and that of " ultimate".

# %%
figures.make("saliency_dialogue", **boxes)

# %% [markdown]
# **The opening example** of the article, a list of countries in one line. Nothing is claimed of
# it, and its countries are in no alphabetical order.

# %%
figures.make("saliency_hero", **boxes)

# %% [markdown]
# ## What holds

# %%
figures.verdicts("saliency_shakespeare", "saliency_ones", "saliency_eu", "saliency_dialogue")

# %% [markdown]
# Beware of EX-01 and EX-02. A name of two rare tokens has large embeddings, and so it takes a
# large share in untrained networks as well. A picture that looks right is not yet an explanation:
# see what nulls show in `docs/verdicts.md`, and Adebayo et al. 2018 on pictures.
#
# ## Now try
#
# 1. Take the gradient of the probability instead of the logit, as later software did:
#    `gradient_x_input(network, ..., of="probability")`. Which shares change?
# 2. Sum the products over the width instead of taking their length. Shares can now be negative.
#    What would a negative one mean?
# 3. Read a sentence of your own: `replicate figures saliency_ones -p prompt="The cat sat on the"
#    -p generate=6 --out build/mine`.
#
# ## Sources
#
# - Alammar 2020, [Interfaces for Explaining Transformer Language
#   Models](https://jalammar.github.io/explaining-transformers/). Published panels © Jay Alammar,
#   CC BY-NC-SA 4.0.
# - Simonyan, Vedaldi and Zisserman 2013, "Deep Inside Convolutional Networks": saliency by
#   gradients.
# - Adebayo et al. 2018, "Sanity Checks for Saliency Maps": what untrained networks show too.
