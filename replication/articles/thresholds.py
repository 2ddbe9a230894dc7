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

ROUNDING_SPOKEN = 0.05
"""Half of the last digit of a share spoken in tens, such as "60% importance" beside a figure that
has 61.0 %: it is no slip."""

AMONG_THE_MOST = 4
"""How many tokens are "the most important" where the article names the first three and the
preceding one. In its figure the first three are all among the four highest for 18 of 20 generated
tokens, and the preceding one for 10 of 20: so "often" is more often than not for the first three,
and for the preceding one more often than a token taken at random."""

START_OF_ANSWER = 2
"""Tokens at "the beginning of the output sequence": the first sentence of the published answer, a
word and its period. In the article's figure the question mark leads for both."""

NOTICEABLY = 1.25
"""How many times what the median token of an answer gives is "noticeably more". The article's own
figure has 1.59 and 1.42 for the two words that it names."""

SHORTLIST = 0.01
"""Share of the vocabulary that is a shortlist: one token in a hundred. In the article's figures of
DistilGPT2 (counting, the EU list) 20 of the 21 tokens that end with rank 1 are among these after
layer 0; no number was published."""

SINGLE_WORDS = 36
"""Factors of layer 0 with which single words get their own: twice the eighteen from which the
article says to increase further. It gives no number."""

DEPTH_OF_NEURONS = 5 / 6
"""Where the neurons of one layer are looked at: the article's layer 4 of 6, counted from 0."""

FEW_NEURONS = 0.25
"""Share of a layer's neurons that is still "few" at a token. No number was published: it is half of
the half that an untrained network has above 0."""

DEPTH_OF_FIRST = 1 / 6
"""Where "layer #0" of the article's six lies: at a sixth of the depth, as every layer that it
numbers. "A lot of heavy lifting" is said of one of six layers, so of a sixth of a network; nothing
that it says there is of an input that nothing has worked on yet."""

MIDDLE = (1 / 3, 2 / 3)
"""The depths between which "the middle" lies: the second of three parts, as the middle of a count
or of a text is (``STRETCHES``)."""

CLUSTERS_OF_A_LAYER = 10
"""Into how many clusters a layer's neurons are put: the key of the article's picture has ten."""

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

SHOWN = 0.25
"""Share of the nulls of a kind above which a claim counts as shown by them too: what a coin decides
holds on half of them."""

SIGNIFICANT = 0.05
"""Below it a corrected p-value counts."""

FAMILY = 30
"""Findings over many texts that are tested for each model under each reading of the norm, by which
their p-values are multiplied (Bonferroni): the number of such claims in the suite, rounded up to
the next ten, so that a verdict does not hang on which of them were run."""

OUTLIERS = 5
"""Dimensions of a hidden state that are "a few" outliers: the five greatest in size at a position,
less than a hundredth of the width of every model of the table. No text of the articles has a
number."""

TENFOLD = 1.0
"""Distance of two ranks, in powers of ten, above which two readings of a state say different things
of a word: tenfold is what parts the best token from the ten best that the articles list."""

UNTRAINED_DRAWS = 6
"""Seeds of fresh untrained networks that a claim is judged on. One takes a minute and a half of one
core for all claims: ten of them, and two of each other kind, would take half an hour. What a coin
decides is shown by six with a chance of 0.89."""

DRAWS = 2
"""Seeds of each other kind of null that is drawn at random, for the same reason. That one of them
shows a claim is enough for it to count as shown, which errs on the sceptic's side."""

BLIND_DRAWS = 10
"""Seeds of the blind lens, which reads the trained network's own states and so costs little. A
claim on the order of two words may pass by one shuffle's luck."""

COSTLY_DRAWS = 1
"""Seeds of any kind for claims that take many seconds each (factors of long texts, erasure, what
carries agreement): half of a null's time goes to six of eighty claims."""

NOISE_DRAWS = 10
"""Networks with noise of the size of the quantization under which each verdict is reached again."""
