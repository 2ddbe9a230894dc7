# %% [markdown]
# # EU countries by a small and by a large model
#
# The list of EU countries once more, as two further models of the article continued it: DistilGPT2
# with 6 layers and GPT2-XL with 48. The measured model is given both continuations.
#
# **The article** (HS-20): the division is the same in a small and in a large model, syntax early
# and countries late.
#
# **What to look for**: dark columns between pale ones in every panel. In the largest model some
# countries lead halfway up already.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # how inner layers are read: none, final or both
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["eu_gallery"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
