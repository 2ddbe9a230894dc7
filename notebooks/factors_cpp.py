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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: not at all
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 10  # how many; the article has 10
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_cpp"].of(
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
