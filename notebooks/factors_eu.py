# %% [markdown]
# # Six factors of a list of EU countries
#
# A list of EU countries in six patterns of firing.
#
# **The article**: DistilGPT2 has factors for the parts of the list's syntax and for its content
# (EX-14), and one for the first token (EX-18).
#
# **What to look for**: which rows have one peak for every line of the list, and at which token of
# the line.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 6  # how many; the article has 6
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import factors_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_eu"]
settings = {"factors": int(factors), "seed": int(seed)}
own = Own(prompt, int(generate), str(layers))
results = gather(figure, model, norms, own, **settings)
drawing = factors_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, own, **settings)
