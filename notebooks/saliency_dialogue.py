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
prompt: str = ""  # a text of your own; if empty, the figure's
continuation: str = ""  # what follows a prompt of your own
generate: int = 0  # or by how many tokens the model continues it; 0: 20
chosen: str = "0,10"  # output tokens to show as boxes, from 0

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["saliency_dialogue"].of(
    prompt=prompt, continuation=continuation, generate=generate
)
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, chosen=[int(number) for number in chosen.split(",")])

# %%
save(figure, drawing, results, model, norms, out)
