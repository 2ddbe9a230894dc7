"""How the number of the subject gets into the verb: the result types, free of torch.

All is told of the gap: the logit difference, logit(right) - logit(wrong), after a clean prompt less
that after its corrupted one. What both prompts share, such as how common the words are, is not in
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from replication.results.patching import Pair
from replication.results.provenance import Provenance
from replication.results.sets import LayerCurves

Direction = Literal["clean into corrupted", "corrupted into clean"]
DIRECTIONS: tuple[Direction, ...] = ("clean into corrupted", "corrupted into clean")
"""What is brought by an activation of the clean run, and what is lost by one of the corrupted."""


class Head(NamedTuple):
    """A head of attention."""

    layer: int
    number: int

    def __str__(self) -> str:
        return f"{self.layer}.{self.number}"


@dataclass(frozen=True)
class Attribution:
    """Direct logit attribution: what every part adds to the logit difference at the last position,
    through the final norm with the centring and the scale that it has for the actual last state.
    """

    embedding: Float[np.ndarray, "pair run"]
    """Runs are the clean and the corrupted one."""
    attention: Float[np.ndarray, "pair run layer"]
    feed_forward: Float[np.ndarray, "pair run layer"]
    heads: Float[np.ndarray, "pair run layer head"]
    """What each head adds to its layer's attention; a bias of attention's projection is no head's.
    """
    bias: Float[np.ndarray, "pair run"]
    """Of the final norm."""
    differences: Float[np.ndarray, "pair run"]

    def __post_init__(self) -> None:
        whole = self.embedding + self.attention.sum(-1) + self.feed_forward.sum(-1) + self.bias
        size = np.abs(self.attention).sum(-1) + np.abs(self.feed_forward).sum(-1) + 1
        if not (np.abs(whole - self.differences) <= 1e-4 * size).all():
            raise ValueError(
                f"the parts add up to {whole.tolist()}: expected the logit differences "
                f"{self.differences.tolist()}, of which they are the parts"
            )

    def of_gap(self, part: Float[np.ndarray, "pair run ..."]) -> Float[np.ndarray, "pair ..."]:
        """The share of each pair's gap that a part writes; the shares of all parts add up to 1."""
        gaps = self.differences[:, 0] - self.differences[:, 1]
        written = part[:, 0] - part[:, 1]
        shares: Float[np.ndarray, "pair ..."] = (written.T / gaps).T
        return shares

    @property
    def blocks(self) -> Float[np.ndarray, "pair layer"]:
        """The share of the gap that each block writes, attention and feed-forward together."""
        return self.of_gap(self.attention + self.feed_forward)


@dataclass(frozen=True)
class PatchingProfile:
    """How the effect travels from the word that differs to the last position, in both directions.

    Effects are shares of the gap: what comes back, or what is lost, when activations of one run are
    put into the other.
    """

    at_last: Float[np.ndarray, "direction pair layer"]
    """Of the residual stream at the last position; 1 after the last layer."""
    attention: Float[np.ndarray, "direction pair layer"]
    """Of what attention returns at the last position."""
    feed_forward: Float[np.ndarray, "direction pair layer"] | None = None
    """Of what the feed-forward layer returns at the last position, if it was asked for."""
    at_subject: Float[np.ndarray, "direction pair layer"] | None = None
    """Of the residual stream at the first token that differs, if it was asked for."""

    def __post_init__(self) -> None:
        expected = self.at_last.shape
        for part in fields(self):
            values = getattr(self, part.name)
            found = expected if values is None else values.shape
            if found != expected or found[0] != len(DIRECTIONS):
                raise ValueError(
                    f"{part.name} is given for {found}: expected ({len(DIRECTIONS)}, pairs, "
                    f"layers), as of at_last, {expected}"
                )
        if not np.allclose(self.at_last[:, :, -1], 1):
            raise ValueError(
                f"the last position of the last layer has the effects {self.at_last[:, :, -1]}: "
                f"expected 1 for each pair, since the output depends on nothing else"
            )


