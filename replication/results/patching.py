"""What activation patching shows: the result types, free of torch.

Effects are recovered shares of a logit difference: 0 as in the corrupted run, 1 as in the clean
one; they may lie outside, where a patch makes a word worse, or better than the clean run does.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

Site = Literal["residual", "attention", "feed-forward"]
"""Where a block is patched: the residual stream after it, or what one of its modules returns."""

SITES: tuple[Site, ...] = ("residual", "attention", "feed-forward")


class Place(NamedTuple):
    """One activation: what is patched is a set of these."""

    site: Site
    layer: int
    position: int
    """Start token included."""
    head: int | None = None
    """Of attention, what one head alone returns."""


class Pair(NamedTuple):
    """Two prompts that differ in little, and two words that they make more or less likely."""

    clean: str
    corrupted: str
    right: str
    """The word, leading space included, that goes with the clean prompt."""
    wrong: str
    """The word that goes with the corrupted one."""
    cluster: str = ""
    """What pairs share that are not independent of one another, such as the subject's noun."""


@shows_itself
@dataclass(frozen=True)
class PatchingEffects:
    """The effect of patching every single activation of a pair of prompts."""

    effects: Float[np.ndarray, "site layer position"]
    """Sites in the order of ``SITES``; a start token has no column, for it can have no effect."""
    clean: tuple[str, ...]
    """(position,) the tokens of the prompt whose activations were taken."""
    corrupted: tuple[str, ...]
    """(position,) the tokens of the prompt that was read with them."""
    words: tuple[str, str]
    """The right and the wrong word."""
    differences: tuple[float, float]
    """logit(right) - logit(wrong) after the clean and after the corrupted prompt."""
    provenance: Provenance

    def __post_init__(self) -> None:
        found, places = self.effects.shape, len(self.clean)
        if len(self.corrupted) != places or found[0] != len(SITES) or found[2] != places:
            raise ValueError(
                f"effects of shape {found} do not fit {places} clean and {len(self.corrupted)} "
                f"corrupted tokens: expected ({len(SITES)}, layers, {places}), and as many of both"
            )

    def of(self, site: Site) -> Float[np.ndarray, "layer position"]:
        """The effects at one site."""
        return self.effects[SITES.index(site)]
