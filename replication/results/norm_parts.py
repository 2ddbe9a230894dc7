"""What becomes of words' ranks when hidden states are read through parts of the final norm."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from replication.results.patching import Pair
from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

RAW, SCALE, CENTRING, BIAS = "raw state", "divided by its scale", "centred", "scaled, with the bias"
GAIN, SIZES, SIGNS = "times the gain", "times the gain's size", "times the gain's sign"
CLIPPED, WHOLE = "largest dimensions set to 0", "whole final norm"


@shows_itself
@dataclass(frozen=True)
class NormParts:
    """The ranks of words for the position after a text, after every layer, by each reading."""

    ranks: Int[np.ndarray, "layer reading word"]
    """1 is best, among the whole vocabulary."""
    readings: tuple[str, ...]
    words: tuple[str, ...]
    gain: Float[np.ndarray, " width"]
    """What the final norm multiplies each dimension by."""
    largest: Int[np.ndarray, "layer outlier"]
    """The dimensions that are greatest in size at the position, the greatest first."""
    share: Float[np.ndarray, " layer"]
    """How much of the squared length of the state these few dimensions have, 0 to 1."""
    share_turned: Float[np.ndarray, " layer"]
    """How much of it the dimensions have whose gain is negative."""
    size: Float[np.ndarray, " width"]
    """Of each dimension, in root mean squares of the whole state: the greatest over layers."""
    provenance: Provenance

    def __post_init__(self) -> None:
        expected = len(self.share), len(self.readings), len(self.words)
        if self.ranks.shape != expected:
            raise ValueError(f"ranks of shape {self.ranks.shape} do not fit: expected {expected}")
        if not self.share.max() <= 1 + 1e-9:
            raise ValueError(f"a share of {self.share.max()}: expected at most 1")

    def of(self, reading: str) -> Int[np.ndarray, "layer word"]:
        """The ranks by one reading; ``ValueError`` for one that was not made."""
        return self.ranks[:, _place(self.readings, reading)]


@shows_itself
@dataclass(frozen=True)
class NormPartsSet:
    """The rank of each text's right word, after every layer, by each reading."""

    ranks: Int[np.ndarray, "reading text layer"]
    readings: tuple[str, ...]
    pairs: tuple[Pair, ...]
    """Whose clean prompts were read."""
    provenance: Provenance

    def __post_init__(self) -> None:
        expected = len(self.readings), len(self.pairs)
        if self.ranks.shape[:2] != expected:
            raise ValueError(
                f"ranks are given for {self.ranks.shape[:2]} readings and texts: "
                f"expected {expected}"
            )

    @property
    def clusters(self) -> list[str]:
        """The noun of each text."""
        return [pair.cluster for pair in self.pairs]

    def distance(self, reading: str) -> Float[np.ndarray, "text layer"]:
        """How far a reading's rank is from that of the whole norm, in powers of ten, either way."""
        found, whole = (
            np.log10(self.ranks[_place(self.readings, name)]) for name in (reading, WHOLE)
        )
        return np.abs(found - whole)

    def closed(self, reading: str) -> Float[np.ndarray, "text layer"]:
        """How much nearer than the raw state a reading comes to the whole norm, in powers of ten,
        less half of the way there was: above 0 where it goes more than half of it.
        """
        return self.distance(RAW) / 2 - self.distance(reading)


def _place(readings: tuple[str, ...], reading: str) -> int:
    if reading not in readings:
        raise ValueError(f"no reading {reading!r}: expected one of {', '.join(readings)}")
    return readings.index(reading)