@dataclass(frozen=True)
class HeadEffects:
    """The effects of what single heads return at the last position, and which of them were named.

    Layers and heads are chosen on some pairs; what is said of them is of the others.
    """

    layers: tuple[int, ...]
    """(looked,) those whose heads were patched."""
    effects: Float[np.ndarray, "direction pair looked head"]
    named: tuple[Head, ...]
    """The strongest first: the fewest whose single effects add up to most of the gap."""
    together: Float[np.ndarray, "direction pair"]
    """Of all named heads at once."""
    on_subject: Float[np.ndarray, "pair named"]
    """How much of its attention each named head gives to the first token that differs, from the
    last position of the clean prompt."""
    even: Float[np.ndarray, " pair"]
    """The same if attention were spread evenly over the prompt."""
    held_out: Bool[np.ndarray, " pair"]
    """The pairs on which nothing was chosen."""

    def __post_init__(self) -> None:
        pairs, looked = self.effects.shape[1:3]
        if unknown := [str(head) for head in self.named if head.layer not in self.layers]:
            raise ValueError(f"heads {unknown} are named: expected some of layers {self.layers}")
        found = (self.together.shape, self.on_subject.shape, len(self.held_out), looked)
        expected = ((len(DIRECTIONS), pairs), (pairs, len(self.named)), pairs, len(self.layers))
        if found != expected:
            raise ValueError(f"heads are given for {found}: expected {expected}")


@dataclass(frozen=True)
class Ablation:
    """The share of the gap that remains when something at the last position is, in both runs, its
    mean over all texts: it can no longer tell one prompt from another.
    """

    sixth: Float[np.ndarray, " pair"]
    """All that blocks beyond 5/6 of the depth return."""
    before: Float[np.ndarray, " pair"]
    """All that the blocks before them return."""
    last: Float[np.ndarray, " pair"]
    """All that the last block returns."""
    feed_forwards: Float[np.ndarray, " pair"]
    """All that the feed-forward layers beyond 5/6 of the depth return."""
    named: Float[np.ndarray, " pair"]
    """All named heads."""
    attention: Float[np.ndarray, "pair layer"] | None = None
    """What attention returns in each layer alone, if it was asked for."""
    feed_forward: Float[np.ndarray, "pair layer"] | None = None
    """What the feed-forward layer returns in each layer alone, if it was asked for."""

    def __post_init__(self) -> None:
        pairs = len(self.sixth)
        for part in fields(self):
            values = getattr(self, part.name)
            if values is not None and len(values) != pairs:
                raise ValueError(f"{part.name} is given for {len(values)} pairs: expected {pairs}")


@dataclass(frozen=True)
class Circuit:
    """What carries the number of the subject to the verb, over pairs of prompts."""

    attribution: Attribution
    patching: PatchingProfile
    heads: HeadEffects
    ablation: Ablation
    pairs: tuple[Pair, ...]
    """Those that the model can take."""
    left_out: Mapping[str, int]
    """How many others there were, by reason."""
    provenance: Provenance

    def __post_init__(self) -> None:
        counts = {
            "attribution": len(self.attribution.differences),
            "patching": self.patching.at_last.shape[1],
            "heads": self.heads.effects.shape[1],
            "ablation": len(self.ablation.sixth),
        }
        if wrong := {name: found for name, found in counts.items() if found != len(self.pairs)}:
            raise ValueError(f"{wrong} pairs are given: expected {len(self.pairs)} of each")

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return self.patching.at_last.shape[2]

    @property
    def clusters(self) -> list[str]:
        """The cluster of each pair."""
        return [pair.cluster for pair in self.pairs]

    @property
    def clusters_held_out(self) -> list[str]:
        """The cluster of each pair on which no head was chosen."""
        return [name for name, kept in zip(self.clusters, self.heads.held_out, strict=True) if kept]


@dataclass(frozen=True)
class CircuitMap:
    """Means over pairs of what a ``Circuit`` holds, along the layers and head by head."""

    transport: LayerCurves
    """Effects of patching the residual stream, a panel for each direction."""
    decision: LayerCurves
    """What attention and feed-forward layers write of the gap, and what is left without each."""
    written: Float[np.ndarray, "layer part"]
    """The share of the gap that each head writes, then all of attention, then the feed-forward
    layer."""
    named: tuple[Head, ...]
    provenance: Provenance

    @property
    def parts(self) -> tuple[str, ...]:
        """(part,) names of what writes."""
        heads = (f"head {number}" for number in range(self.written.shape[1] - 2))
        return (*heads, "attention", "feed-forward")
