"""What clusters of neurons fire for: roles of tokens, and the value of a number."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import rankdata

from replication.measures.role_scores import correlations


@dataclass(frozen=True)
class Growth:
    """Which cluster's firing grows with the value of a number, and how surely."""

    cluster: int
    correlation: float
    """Spearman's with the value, the mean of counting up and counting down."""
    shuffled_95: float
    """What the best cluster of 19 shuffles in 20 stays under when values are dealt at random."""


@dataclass(frozen=True)
class Purity:
    """How well firing goes with one role of tokens, by the best role: means over neurons."""

    clusters: float
    """Of the mean firing of each neuron's cluster."""
    neurons: float
    """Of each neuron alone."""
    dealt_95: float
    """Of groups as large, to which neurons are dealt at random: what 19 deals in 20 stay under."""


def fires_most(
    firing: Float[np.ndarray, "cluster token"], role: Bool[np.ndarray, " token"]
) -> Float[np.ndarray, " cluster"]:
    """The share of the tokens of a role at which each cluster fires more than anywhere else.

    ``ValueError`` unless there are tokens with and without the role.
    """
    if role.all() or not role.any():
        raise ValueError(f"{role.sum()} of {len(role)} tokens have the role: expected some")
    return (firing[:, role] > firing[:, ~role].max(axis=1, keepdims=True)).mean(axis=1)


def growth(
    up: Float[np.ndarray, "cluster value"],
    down: Float[np.ndarray, "cluster value"],
    shuffles: int = 1000,
    seed: int = 0,
) -> Growth:
    """The cluster whose firing goes best with the value, in two texts that have the same values.

    One counts up, the other down, and columns are ordered by value in both: what only drifts along
    the text rises in one as it falls in the other, and comes out as 0.
    """
    count = up.shape[1]
    deals = np.random.default_rng(seed).permuted(np.tile(np.arange(count), (shuffles, 1)), axis=1)
    values = np.vstack([np.arange(count), deals])
    found = (_with_values(up, values) + _with_values(down, values)) / 2
    best = int(found[:, 0].argmax())
    by_chance = float(np.quantile(found[:, 1:].max(axis=0), 0.95))
    return Growth(best, float(found[best, 0]), by_chance)


def purity(
    values: Float[np.ndarray, "neuron token"],
    labels: Int[np.ndarray, " neuron"],
    roles: Bool[np.ndarray, "role token"],
    deals: int = 100,
    seed: int = 0,
) -> Purity:
    """Whether clusters go better with one role than single neurons and random groups do."""
    random = np.random.default_rng(seed)
    dealt = [_of_groups(values, random.permutation(labels), roles) for _ in range(deals)]
    return Purity(
        clusters=_of_groups(values, labels, roles),
        neurons=float(correlations(values, roles).max(axis=1).mean()),
        dealt_95=float(np.quantile(dealt, 0.95)),
    )


def _of_groups(values: np.ndarray, labels: np.ndarray, roles: np.ndarray) -> float:
    sizes = np.bincount(labels)
    members = labels == np.arange(len(sizes))[:, None]
    means = members @ values / sizes[:, None]
    return float(correlations(means, roles).max(axis=1)[labels].mean())


def _with_values(
    firing: Float[np.ndarray, "cluster value"], values: Int[np.ndarray, "deal value"]
) -> Float[np.ndarray, "cluster deal"]:
    """Spearman's correlation of every cluster with every deal of the values, 0 for a flat one."""
    with np.errstate(invalid="ignore"):
        both = np.corrcoef(rankdata(firing, axis=1), values)
    return np.nan_to_num(both[: len(firing), len(firing) :])
