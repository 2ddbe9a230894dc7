"""What becomes of a model's choice where tokens are erased."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

PREDICTORS = ("saliency", "attention", "position")
"""What may tell how much a token matters: its share by gradient x input, the attention that the
last position pays it (mean over layers and heads), and how near it is to the end."""
ORDERS = ("saliency", "random")
"""In which tokens are erased together."""
ERASED = (0.25, 0.5, 0.75)
"""The shares of a text's tokens that are erased together, from the top of each order."""


@shows_itself
@dataclass(frozen=True)
class ErasureSet:
    """How far the logit of the best token moves where tokens of a text are erased.

    An erased token is read as the mean embedding of all tokens of the texts.
    """

    correlation: Float[np.ndarray, "predictor text"]
    """Spearman's, over a text's tokens, of each of ``PREDICTORS`` with how far the logit moves when
    that token alone is erased."""
    moved: Float[np.ndarray, "share order text"]
    """How far it moves, in logits, when each of the shares ``ERASED`` of the tokens is, the first
    by each of ``ORDERS``."""
    texts: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        texts = len(self.texts)
        for name, expected in (
            ("correlation", (len(PREDICTORS), texts)),
            ("moved", (len(ERASED), len(ORDERS), texts)),
        ):
            found = getattr(self, name).shape
            if found != expected:
                raise ValueError(f"{name} has the shape {found}: expected {expected}")

    def of(self, predictor: str) -> Float[np.ndarray, " text"]:
        """The correlations of one predictor; ``ValueError`` for one that there is not."""
        return self.correlation[PREDICTORS.index(predictor)]

    def after(self, order: str) -> Float[np.ndarray, " text"]:
        """How far the logit moves when the first share of the tokens is erased in one order."""
        return self.moved[0, ORDERS.index(order)]

    def over_shares(self, order: str) -> Float[np.ndarray, " text"]:
        """The mean of how far it moves over all of ``ERASED``: but for what all orders have in
        common, the area under the curve of erasing.
        """
        return np.asarray(self.moved[:, ORDERS.index(order)].mean(axis=0))
