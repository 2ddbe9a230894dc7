"""Where early layers already have the tokens that end as the best."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Shortlists:
    """Ranks after early layers of the tokens that the model ends with, position by position."""

    own: Int[np.ndarray, "layer position"]
    """The rank after each layer of the token that is the best after the last one; 1 is best."""
    others: Int[np.ndarray, "layer position"]
    """The rank, at the same position, of a token that is the best at another one: what a token as
    frequent has without being this text's."""
    layers: tuple[int, ...]
    """(layer,) which layers these are."""
    texts: tuple[str, ...]
    """(position,) the text of each position."""
    vocabulary: int
    provenance: Provenance

    def __post_init__(self) -> None:
        expected = len(self.layers), len(self.texts)
        if not self.own.shape == self.others.shape == expected:
            raise ValueError(
                f"ranks of shapes {self.own.shape} and {self.others.shape} for layers "
                f"{self.layers} and {len(self.texts)} positions: expected {expected}"
            )
        ranks = np.concatenate([self.own, self.others])
        if ranks.size and not 1 <= ranks.min() <= ranks.max() <= self.vocabulary:
            raise ValueError(
                f"ranks run from {ranks.min()} to {ranks.max()}: expected 1 to {self.vocabulary}"
            )
