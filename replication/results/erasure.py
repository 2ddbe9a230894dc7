"""What becomes of a model's choice where tokens are erased."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance

PREDICTORS = ("saliency", "attention", "position")
"""What may tell how much a token matters: its share by gradient x input, the attention that the
last position pays it (mean over layers and heads), and how near it is to the end."""
ORDERS = (*PREDICTORS, "random")
ERASED = 0.25
"""The share of a text's tokens that are erased together, from the top of each order."""


@dataclass(frozen=True)
class ErasureSet:
    """How far the logit of the best token moves where tokens of a text are erased.

    An erased token is read as the mean embedding of all tokens of the texts.
    """

    correlation: Float[np.ndarray, "predictor text"]
    """Spearman's, over a text's tokens, of each of ``PREDICTORS`` with how far the logit moves when
    that token alone is erased."""
    moved: Float[np.ndarray, "order text"]
    """How far it moves, in logits, when the first ``ERASED`` tokens by each of ``ORDERS`` are."""
    texts: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        for name, rows in (("correlation", PREDICTORS), ("moved", ORDERS)):
            found, expected = getattr(self, name).shape, (len(rows), len(self.texts))
            if found != expected:
                raise ValueError(f"{name} has the shape {found}: expected {expected}")

    def of(self, predictor: str) -> Float[np.ndarray, " text"]:
        """The correlations of one predictor; ``ValueError`` for one that there is not."""
        return self.correlation[PREDICTORS.index(predictor)]

    def after(self, order: str) -> Float[np.ndarray, " text"]:
        """How far the logit moves when tokens are erased in one order."""
        return self.moved[ORDERS.index(order)]
