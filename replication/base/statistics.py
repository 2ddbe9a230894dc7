"""How sure a finding is that was asked of many items: intervals, tests and sizes of effects.

Items that share a noun, an occupation or a list are not independent of one another, so it is
clusters that are resampled and counted, never single items (Field and Welsh 2007, "Bootstrapping
clustered data", https://doi.org/10.1111/j.1467-9868.2007.00593.x).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

RESAMPLES = 10_000
LEVEL = 0.95

Values = Float[np.ndarray, " item"]


@dataclass(frozen=True)
class Interval:
    """A statistic of all items, and a percentile interval around it from the cluster bootstrap."""

    low: float
    high: float
    estimate: float
    level: float
    resamples: int
    seed: int

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

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)


@dataclass(frozen=True)
class BinomialResult:
    """In how many clusters a finding holds, against what a coin would give."""

    holding: int
    clusters: int
    p_value: float
    """One-sided: of so many clusters or more, were each a toss of a fair coin."""
    low: float
    """Of the two-sided Clopper-Pearson interval of the share of clusters, between 0 and 1."""
    high: float
    level: float

    @property
    def share(self) -> float:
        """The share of clusters in which it holds."""
        return self.holding / self.clusters


@dataclass(frozen=True)
class EffectSize:
    """How large an effect is over clusters, each of which counts as its mean."""

    mean: float
    standardized: float | None
    """Cohen's d of one sample: the mean in standard deviations of the clusters' means. None where
    they are all alike."""
    share_positive: float
    """The share of clusters whose mean is above zero."""
    clusters: int


def cluster_bootstrap(
    values: Values,
    clusters: Sequence[str],
    statistic: Callable[[Values], Any] = np.mean,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """The percentile interval of a statistic when whole clusters are drawn with replacement.

    The mean is taken of sums and counts of clusters, which is exact and quick; any other statistic
    of all items of the clusters drawn. ``ValueError`` for values that are not finite, for fewer
    than two clusters, and where there is not one cluster for each value.
    """
    if statistic is np.mean:
        means = layer_profile(values[:, None], clusters, seed, resamples, level)
        ends = (means.low[0], means.high[0], means.estimate[0])
    else:
        groups = [values[row] for row in _members(values[:, None], clusters)]
        drawn = stats.bootstrap(
            (np.arange(len(groups)),),
            lambda picks: statistic(np.concatenate([groups[pick] for pick in picks])),
            vectorized=False,
            **_percentiles(seed, resamples, level),
        ).confidence_interval
        ends = (drawn.low, drawn.high, statistic(values))
    low, high, estimate = map(float, ends)
    return Interval(low, high, estimate, level, resamples, seed)


def layer_profile(
    values: Float[np.ndarray, "item layer"],
    clusters: Sequence[str],
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Profile:
    """The mean over items after every layer, with the interval of ``cluster_bootstrap``."""
    members = _members(values, clusters)
    sums = members.astype(float) @ values
    counts = np.broadcast_to(members.sum(axis=1, keepdims=True), sums.shape)
    drawn = stats.bootstrap(
        (sums, counts),
        lambda sums, counts, axis: sums.sum(axis) / counts.sum(axis),
        paired=True,
        **_percentiles(seed, resamples, level),
    ).confidence_interval
    return Profile(drawn.low, drawn.high, values.mean(axis=0), level, resamples, seed)


def cluster_majority(
    holds: Bool[np.ndarray, " item"], clusters: Sequence[str], level: float = LEVEL
) -> BinomialResult:
    """In how many clusters most items hold, with an exact binomial test against one half.

    Each cluster has one vote; a tie counts against the finding.
    """
    members = _members(holds[:, None].astype(float), clusters)
    votes = (members & holds).sum(axis=1) * 2 > members.sum(axis=1)
    holding, total = int(votes.sum()), len(votes)
    p_value = stats.binomtest(holding, total, 0.5, alternative="greater").pvalue
    interval = stats.binomtest(holding, total).proportion_ci(level, method="exact")
    return BinomialResult(
        holding, total, float(p_value), float(interval.low), float(interval.high), level
    )


def effect_size(values: Values, clusters: Sequence[str]) -> EffectSize:
    """The size of an effect that the sign of each item's value tells, over clusters."""
    means = np.array([values[row].mean() for row in _members(values[:, None], clusters)])
    spread = float(means.std(ddof=1))
    alike = spread <= 1e-12 * np.abs(means).max()  # float sums of equal values differ a little
    return EffectSize(
        mean=float(means.mean()),
        standardized=None if alike else float(means.mean()) / spread,
        share_positive=float((means > 0).mean()),
        clusters=len(means),
    )


def _check_order(low: Any, high: Any) -> None:
    if not np.all(low <= high):
        raise ValueError(f"an interval runs from {low} to {high}: expected low first")


def _percentiles(seed: int, resamples: int, level: float) -> dict[str, Any]:
    sizes = {"n_resamples": resamples, "confidence_level": level}
    return {"method": "percentile", "rng": np.random.default_rng(seed)} | sizes


def _members(
    values: Float[np.ndarray, "item column"], clusters: Sequence[str]
) -> Bool[np.ndarray, "cluster item"]:
    """Which items each cluster holds, once it is sure that there is something to count."""
    if len(clusters) != len(values):
        raise ValueError(f"{len(values)} values but {len(clusters)} clusters: expected one each")
    names = np.unique(clusters)
    if len(names) < 2:
        raise ValueError(f"{len(names)} cluster(s) in {len(values)} values: give at least two")
    if not np.isfinite(values).all():
        raise ValueError(f"{np.sum(~np.isfinite(values))} values are not finite: leave them out")
    return names[:, None] == np.asarray(clusters)
