# %% [markdown]
# # A list of EU countries, token by token
#
# A numbered list of EU countries is begun, and the article's model goes on with it. Every token of
# its continuation is ranked after every layer, at the position before it. Other models are given
# the same continuation, the mistake in it (Chile) included.
#
# **The article**: newlines and periods are near the top from the first layer on (HS-09); countries
# are far down until the last five of twelve layers (HS-10); the running numbers are settled at
# layer 9 (HS-11); at the end the wrong country has rank 43, the right ones lead or nearly do
# (HS-12), and they stay in alphabetical order (HS-13).
#
# **What to look for**: a striped picture, dark columns of syntax between pale columns of
# countries, with the stripes fading in the last rows. Where a panel is pale nearly throughout, the
# method did not read that model's inner layers at all.

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
figure = FIGURES["eu_list"].of(prompt=prompt, continuation=continuation, generate=generate)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
