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
text: str = "The capital of France is"  # read by the model

# %%
from replication.figures.answers import gather
from replication.figures.drawing.lens import words_page
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["capital_words"]
results = gather(figure, model, norms, text=text)
drawing = words_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, text=text)
