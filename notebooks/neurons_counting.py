# %% [markdown]
# # Neurons of one layer while a model counts
#
# The model is given " 1, 2, 3" and counts on. Which neurons of the middle feed-forward layer fire
# for each token that it writes?
#
# **The article**: of DistilGPT2's 3,072 neurons of a layer few fire at a token (EX-09). Put into
# clusters by k-means, some fire for numbers and some for commas, a large one hardly ever, and one
# the more the higher the number (EX-10). Only pictures were published of this, and no numbers to
# stand beside the measured ones.
#
# **What to look for**: how pale the picture is, then which rows of sparklines peak at every comma,
# at every number, or rise from left to right.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
layers: str = ""  # one layer, such as 0; if empty, the middle one
clusters: int = 10  # of k-means
neurons: int = 200  # drawn one by one; the article draws as many
seed: int = 0  # chooses the neurons that are drawn

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import neurons_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["neurons_counting"]
settings = {"clusters": int(clusters), "neurons": int(neurons), "seed": int(seed)}
own = Own(prompt, int(generate), str(layers))
results = gather(figure, model, norms, own, **settings)
drawing = neurons_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, own, **settings)
