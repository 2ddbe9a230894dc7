# %% [markdown]
# # Rank of one token after every layer
#
# One token, the digit that continues " 1, 1, 1,", and its rank in the whole vocabulary after every
# layer. Panels are equally high, so the same share of the depth is at the same height.
#
# **The article** (HS-04): in DistilGPT2 the token climbs with nearly every layer and leads from
# the middle on.
#
# **What to look for**: is the way to rank 1 steady? A column that grows pale on its way down has
# layers that worsen the rank.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 1

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["rank_selected_token"].of(
    prompt=prompt, continuation=continuation, generate=generate
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
