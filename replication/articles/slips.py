"""The slips of the articles as data: what is said, and what the published figures show."""

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
        "Countries are found late, but not by every model",
        "Country names are far down until the last five of twelve layers; the gallery repeats "
        "the picture on larger models.",
        "On the largest model, GPT-2 XL, some countries lead from layer 23 of 48 on.",
        "SLIP-03",
    ),
    Slip(
        "Probabilities of zero",
        "The figure of the ten best tokens shows candidates with a probability of 0 %.",
        "A softmax gives none: it is rounding, as the article says itself.",
        "SLIP-04",
    ),
    Slip(
        "A probability that falls on the way",
        'The layers after layer 1 raise " 1" in rank and in probability.',
        "The rank rises, but layer 2 lowers the probability, from 0.03 % to 0.01 %.",
        "HS-04",
    ),
    Slip(
        "A number that falls back",
        "The running numbers of the EU list are settled at layer 9.",
        "The number 11 is at rank 1 there, and falls back to rank 8 in layer 10.",
        "HS-11",
    ),
    Slip(
        "A largest model that differs",
        "The smallest and the largest model show the same division: syntax early, countries late.",
        "On GPT-2 XL newlines and periods come near the top later than countries do.",
        "HS-20",
    ),
    Slip(
        "Sixty per cent",
        "For the second token of Shakespeare's year of birth the name holds 60 %.",
        "In the figure it holds 61.0 %.",
        "EX-02",
    ),
    Slip(
        "A comma before the question mark",
        "At the start of the answer the question mark scores highest.",
        "For the third token of the answer the comma does.",
        "EX-06",
    ),
    Slip(
        "A word that gives more",
        '" will" and " ever" give " ultimate" noticeably more than the rest of the answer does.',
        '" can" gives it more than either.',
        "EX-06",
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
