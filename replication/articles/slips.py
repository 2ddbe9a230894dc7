"""The slips of the articles as data: what is said, and what the published figures show.

Only what a text itself asserts can be a slip. What it rounds, hedges ("tend to be") or merely lists
is not one; remarks of that kind stand in ``docs/findings.md``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """Something that an article says and its own published numbers do not bear out."""

    title: str
    said: str
    shown: str
    claim: str | None
    """The check that shows it, on the published numbers; None where no number was published."""


SLIPS = (
    Slip(
        "A figure of another model",
        "The figures of the EU list and of Cordoba are labelled GPT2-Large, a model of 36 layers.",
        "Both show 12 layers. That is GPT-2 small.",
        "SLIP-01",
    ),
    Slip(
        "A caption and its figure",
        "A caption says that layer 0 ranks the two digits 31 or 32.",
        "The figure itself shows 31 and 30.",
        "SLIP-02",
    ),
    Slip(
        "A probability that falls on the way",
        'The layers after layer 1 raise " 1" in rank and in probability.',
        "The rank rises, but layer 2 lowers the probability, from 0.03 % to 0.01 %.",
        "HS-04",
    ),
    Slip(
        "Software that changed its meaning",
        "Saliency is the gradient of the chosen token's logit, times its input.",
        "So it is in the software's release of that month. Later releases take the gradient of the "
        "probability, which gives other shares; the name stayed the same. Both are here: "
        "replicate saliency TEXT --of probability.",
        None,
    ),
)
