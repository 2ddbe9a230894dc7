# %% [markdown]
# # Factors of prose in an early layer
#
# A passage of Dostoevsky's "Notes from Underground" in ten patterns of firing of one layer: of the
# article's six layer 0, in a model of another depth the one at a sixth of its depth (set `layers`
# to 0 for its first).
#
# **The article** (EX-16): portions of the text, pronouns, auxiliary, linking and other verbs,
# nouns with their adjectives, commas and the first token (EX-18) have factors of their own. With
# eighteen factors adverbs and parts of words get theirs too (EX-17): set `factors` to 18 to see
# them; published are ten.
#
# **What to look for**: words of one kind in one colour wherever they stand.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
layers: str = ""  # such as 0 or 3-7; if empty, those of the figure
factors: int = 10  # how many; the article has 10
seed: int = 0  # where the factorization starts

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["factors_underground"].of(
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
