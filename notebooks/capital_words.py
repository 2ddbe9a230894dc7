# %% [markdown]
# # The capital of France: three cities
#
# The logit lens reads what each layer would say next. Here it is asked for three words only, after
# "The capital of France is", and inside the blocks too: after attention, and after the feed-
# forward layer that follows it.
#
# **The companion text on the lens** (LL-01): the lens shows the layer from which on " Paris" is
# the best candidate.
#
# **What to look for**: where the line of " Paris" parts from the lines of the other capitals,
# which is where the model stops knowing merely that a city is asked for; and a dot where it is the
# best of all tokens.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
words: str = ""  # of your own, as '[" is", " are"]'

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["capital_words"].of(prompt=prompt, words=words)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
