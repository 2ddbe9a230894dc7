"""How the articles' words are read, where they leave a number open.

Each reading is fixed on the published figures, here and nowhere else, before any model is looked
at; none is changed because of what a model shows.
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

MOST_CONTROLS = 0.5
"""Share of untrained controls on which a finding may hold and still say something of training."""


def first_layer(depth: float, layers: int) -> int:
    """The first of ``layers`` layers at or beyond a depth, carried over from the article's model.

    Layer *k* of *n* has the depth (*k* + 1) / *n*.
    """
    return next(k for k in range(layers) if (k + 1) / layers >= depth - 1e-9)
