# %% [markdown]
# # Ten factors of C++
#
# A piece of C++ in ten patterns of firing. Its numbers were published with the article and are not
# shown in it.
#
# **The article** says nothing on this text; that a factor of the first token is common to GPT-2
# models (EX-18) can be looked for here too.
#
# **What to look for**: comments and code in different colours, and what keeps the indentation.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 10  # how many; the article has 10
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import factors_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_cpp"]
settings = {"factors": int(factors), "seed": int(seed)}
own = Own(prompt, int(generate), str(layers))
results = gather(figure, model, norms, own, **settings)
drawing = factors_page(results, figure.title)

# %%
save(figure, results, drawing, model, norms, out, own, **settings)
