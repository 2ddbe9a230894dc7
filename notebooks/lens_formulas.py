# %% [markdown]
# # What the commonly published formula leaves out
#
# The formula of the logit lens is often given as `state @ W.T + b`: the hidden state times the
# unembedding, plus a bias. Two things are wrong with it (LL-02).
#
# 1. **There is no bias.** The heads of GPT-2, Llama and Gemma have none, so code that adds
#    `lm_head.bias` adds `None` and fails. The parameter is there in `torch.nn.Linear`'s signature,
#    not in the models.
# 2. **The final norm is left out.** A model never gives a bare hidden state to its unembedding: it
#    norms it first. The norm is not one number that ranks could ignore: it scales every one of the
#    state's dimensions by a weight of its own, so other words come out on top. Hence "norm: none"
#    and "norm: final" beside every number of this package.
#
# A third slip comes with the library: the last entry of transformers' `hidden_states` is already
# normed. A loop that norms every entry norms that one twice, and then the lens on the last layer
# is not the model's own output. This package takes the states from the blocks themselves and
# refuses to load a model whose last layer does not give its own logits.
#
# **What to look for**: the last row. Only the column in the middle ends where the model ends.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
word: str = " Paris"  # ranked after it

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["lens_formulas"].of(prompt=prompt, word=word)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
