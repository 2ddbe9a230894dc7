# %% [markdown]
# # What an answer in a dialogue is taken from
#
# A question with a famous answer, and what a model made for dialogues wrote. The measured model is
# given the same answer.
#
# **The article** (EX-06): at the start of the answer the question mark counts most; " will" and
# " ever" give noticeably more to " ultimate". In the published numbers the third token of the
# answer gives more to the comma, and " can" more to " ultimate" than " will" or " ever" do.
#
# **What to look for**: the column of the question mark, and that of " ultimate".

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists, or "published"
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files
prompt: str = ""  # a text of your own; if empty, the article's
generate: int = 20  # tokens by which a text of your own is continued
chosen: str = "0,10"  # output tokens to show as boxes, from 0, as published

# %%
from replication.figures.answers import gather
from replication.figures.drawing.pages import saliency_page
from replication.figures.own_text import Own
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_dialogue"]
numbers = [int(number) for number in chosen.split(",")]
own = Own(prompt, int(generate))
results = gather(figure, model, norms, own)
drawing = saliency_page(results, figure.title, numbers)

# %%
save(figure, results, drawing, model, norms, out, own)
