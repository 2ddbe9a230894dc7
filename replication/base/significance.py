"""How surely something holds over clusters, and how large it is: tests and sizes of effects."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from scipy import stats

from replication.base.resampling import Labels, Values, check_finite, kinds_of


@dataclass(frozen=True)
class BinomialResult:
    """In how many clusters a finding holds, against what a coin would give."""

    holding: int
    clusters: int
    p_value: float
    """One-sided: of so many clusters or more, were each a toss of a fair coin."""


@dataclass(frozen=True)
class EffectSize:
    """How large an effect is over clusters, each of which counts as its mean."""

    mean: float
    standardized: float | None
    """Cohen's d of one sample: the mean in standard deviations of the clusters' means. None where
    they are all alike."""
    clusters: int


def cluster_majority(holds: Bool[np.ndarray, " item"], clusters: Labels) -> BinomialResult:
    """In how many clusters most items hold, with an exact binomial test against one half.

    Each cluster has one vote; a tie counts against the finding. Where items have clusters of
    several kinds, those of the first vote.
    """
    members = kinds_of(len(holds), clusters)[0]
    votes = (members & holds).sum(axis=1) * 2 > members.sum(axis=1)
    holding, total = int(votes.sum()), len(votes)
    p_value = stats.binomtest(holding, total, 0.5, alternative="greater").pvalue
    return BinomialResult(holding, total, float(p_value))


def effect_size(values: Values, clusters: Labels) -> EffectSize:
    """The size of an effect that the sign of each item's value tells, over clusters; over those of
    the first kind, where items have several.
    """
    check_finite(values)
    means = np.array([values[row].mean() for row in kinds_of(len(values), clusters)[0]])
    spread = float(means.std(ddof=1))
    alike = spread <= 1e-12 * np.abs(means).max()  # float sums of equal values differ a little
    return EffectSize(
        mean=float(means.mean()),
        standardized=None if alike else float(means.mean()) / spread,
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


def most_of(p_values: Collection[float]) -> float:
    """The p-value of a finding of which most of several independent tests are said to be true.

    The hypothesis that fewer than most are is a partial conjunction. Its p-value is that of the
    greatest ones, as many as would have to be among those that are not, combined by Fisher's method
    (Benjamini and Heller 2008, https://doi.org/10.1111/j.1541-0420.2007.00984.x): whatever the
    others are, so many good ones are needed. ``ValueError`` where nothing is given.
    """
    if not p_values:
        raise ValueError("no p-values are given: expected one of each test")
    most = len(p_values) // 2 + 1
    return float(stats.combine_pvalues(sorted(p_values)[most - 1 :], method="fisher").pvalue)
