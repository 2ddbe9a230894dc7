# %% [markdown]
# # Neurons: what fires while a model counts?
#
# Two thirds of a layer's parameters or more lie in its **feed-forward** part: it takes a token's
# state to thousands of **neurons**, each a number, and back. A nonlinearity in between sets most
# neurons to nearly nothing, so we may ask which of them *fire*. The model is given ` 1, 2, 3,` and
# counts on. Which neurons fire for numbers, which for commas?
#
# First we look at what the counting model says, by the lens; then at single neurons, and then at
# **clusters** of neurons that fire alike.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # how inner layers are read: none, final or tuned, or several of them
out: str = "figures"  # the folder for the figures' files
only: str = ""  # the figures to make, with commas between them; if empty, all of this notebook
prompt: str = ""  # a text of your own for the figures, in the place of the article's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it
layers: str = ""  # of neurons_counting, one layer, such as 0; if empty, the one at 5/6 of the depth
clusters: int = 0  # of neurons_counting; 0: 10
neurons: int = 0  # of neurons_counting, drawn one by one; 0: 200, as in the article
seed: int = 0  # of neurons_counting, chooses the neurons that are drawn

# %%
import torch
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

import replication as library
from replication.figures.making import Figures
from replication.figures.table import FIGURES

torch.set_grad_enabled(False)
own = {"prompt": prompt, "continuation": continuation, "generate": generate}
own |= {"layers": str(layers), "clusters": clusters, "neurons": neurons, "seed": seed}
figures = Figures(model, norms, out, only, own)

# %% [markdown]
# ## Does it count at all?
#
# In the article DistilGPT2 goes on counting, with commas (EX-07), and knows the commas at least
# one layer earlier than the numbers, in layer 3 against layer 4 (EX-08). Look for the row in which
# a column reaches rank 1, for commas and for numbers. A space may be a token of its own.

# %%
figures.make("ranks_counting")

# %% [markdown]
# ## By hand: catch the neurons
#
# The neurons are the output of the nonlinearity inside the feed-forward part. PyTorch lets us
# listen there with a **hook**, a function that is called with a module's output.

# %%
question = FIGURES["neurons_counting"].questions[0]
answer = figures.answer(question)
network = library.load(model)
recording = library.record(network, question.text.prompt, question.text.continuation, neurons=True)

caught = []
nonlinearity = network.blocks[answer.layer].get_submodule(network.architecture.activation)
hook = nonlinearity.register_forward_hook(lambda module, inputs, output: caught.append(output[0]))
network.network(torch.tensor([recording.ids]))
hook.remove()

torch.testing.assert_close(caught[0], recording.neurons[answer.layer])
print("layer", answer.layer, tuple(caught[0].shape), "(position, neuron)")

# %% [markdown]
# **How many fire?** The article calls the activations sparse and gives no threshold. We take 0,
# below which the nonlinearity has only small negative values. Then we ask for strong ones: above a
# tenth of the greatest.

# %%
fired = caught[0][recording.start_length :]
firing = (fired > 0).sum(-1)
strong = (fired > 0.1 * fired.amax(-1, keepdim=True)).sum(-1)
print(f"firing: {firing.float().mean() / fired.shape[1]:.0%} of the neurons at a token in the mean")
print(f"strong: {strong.float().mean() / fired.shape[1]:.1%}")

sparsity = library.sparsity(recording, [answer.layer])
assert (sparsity.firing[0] == firing.numpy()).all()
assert (sparsity.strong[0] == strong.numpy()).all()

# %% [markdown]
# ## By hand: clusters
#
# Thousands of neurons cannot be looked at one by one. **k-means** puts neurons together that fire
# for the same tokens. A row of the matrix is a neuron; a column is a generated token, at the
# position where it was written, which is the one before it.

# %%
first = recording.prompt_length - recording.start_length
values = fired.clamp(min=0).T[:, first - 1 : -1].numpy()  # (neuron, token)
labels = KMeans(question.clusters, n_init=10, random_state=0).fit_predict(values)

found = library.clusters(recording, answer.layer, question.clusters)
assert adjusted_rand_score(labels, found.labels) == 1  # the same groups, by other numbers
assert (found.sizes == answer.sizes).all()

# %% [markdown]
# The library numbers clusters by size. The largest one nearly never fires; what are the others
# for? We print, for each, the token at which its neurons fire the most.

# %%
for cluster, (size, mean) in enumerate(zip(found.sizes, found.firing, strict=True)):
    print(f"cluster {cluster}: {size:5} neurons, most at {found.of.tokens[mean.argmax()]!r}")

# %% [markdown]
# ## The figure
#
# Above, 200 neurons one by one; then the same neurons sorted by cluster; below, the mean firing of
# each cluster. In the article few of DistilGPT2's 3,072 neurons of a layer fire at a token
# (EX-09); some clusters fire for numbers and some for commas, a large one hardly ever, and one the
# more the higher the number (EX-10). Only pictures were published of this.
#
# See how pale the picture is, then which sparklines peak at each comma, at each number, or rise
# from left to right.

# %%
figures.make("neurons_counting")

# %% [markdown]
# ## What holds

# %%
figures.verdicts("ranks_counting", "neurons_counting")

# %% [markdown]
# ## Now try
#
# 1. Shuffle each row of `values` by itself and cluster again. Do clusters still seem to mean
#    something? (EX-26 asks this.)
# 2. Look at layer 0: `replicate figures neurons_counting -p layers=0 --out build/mine`. What do
#    neurons fire for that have seen one token only?
# 3. A cluster that grows with the number may just grow along the text. Let the model count down:
#    `-p prompt=" 20, 19, 18,"`. Does the same cluster fall?
#
# ## Sources
#
# - Alammar 2020, [Interfaces for Explaining Transformer Language
#   Models](https://jalammar.github.io/explaining-transformers/). Published panels © Jay Alammar,
#   CC BY-NC-SA 4.0.
# - Geva, Schuster, Berant and Levy 2021, "Transformer Feed-Forward Layers Are Key-Value Memories".
