"""What becomes of a model's choice where tokens are erased."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance

PREDICTORS = ("saliency", "attention", "position")
"""What may tell how much a token matters: its share by gradient x input, the attention that the
last position pays it (mean over layers and heads), and how near it is to the end."""
ORDERS = (*PREDICTORS, "random")
STEPS = (0.25, 0.5, 0.75)
"""Shares of a text's tokens that are erased together."""


@dataclass(frozen=True)
class ErasureSet:
    """How far the logit of the best token moves where tokens of a text are erased.

    An erased token is read as the mean embedding of all tokens of the texts.
    """

    correlation: Float[np.ndarray, "predictor text"]
    """Spearman's, over a text's tokens, of each of ``PREDICTORS`` with how far the logit moves when
    that token alone is erased."""
    moved: Float[np.ndarray, "order step text"]
    """How far it moves, in logits, when the first tokens by each of ``ORDERS`` are erased."""
    texts: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        shapes = {"correlation": (len(PREDICTORS),), "moved": (len(ORDERS), len(STEPS))}
        for name, shape in shapes.items():
            found, expected = getattr(self, name).shape, (*shape, len(self.texts))
            if found != expected:
                raise ValueError(f"{name} has the shape {found}: expected {expected}")

    def of(self, predictor: str) -> Float[np.ndarray, " text"]:
        """The correlations of one predictor; ``ValueError`` for one that there is not."""
        return self.correlation[PREDICTORS.index(predictor)]

    def after(self, order: str, step: float) -> Float[np.ndarray, " text"]:
        """How far the logit moves when a share of the tokens is erased in one order."""
        return self.moved[ORDERS.index(order), STEPS.index(step)]
