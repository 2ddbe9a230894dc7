# %% [markdown]
# # The opening example: factors of a short list
#
# The example that opens the article, now in four patterns of firing. The model was not named, and
# nothing is claimed of this text; what is said of the longer list (EX-14), factors for its syntax
# and for its content, can be looked for here.
#
# **What to look for**: a row for the numbers, one for the periods, one for the countries.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 4  # how many; the article has 4
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import factors_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_hero"]
settings = {"factors": int(factors), "seed": int(seed)}
own = Own(prompt, int(generate), str(layers))
results = gather(figure, model, norms, own, **settings)
drawing = factors_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, own, **settings)
