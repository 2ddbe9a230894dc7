"""Attention weights, and what heads attend to: the result types."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Attention:
    """The attention weights of every head over a text; a query sees itself and what is before."""

    weights: Float[np.ndarray, "layer head query key"]
    """Each row of keys sums to 1."""
    tokens: tuple[str, ...]
    """(position,) with the start token, whose text is empty, if the model has one."""
    provenance: Provenance

    def __post_init__(self) -> None:
        shape, count = self.weights.shape, len(self.tokens)
        if len(shape) != 4 or shape[2:] != (count, count):
            raise ValueError(
                f"weights of shape {shape} do not fit {count} tokens: "
                f"expected (layers, heads, {count}, {count})"
            )
        sums, ahead = self.weights.sum(axis=-1), np.triu(self.weights, 1)
        if not np.allclose(sums, 1, atol=1e-4) or ahead.any() or (self.weights < 0).any():
            raise ValueError(
                "the weights of each query must be positive, sum to 1 and be 0 ahead of it; "
                f"found sums from {sums.min()} to {sums.max()}, {ahead.max()} ahead"
            )

    def of_layer(self, layer: int) -> "LayerAttention":
        """The heads of one layer; ``ValueError`` for one that is not there."""
        if not 0 <= layer < len(self.weights):
            raise ValueError(f"no layer {layer}: expected 0 to {len(self.weights) - 1}")
        return LayerAttention(self.weights[layer], layer, self.tokens, self.provenance)


@shows_itself
@dataclass(frozen=True)
class LayerAttention:
    """The attention weights of one layer's heads."""

    weights: Float[np.ndarray, "head query key"]
    """As in ``Attention``."""
    layer: int
    tokens: tuple[str, ...]
    """(position,)"""
    provenance: Provenance

    def __post_init__(self) -> None:
        count = len(self.tokens)
        if self.weights.shape[1:] != (count, count):
            raise ValueError(
                f"weights of shape {self.weights.shape} do not fit {count} tokens: "
                f"expected (heads, {count}, {count})"
            )


@shows_itself
@dataclass(frozen=True)
class QueriesAndKeys:
    """The vectors behind attention weights.

    A head's weights are the softmax, over the keys that a query can see, of
    ``scaling[layer] * (query @ key)``.
    """

    queries: Float[np.ndarray, "layer head position size"]
    """After the query norm and the rotary embedding, where the architecture has them."""
    keys: Float[np.ndarray, "layer head position size"]
    """Likewise; keys that several heads share are repeated for each."""
    scaling: Float[np.ndarray, " layer"]
    attention: Attention

    def __post_init__(self) -> None:
        expected = self.attention.weights.shape[:3]
        found = self.queries.shape, self.keys.shape, self.scaling.shape
        if found != ((*expected, self.queries.shape[-1]),) * 2 + (expected[:1],):
            raise ValueError(
                f"queries, keys and scaling of shapes {found} do not fit attention over "
                f"(layers, heads, positions) {expected}"
            )


@shows_itself
@dataclass(frozen=True)
class HeadStatistic:
    """The mean weight that the queries of each head give to a target."""

    target: str
    values: Float[np.ndarray, "layer head"]
    """Between 0 and 1."""
    uniform: float
    """What they would be under uniform causal attention."""
    queries: int
    """How many queries the means are over."""
    provenance: Provenance

    @property
    def excess(self) -> Float[np.ndarray, "layer head"]:
        """How much more than uniform; negative where a head avoids its target."""
        return self.values - self.uniform


@shows_itself
@dataclass(frozen=True)
class HeadDifferences:
    """How far the heads of a layer differ: the Jensen-Shannon distance (base 2) of what two of
    them give to the same tokens, over all pairs of heads and all queries but the first.
    """

    distances: Float[np.ndarray, " layer"]
    """Between 0 (all heads are alike) and 1 (no two look at the same token)."""
    uniform: float
    """What they would be under uniform causal attention: 0, since all heads are alike there."""
    queries: int
    provenance: Provenance


@shows_itself
@dataclass(frozen=True)
class HeadStatistics:
    """Means over all queries of all texts: each query counts once, however long its text."""

    targets: tuple[str, ...]
    values: Float[np.ndarray, "target layer head"]
    """The mean weight given to each target, between 0 and 1."""
    uniform: Float[np.ndarray, " target"]
    """The same for attention spread evenly over all that can be seen."""
    queries: tuple[int, ...]
    """(target,) how many queries the means are over."""
    distances: Float[np.ndarray, " layer"]
    """How far the heads of a layer differ: mean Jensen-Shannon distance, 0 to 1."""
    steps: Float[np.ndarray, " layer"]
    """How far what a head attends to changes from one token to the next: the same distance."""
    texts: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        targets = len(self.targets)
        if self.values.shape[0] != targets or self.values.shape[1:2] != self.distances.shape:
            raise ValueError(
                f"values of shape {self.values.shape} do not fit {targets} targets and "
                f"{len(self.distances)} layers: expected ({targets}, {len(self.distances)}, heads)"
            )

    def of(self, target: str) -> Float[np.ndarray, "layer head"]:
        """The values for one target, ``ValueError`` for an unknown one."""
        if target not in self.targets:
            raise ValueError(f"unknown target {target!r}: expected one of {self.targets}")
        return self.values[self.targets.index(target)]
