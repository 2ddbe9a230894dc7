"""Where the first layer already has the tokens that end as the best."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from replication.results.provenance import Provenance


@dataclass(frozen=True)
class Shortlists:
    """Ranks after layer 0 of the tokens that the model ends with, position by position."""

    own: Int[np.ndarray, " position"]
    """The rank after layer 0 of the token that is the best after the last layer; 1 is best."""
    others: Int[np.ndarray, " position"]
    """The rank, at the same position, of a token that is the best at another one: what a token as
    frequent has without being this text's."""
    texts: tuple[str, ...]
    """(position,) the text of each position."""
    vocabulary: int
    provenance: Provenance

    def __post_init__(self) -> None:
        if not len(self.own) == len(self.others) == len(self.texts):
            raise ValueError(
                f"{len(self.own)} and {len(self.others)} ranks of {len(self.texts)} positions: "
                "expected as many of each"
            )
        ranks = np.concatenate([self.own, self.others])
        if ranks.size and not 1 <= ranks.min() <= ranks.max() <= self.vocabulary:
            raise ValueError(
                f"ranks run from {ranks.min()} to {ranks.max()}: expected 1 to {self.vocabulary}"
            )
