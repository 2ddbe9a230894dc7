"""How many ranks half precision changes."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from jaxtyping import Bool

from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid
from replication.results.shown import shows_itself

Half = Literal["bfloat16", "float16"]


InHalf = Literal["states", "all"]


BANDS = (1, 10, 100, 1000)
"""The worst rank of each band but the last."""


@dataclass(frozen=True)
class Band:
    """What became of the ranks that are between two in float32."""

    best: int
    worst: int
    ranks: int
    changed: int
    median_change: float
    """Of all ranks of the band: the difference as a share of the float32 rank."""


@shows_itself
@dataclass(frozen=True)
class RankChanges:
    """The same ranks in float32 and with half precision."""

    full: RankGrid
    half: RankGrid
    dtype: Half
    in_half: InHalf
    device: str = "cpu"
    """Where the text was read in half precision."""
    bands: tuple[Band, ...] = field(init=False)
    """The changes by rank in float32: 1, 2 to 10, 11 to 100, 101 to 1,000 and beyond."""

    def __post_init__(self) -> None:
        if self.full.ranks.shape != self.half.ranks.shape:
            raise ValueError(
                f"ranks of shape {self.half.ranks.shape} in half precision: "
                f"expected {self.full.ranks.shape}"
            )
        ends = pairwise((0, *BANDS, self.full.vocabulary))
        bands = tuple(self._band(above + 1, worst) for above, worst in ends)
        object.__setattr__(self, "bands", bands)

    @property
    def provenance(self) -> Provenance:
        """Of the ranks in float32."""
        return self.full.provenance

    @property
    def changed(self) -> Bool[np.ndarray, "layer token"]:
        """Which ranks are other ones."""
        return self.full.ranks != self.half.ranks

    def _band(self, best: int, worst: int) -> Band:
        inside = (best <= self.full.ranks) & (self.full.ranks <= worst)
        full, half = self.full.ranks[inside], self.half.ranks[inside]
        changes = np.abs(half - full) / full
        return Band(
            best,
            worst,
            len(full),
            int(self.changed[inside].sum()),
            float(np.median(changes)) if changes.size else 0.0,
        )
