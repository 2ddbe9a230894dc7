"""How sure a finding is that was asked of many items: intervals, tests and sizes of effects.

Items that share a noun, an occupation or a list are not independent of one another, so it is
clusters that are resampled and counted, never single items (Field and Welsh 2007, "Bootstrapping
clustered data", https://doi.org/10.1111/j.1467-9868.2007.00593.x).

Items may belong to clusters of several kinds at once, such as a noun and the noun beside the verb:
crossed random factors. Then each kind is drawn on its own, and an item counts the product of how
often its clusters were drawn: Owen's pigeonhole bootstrap (Owen 2007, "The pigeonhole bootstrap",
https://doi.org/10.1214/07-AOAS122; Owen and Eckles 2012 for more than two). It is never too
narrow by much and may be too wide, which the widest interval of one kind alone is not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

RESAMPLES = 10_000
LEVEL = 0.95

Values = Float[np.ndarray, " item"]
Labels = Sequence[str] | Sequence[tuple[str, ...]]
"""The cluster of each item; or its clusters, one of each kind and the same kinds for every item."""
Method = Literal["bootstrap", "exact"]
"""Whether an interval is of clusters drawn, or the exact one (Clopper and Pearson 1934) of a share
of clusters, which is taken of a share that all draws agree about: there is nothing to resample."""


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
    kind: int = 0
    """Which kind of clusters this is about, where items have several."""

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
    clusters: Labels,
    statistic: Callable[[Values], Any] = np.mean,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """The percentile interval of a statistic when whole clusters are drawn with replacement.

    The mean is taken of sums and counts, which is exact and quick; any other statistic of all items
    drawn. Where values are 0 or 1 and all draws have the same mean, the interval is exact.
    ``ValueError`` for values that are not finite, for fewer than two clusters, and where there is
    not one cluster for each value.
    """
    if statistic is np.mean:
        means = layer_profile(values[:, None], clusters, seed, resamples, level)
        low, high, estimate = (float(ends[0]) for ends in (means.low, means.high, means.estimate))
        return Interval(low, high, estimate, level, resamples, seed, means.methods[0])
    _check_finite(values)
    counts = draws(clusters, len(values), seed, resamples).astype(int)
    if statistic is np.median:
        drawn = _medians(values, counts)
    else:
        drawn = np.array([statistic(np.repeat(values, count)) for count in counts])
    low, high = np.quantile(drawn, _ends(level))
    return Interval(float(low), float(high), float(statistic(values)), level, resamples, seed)


def _medians(values: Values, counts: Int[np.ndarray, "draw item"]) -> Float[np.ndarray, " draw"]:
    """The median of each draw, whose items occur so often."""
    order = values.argsort()
    ranked, reached = values[order], counts[:, order].cumsum(axis=1)
    last = reached[:, -1:]
    # The two in the middle, which are one and the same of an odd number; places begin with 0.
    lower, upper = ((reached > middle).argmax(axis=1) for middle in ((last - 1) // 2, last // 2))
    return np.asarray((ranked[lower] + ranked[upper]) / 2)


def median_difference(
    first: Values,
    second: Values,
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """The median of the first values less that of the second, of the same items in each draw.

    The interval of one median alone is ``cluster_bootstrap(values, clusters, np.median)``.
    ``ValueError`` as there.
    """
    pairs = np.stack([first, second])
    _check_finite(pairs)

    def difference(places: Values) -> float:
        medians = np.median(pairs[:, places.astype(int)], axis=1)
        return float(medians[0] - medians[1])

    places = np.arange(len(first), dtype=float)
    return cluster_bootstrap(places, clusters, difference, seed, resamples, level)


def layer_profile(
    values: Float[np.ndarray, "item layer"],
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Profile:
    """The mean over items after every layer, with the interval of ``cluster_bootstrap``."""
    _check_finite(values)
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
    fewest = min(map(len, _kinds(len(values), clusters)))
    for layer in np.flatnonzero(exact):
        low[layer], high[layer] = _clopper_pearson(float(estimate[layer]), fewest, level)
    return low, high, exact


def draws(
    clusters: Labels, items: int, seed: int = 0, resamples: int = RESAMPLES
) -> Float[np.ndarray, "draw item"]:
    """How often each item counts in each draw of clusters.

    A draw of crossed kinds that happens to hold no item is left out.
    """
    return _draws(tuple(clusters), items, seed, resamples)


@lru_cache(maxsize=8)  # the same texts are judged for each norm, and for each null
def _draws(
    clusters: tuple[Any, ...], items: int, seed: int, resamples: int
) -> Float[np.ndarray, "draw item"]:
    random = np.random.default_rng(seed)
    counts = np.ones((resamples, items))
    for members in _kinds(items, clusters):
        size = len(members)
        drawn = random.multinomial(size, np.full(size, 1 / size), size=resamples)
        counts *= drawn[:, members.argmax(axis=0)]
    kept = counts[counts.any(axis=1)]
    kept.setflags(write=False)
    return kept


def cluster_majority(
    holds: Bool[np.ndarray, " item"], clusters: Labels, level: float = LEVEL
) -> BinomialResult:
    """In how many clusters most items hold, with an exact binomial test against one half.

    Each cluster has one vote; a tie counts against the finding. Where items have clusters of
    several kinds, it is the kind with the largest p-value that counts.
    """
    kinds = _kinds(len(holds), clusters)
    results = [_vote(holds, members, number, level) for number, members in enumerate(kinds)]
    return max(results, key=lambda result: result.p_value)


def _vote(
    holds: Bool[np.ndarray, " item"],
    members: Bool[np.ndarray, "cluster item"],
    kind: int,
    level: float,
) -> BinomialResult:
    votes = (members & holds).sum(axis=1) * 2 > members.sum(axis=1)
    holding, total = int(votes.sum()), len(votes)
    p_value = stats.binomtest(holding, total, 0.5, alternative="greater").pvalue
    interval = stats.binomtest(holding, total).proportion_ci(level, method="exact")
    low, high = float(interval.low), float(interval.high)
    return BinomialResult(holding, total, float(p_value), low, high, level, kind)


def effect_size(values: Values, clusters: Labels) -> EffectSize:
    """The size of an effect that the sign of each item's value tells, over clusters; over those of
    the first kind, where items have several.
    """
    _check_finite(values)
    means = np.array([values[row].mean() for row in _kinds(len(values), clusters)[0]])
    spread = float(means.std(ddof=1))
    alike = spread <= 1e-12 * np.abs(means).max()  # float sums of equal values differ a little
    return EffectSize(
        mean=float(means.mean()),
        standardized=None if alike else float(means.mean()) / spread,
        share_positive=float((means > 0).mean()),
        clusters=len(means),
    )


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """P-values adjusted for their number by Holm's step-down procedure (Holm 1979).

    Of the whole family, any is wrongly below 0.05 with a chance of at most 5 %. ``ValueError`` for
    a value that is no probability.
    """
    adjusted: dict[str, float] = {}
    so_far = 0.0
    for place, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        if not 0 <= p_values[name] <= 1:
            raise ValueError(f"the p-value of {name!r} is {p_values[name]}: expected 0 to 1")
        so_far = max(so_far, min(1.0, (len(p_values) - place) * p_values[name]))
        adjusted[name] = so_far
    return adjusted


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


Kinds = list[Bool[np.ndarray, "_cluster item"]]
"""For each kind of clusters, which items each of its clusters holds."""


def _kinds(items: int, clusters: Labels) -> Kinds:
    """The clusters of each kind, once it is sure that there is something to count.

    A kind that is one cluster for all items says nothing and is left out, but for the first.
    """
    if len(clusters) != items:
        raise ValueError(f"{items} values but {len(clusters)} clusters: expected one each")
    labels = [(one,) if isinstance(one, str) else one for one in clusters]
    kinds = [np.array(kind) for kind in zip(*labels, strict=True)]
    first, *others = [np.unique(kind)[:, None] == kind for kind in kinds] or [np.empty((0, 0))]
    if len(first) < 2:
        raise ValueError(f"{len(first)} cluster(s) in {items} values: give at least two")
    return [first, *(members for members in others if len(members) > 1)]


def _check_finite(values: Float[np.ndarray, "..."]) -> None:
    if not np.isfinite(values).all():
        raise ValueError(f"{np.sum(~np.isfinite(values))} values are not finite: leave them out")
