# %% [markdown]
# # Is or are: agreement with the subject
#
# Four sentences begin with one key or several, followed by one cabinet or several. The verb has to
# agree with the keys, although the cabinets stand closer to it. Both verbs compete for the
# position after the prompt.
#
# **The article**: after "The keys to the cabinet" DistilGPT2's last layer has " are" before " is"
# (HS-14), and all layers before it have the order wrong (HS-15). After "The key to the cabinets" "
# is" is before " are" in every layer, while " are" stays high (HS-16). The other two sentences
# were published as image files only; they show what happens where both nouns agree.
#
# **What to look for**: the row in which the darker column changes sides.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
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
figure = FIGURES["agreement"].of(prompt=prompt, words=words)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
