"""What each layer adds to a token's score and rank: the result type, free of torch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from replication.base.axes import Ranks
from replication.results.provenance import Provenance
from replication.results.roles import Role, roles_of
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Contributions:
    """How some tokens of a continuation rise from layer to layer.

    The first layer has nothing before it that was read, so contributions begin with layer 1: row
    *k* of a contribution is that of layer *k* + 1.
    """

    ranks: Ranks
    """(layer, token); 1 is best, among the whole vocabulary."""
    scores: Float[np.ndarray, "layer token"] | None
    """The logarithm to base 2 of the token's probability; None where ranks alone were published."""
    tokens: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        found = self.ranks.shape
        if self.ranks.ndim != 2 or len(self.ranks) < 2 or self.ranks.shape[1] != len(self.tokens):
            raise ValueError(
                f"ranks of shape {found} do not fit {len(self.tokens)} tokens: expected at "
                f"least 2 layers by {len(self.tokens)}"
            )
        if self.ranks.size and self.ranks.min() < 1:
            raise ValueError(f"a rank is {self.ranks.min()}: expected 1 or more")

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.ranks)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The role of each token."""
        return roles_of(self.tokens)

    @property
    def by_rank(self) -> Float[np.ndarray, "step token"]:
        """How often each layer halves the rank; negative where it worsens it."""
        return -np.diff(np.log2(self.ranks), axis=0)

    @property
    def by_score(self) -> Float[np.ndarray, "step token"] | None:
        """How often each layer doubles the probability; negative where it lowers it."""
        return None if self.scores is None else np.diff(self.scores, axis=0)


def greatest(steps: Float[np.ndarray, "step token"]) -> Int[np.ndarray, " token"]:
    """The layer that raises each token the most; 0 where none does.

    >>> greatest(np.array([[1.0, -1.0], [3.0, 0.0]]))
    array([2, 0])
    """
    return np.where(steps.max(axis=0) > 0, steps.argmax(axis=0) + 1, 0)
