# %% [markdown]
# # Agreement, repetition and occupations over many texts
#
# The article shows one sentence for each of its findings. Here each is asked of a whole set: verbs
# after 30 nouns, repeated numbers with other separators, 60 occupations. Bands are 95 % intervals
# for each layer, from resampling whole clusters (a noun, a pattern, an occupation).
#
# **The article**: all layers before the last have the verb wrong (HS-15-many; HS-14-many and
# HS-16-many for the verbs), the last layer takes probability from what repeats (HS-05-many), inner
# layers prefer the man (HS-17-many) and the last tells the nurse from the doctor (HS-18-many).
# **The question that its method raises** (HS-Q2, HS-Q2-caution): are these products of leaving out
# the final norm?
#
# **What to look for**: on the right, with the final norm, the curves of both verbs cross one half
# together some layers before the end. On the left, without it, one verb leads whatever the
# subject, and the last layer alone, which is always normed, seems to put it right.

# %% tags=["parameters"]
model: str = "smollm2"  # a name that `replicate models` lists
norms: str = "none,final"  # not used: no lens is involved
out: str = "figures"  # the folder for the figure's files

# %%
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.saving import save
from replication.figures.table import FIGURES

# %%
figure = FIGURES["many_texts"]
results = answers(figure.questions, model, norms)
drawing = draw(results, figure.title, **figure.options)

# %%
save(figure, drawing, results, model, norms, out)
