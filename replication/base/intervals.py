"""How far a number over many items may be off: intervals, by drawing clusters or exact."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from replication.base.resampling import (
    LEVEL,
    RESAMPLES,
    Labels,
    Values,
    check_finite,
    draws,
    kinds_of,
)

Method = Literal["bootstrap", "exact"]
"""Whether an interval is of clusters drawn, or the exact one (Clopper and Pearson 1934) from shares
of clusters, which is taken where all draws agree: there is nothing to resample."""


@dataclass(frozen=True)
class Interval:
    """A statistic of all items, and the interval around it."""

    low: float
    high: float
    estimate: float
    level: float
    resamples: int
    seed: int
    method: Method = "bootstrap"

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)


@dataclass(frozen=True)
class Profile:
    """The mean over items after every layer; each interval holds for its layer alone."""

    low: Float[np.ndarray, " layer"]
    high: Float[np.ndarray, " layer"]
    estimate: Float[np.ndarray, " layer"]
    level: float
    resamples: int
    seed: int
    methods: tuple[Method, ...]
    """(layer,)"""

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)


def mean_interval(
    values: Values,
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """The percentile interval of the mean over items when whole clusters are drawn with
    replacement.

    Where values are 0 or 1 and all draws have the same mean, the interval is exact. ``ValueError``
    for values that are not finite, for fewer than two clusters, and where there is not one cluster
    for each value.
    """
    means = layer_profile(values[:, None], clusters, seed, resamples, level)
    low, high, estimate = (float(ends[0]) for ends in (means.low, means.high, means.estimate))
    return Interval(low, high, estimate, level, resamples, seed, means.methods[0])


def median_interval(
    values: Values,
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """The interval of the median, as ``mean_interval`` has that of the mean; errors are the same.

    Where all draws agree it is exact: between the values of which neither more than half of the
    clusters below nor more than half above is shown. With fewer than six clusters nothing is, at a
    level of 95 %, and the ends are infinite.
    """
    check_finite(values)
    drawn = _medians(values, draws(clusters, len(values), seed, resamples).astype(int))
    low, high = np.quantile(drawn, _ends(level))
    alike = drawn.min() == drawn.max()
    if alike:
        low, high = _exact_median(values, _fewest(len(values), clusters), level)
    method: Method = "exact" if alike else "bootstrap"
    estimate = float(np.median(values))
    return Interval(float(low), float(high), estimate, level, resamples, seed, method)


def _medians(values: Values, counts: Int[np.ndarray, "draw item"]) -> Float[np.ndarray, " draw"]:
    """The median of each draw, whose items occur so often."""
    order = values.argsort()
    ranked, reached = values[order], counts[:, order].cumsum(axis=1)
    last = reached[:, -1:]
    # The two in the middle, which are one and the same of an odd number; places begin with 0.
    lower, upper = ((reached > middle).argmax(axis=1) for middle in ((last - 1) // 2, last // 2))
    return np.asarray((ranked[lower] + ranked[upper]) / 2)


def _exact_median(values: Values, fewest: int, level: float) -> tuple[float, float]:
    """The least value up to which half of so many clusters may lie, and the greatest from which on
    half of them may, by the exact intervals of these shares.
    """
    there = [-math.inf, *np.unique(values).tolist(), math.inf]

    def may_be_half(share: float) -> bool:
        return _clopper_pearson(share, fewest, level)[1] >= 0.5

    low = next(one for one in there if may_be_half(float((values <= one).mean())))
    high = next(one for one in there[::-1] if may_be_half(float((values >= one).mean())))
    return low, high


def layer_profile(
    values: Float[np.ndarray, "item layer"],
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Profile:
    """The mean over items after every layer, each with the interval of ``mean_interval``."""
    check_finite(values)
    weights = draws(clusters, len(values), seed, resamples)
    drawn = weights @ values / weights.sum(axis=1)[:, None]
    low, high, exact = ends_of_means(drawn, values, clusters, level)
    methods: tuple[Method, ...] = tuple("exact" if one else "bootstrap" for one in exact)
    return Profile(low, high, values.mean(axis=0), level, resamples, seed, methods)


def ends_of_means(
    drawn: Float[np.ndarray, "draw layer"],
    values: Float[np.ndarray, "item layer"],
    clusters: Labels,
    level: float = LEVEL,
) -> tuple[Float[np.ndarray, " layer"], Float[np.ndarray, " layer"], Bool[np.ndarray, " layer"]]:
    """Low and high ends of the intervals of means, and which of them are exact."""
    low, high = np.quantile(drawn, _ends(level), axis=0)
    estimate = values.mean(axis=0)
    alike = np.isclose(drawn, estimate, rtol=1e-9, atol=1e-12).all(axis=0)
    exact = alike & np.isin(values, (0, 1)).all(axis=0)
    fewest = _fewest(len(values), clusters)
    for layer in np.flatnonzero(exact):
        low[layer], high[layer] = _clopper_pearson(float(estimate[layer]), fewest, level)
    return low, high, exact


def _fewest(items: int, clusters: Labels) -> int:
    """How many clusters there are of the kind of which there are fewest."""
    return min(map(len, kinds_of(items, clusters)))


def _check_order(low: Any, high: Any) -> None:
    if not np.all(low <= high):
        raise ValueError(f"an interval runs from {low} to {high}: expected low first")


def _ends(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _clopper_pearson(share: float, clusters: int, level: float) -> tuple[float, float]:
    """The exact interval of a share of clusters; of the whole numbers on either side, where the
    share is between two.
    """
    around = (math.floor(share * clusters + 1e-9), math.ceil(share * clusters - 1e-9))
    low, high = (
        stats.binomtest(count, clusters).proportion_ci(level, method="exact") for count in around
    )
    return float(low.low), float(high.high)
