"""What activation patching shows: the result types, free of torch.

Effects are recovered shares of a logit difference: 0 as in the corrupted run, 1 as in the clean
one; they may lie outside, where a patch makes a word worse, or better than the clean run does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from replication.results.provenance import Provenance

Site = Literal["residual", "attention", "feed-forward"]
"""Where a block is patched: the residual stream after it, or what one of its modules returns."""

SITES: tuple[Site, ...] = ("residual", "attention", "feed-forward")


class Place(NamedTuple):
    """One activation: what is patched is a set of these."""

    site: Site
    layer: int
    position: int
    """Start token included."""


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


@dataclass(frozen=True)
class PatchingProfile:
    """How the effect travels, over many pairs: from the word that differs to the last position."""

    at_subject: Float[np.ndarray, "pair layer"]
    """Patching the residual stream at the first token that differs."""
    at_last: Float[np.ndarray, "pair layer"]
    """Patching the residual stream at the last position; 1 after the last layer."""
    attention: Float[np.ndarray, "pair layer"]
    """Patching what attention returns at the last position."""
    feed_forward: Float[np.ndarray, "pair layer"]
    """Patching what the feed-forward layer returns at the last position."""
    last_block: Float[np.ndarray, " pair"]
    """Patching both outputs of the last block at the last position."""
    gaps: Float[np.ndarray, " pair"]
    """What effects are shares of: the clean logit difference less the corrupted one."""
    pairs: tuple[Pair, ...]
    """Those that the model can take."""
    left_out: Mapping[str, int]
    """How many others there were, by reason."""
    provenance: Provenance

    def __post_init__(self) -> None:
        pairs, layers = len(self.pairs), self.at_last.shape[1]
        by_layer = ("at_subject", "at_last", "attention", "feed_forward")
        for name in (*by_layer, "last_block", "gaps"):
            found = getattr(self, name).shape
            expected = (pairs, layers) if name in by_layer else (pairs,)
            if found != expected:
                raise ValueError(
                    f"{name} of shape {found} does not fit {pairs} pairs and {layers} layers: "
                    f"expected {expected}"
                )
        if not np.allclose(self.at_last[:, -1], 1):
            raise ValueError(
                f"the last position of the last layer recovers {self.at_last[:, -1]}: expected 1 "
                f"for each pair, since the output depends on nothing else"
            )

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return self.at_last.shape[1]

    @property
    def added(self) -> Float[np.ndarray, "pair layer"]:
        """The share of the effect that arrives at the last position in each layer; sums to 1.

        The first layer's includes the embedding's, which is 0 where both prompts end alike.
        """
        return np.diff(self.at_last, prepend=0.0)

    @property
    def added_by_last(self) -> Float[np.ndarray, " pair"]:
        """The share that is not there before the last layer."""
        return self.added[:, -1]

    @property
    def handover(self) -> Int[np.ndarray, " pair"]:
        """The first layer after which the last position holds more of the effect than the subject.

        Where the effect jumps about that need not be the only one.
        """
        return np.argmax(self.at_last > self.at_subject, axis=1)
