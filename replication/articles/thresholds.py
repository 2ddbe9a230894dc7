"""How the articles' words are read, where they leave a number open.

Each reading is fixed on the published figures, or for a stated reason where nothing was published,
here and nowhere else; none is changed because of what a model shows. Some were written when facts
on the default model were known already: what cannot have been fitted are the fresh texts, written
after these readings were frozen (``claims/frozen.toml``).
"""

NEAR_TOP = 10
"""Worst rank that is "near the top" or "high": the articles' own figures list the ten best, and
in the EU figure of GPT-2 the newlines and periods, said to be near the top, rank 10 at worst."""

FAR_DOWN = 1000
"""Best rank that is "far down" for a group of tokens, by its median. In the EU figure of GPT-2 the
median country ranks worse than 5,000 in each of the first seven layers, which the article calls
far down, and about 1,150 in the first layer of those that "find them"."""

FEW = 0.01
"""Probability under which a candidate is barely considered; the article's example has 0.03 %."""

ROUNDING_PERCENT = 0.0005
"""Half of the last digit of a percentage given to one decimal, as a probability."""

ROUNDING_WHOLE_PERCENT = 0.005
"""Half of the last digit of a percentage given without decimals, as a share."""

OFTEN = 0.5
"""Share of cases that must be exceeded for "often": more cases than not. In the article's own
figure it is all of them."""

START_OF_ANSWER = 3
"""Tokens at "the start of the answer": its first sentence and the beginning of the next. In the
article's figure the question mark leads for two of the three, so the reading decides; each token is
a part of its own, to show what holds."""

FEW_NEURONS = 0.25
"""Share of a layer's neurons that is still "few" at a token. No number was published: it is half of
the half that an untrained network has above 0."""

CLUSTERS_OF_A_LAYER = 8
"""Into how many clusters a layer's neurons are put. No number was published with the picture; 8 is
scikit-learn's default."""

MOST_NEURONS = 0.5
"""Share of the neurons above which "a large sparse cluster" is large."""

ELSEWHERE = 0.5
"""How strong a factor "for the first token" may be anywhere else, against there. The published ones
are nowhere else a twentieth as strong."""

STRETCHES = 3
"""Start, middle and end, of a count or of a text, are its thirds. In the published figure of five
factors the three that count peak at the 1st, 7th and 15th of the 15 numbers written. They are
thirds of numbers and not of tokens, so a tokenizer that cuts numbers does not move them."""

ABOUT_A_SHARE = 0.01
"""How far from two thirds is still "about two thirds (66 %)"."""

ATTENDS = 0.5
"""Mean weight above which a head attends to something: more than to everything else together. No
number was published with the attention views."""

MUCH = 1.0
"""How many times a forward pass is "much computation" beside it: more than the pass itself, since
whoever reads the layers has to make that pass anyway. No number was given."""

STARTS = range(20)
"""Random starts of a factorization. The article shows one; a finding that depends on it says
little, so on trained models it must hold on most of these (``OFTEN``)."""

MOST_CONTROLS = 0.5
"""Share of the null subjects of a kind on which a finding may hold and still say something."""

SIGNIFICANT = 0.05
"""Below it a corrected p-value counts."""

FAMILY = 20
"""Findings over many texts that are tested for each model under each reading of the norm, by which
their p-values are multiplied (Bonferroni): the number of such claims in the suite, rounded up to
the next ten, so that a verdict does not hang on which of them were run."""
