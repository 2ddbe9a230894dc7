# %% [markdown]
# # Which activations carry the number of the subject
#
# Two sentences that differ in one word: one key or several. The model reads the sentence with one
# key, but one of its activations is replaced by what it was with several keys. If the verb then
# turns to the plural, that activation carries the number.
#
# **The article's open question** (HS-Q1-transport): is agreement settled in the last layer,
# or by a circuit over several layers?
#
# Each cell is the share of the difference between the two sentences that one replaced activation
# recovers: 1 is all of it, 0 is none.
#
# **What to look for**: in the residual stream, the layer at which the dark column of the subject
# ends and that of the last token begins; in attention at the last token, the layer that fetches
# it.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
clean: str = "The keys to the cabinet"  # the prompt whose activations are taken
corrupted: str = "The key to the cabinet"  # the prompt that is read with them
right: str = " are"  # the word that goes with the first
wrong: str = " is"  # the word that goes with the second

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["patching_pair"].of(clean=clean, corrupted=corrupted, right=right, wrong=wrong)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
