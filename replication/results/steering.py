"""What steering shows: the result type, free of torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from replication.results.patching import Pair
from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

Vector = Literal["number", "same number", "random"]
"""What is added: the difference of two prompts of another noun that differ in number; that of two
prompts that do not; a random direction. All are as long as the first."""
VECTORS: tuple[Vector, ...] = ("number", "same number", "random")


@shows_itself
@dataclass(frozen=True)
class Steering:
    """What a vector does to the verb when it is added to a prompt's last state, layer by layer.

    The prompt is a pair's corrupted one; leads are logit(right) - logit(wrong) at the end.
    """

    leads: Float[np.ndarray, "vector layer pair"]
    """After a vector was added to the output of a layer's block."""
    plain: Float[np.ndarray, " pair"]
    """With nothing added; below 0, so that there is a verb to be turned."""
    pairs: tuple[Pair, ...]
    left_out: Mapping[str, int]
    """How many other pairs there were, by reason."""
    provenance: Provenance

    def __post_init__(self) -> None:
        expected = (len(VECTORS), len(self.pairs))
        found = self.leads.shape[:1] + self.leads.shape[2:]
        if self.leads.ndim != 3 or found != expected or self.plain.shape != expected[1:]:
            raise ValueError(
                f"leads of shape {self.leads.shape} and {self.plain.shape} do not fit "
                f"{len(self.pairs)} pairs: expected ({len(VECTORS)}, layers, {len(self.pairs)})"
            )
        if (self.plain >= 0).any():
            raise ValueError(
                f"{(self.plain >= 0).sum()} pairs have the right verb first before anything is "
                "added: leave them out, for nothing can be turned there"
            )

    def follows(self, vector: Vector) -> Bool[np.ndarray, "layer pair"]:
        """Whether the verb follows: the one that goes with the other number comes first."""
        return self.leads[VECTORS.index(vector)] > 0

    def best_layer(self, chosen_on: Bool[np.ndarray, " pair"]) -> int:
        """The layer at which the verb follows most often on some pairs; the first of equals."""
        return int(self.follows("number")[:, chosen_on].mean(axis=1).argmax())
