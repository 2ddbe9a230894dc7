"""Results on the tuned lens: how near each layer's reading is to the model's own output."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from jaxtyping import Float, Int

from replication.base.norms import READINGS, Norm
from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

if TYPE_CHECKING:
    from replication.base.intervals import Profile

Lens = Literal["final", "tuned"]
TextKind = Literal["written", "published"]
"""Whose text is read: written by the model itself, or one of the articles'. The tuned lens was
fitted on none of them."""
LENSES: tuple[Lens, ...] = get_args(Lens)
KINDS: tuple[TextKind, ...] = get_args(TextKind)


@shows_itself
@dataclass(frozen=True)
class LensQuality:
    """How many bits the reading of each layer is away from the model's output, by text.

    The divergence is KL(output || layer), the mean over positions of a text; 0 for the last layer.
    """

    final: Float[np.ndarray, "text layer"]
    """Through the final norm alone: before."""
    tuned: Float[np.ndarray, "text layer"]
    """Through the tuned lens: after."""
    kinds: tuple[TextKind, ...]
    """(text,)"""
    positions: int
    """The most that were read of a text, evenly spread over it."""
    provenance: Provenance

    def __post_init__(self) -> None:
        if self.final.shape != self.tuned.shape or len(self.final) != len(self.kinds):
            raise ValueError(
                f"divergences of shapes {self.final.shape} and {self.tuned.shape} for "
                f"{len(self.kinds)} texts: expected a row for each text"
            )

    def texts(self, kind: TextKind) -> int:
        """How many there are of a kind."""
        return self.kinds.count(kind)

    def profile(self, norm: Lens, kind: TextKind) -> "Profile":
        """The mean over the texts of a kind after every layer before the last, which is the output
        itself, with intervals over texts.
        """
        from replication.base.intervals import layer_profile

        chosen = np.array([each == kind for each in self.kinds])
        names = [str(number) for number in range(self.texts(kind))]
        values = self.final if norm == "final" else self.tuned
        return layer_profile(values[chosen, :-1], names)


@shows_itself
@dataclass(frozen=True)
class WatchedReadings:
    """The ranks of some words for one position after every layer, under each norm."""

    ranks: Int[np.ndarray, "norm layer word"]
    """1 is best, among the whole vocabulary."""
    words: tuple[str, ...]
    vocabulary: int
    provenance: Provenance
    norms: tuple[Norm, ...] = READINGS

    def __post_init__(self) -> None:
        found = self.ranks.shape[0], self.ranks.shape[2]
        if found != (len(self.norms), len(self.words)):
            raise ValueError(
                f"ranks under {found[0]} norms of {found[1]} words: expected "
                f"{(len(self.norms), len(self.words))}"
            )
