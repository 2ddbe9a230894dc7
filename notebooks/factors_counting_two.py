# %% [markdown]
# # Two factors of counting
#
# The activations of all neurons in all feed-forward layers while a model reads and writes numbers,
# as the sum of only two patterns of firing.
#
# **The article**: in DistilGPT2 one factor is at work where numbers are written, the other where
# commas are (EX-11). Of all neurons they reach 30 % and 46 % (EX-12); neurons are not drawn here.
#
# **What to look for**: two rows that take turns. Activity is shown at the token that was written,
# not at the one being read. A tokenizer that writes spaces as tokens has three kinds to share out.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 2  # how many; the article has 2
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_counting_two"].of(
    prompt=prompt,
    continuation=continuation,
    generate=generate,
    layers=str(layers),
    factors=factors,
    seed=seed,
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
