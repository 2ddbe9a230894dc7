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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # one layer, such as 0; if empty, the middle one
clusters: int = 10  # of k-means
neurons: int = 200  # drawn one by one; the article draws as many
seed: int = 0  # chooses the neurons that are drawn

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["neurons_counting"].of(
    prompt=prompt,
    continuation=continuation,
    generate=generate,
    layers=str(layers),
    clusters=clusters,
    neurons=neurons,
    seed=seed,
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
