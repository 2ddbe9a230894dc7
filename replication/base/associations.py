"""How two things go together over clusters: a rank correlation, its interval and its test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from replication.base.statistics import LEVEL, RESAMPLES, Values


@dataclass(frozen=True)
class Association:
    """Spearman's rank correlation over clusters, each of which counts as its mean."""

    rho: float
    """-1 to 1."""
    low: float
    """Of the interval from drawing clusters with replacement."""
    high: float
    p_value: float
    """One-sided: of so much or more, were the one dealt to the other at random. Exact where there
    are fewer deals than ``resamples``."""
    clusters: int
    level: float
    resamples: int
    seed: int


def association(
    values: Values,
    shares: Values,
    clusters: Sequence[str],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Association:
    """How the mean value of a cluster goes with its share, which is the same for all its items.

    ``ValueError`` for fewer than three clusters, for a cluster of several shares, where not one is
    given for each item, and where all shares or all means are alike.
    """
    means, given = _by_cluster(values, shares, clusters)
    random = np.random.default_rng(seed)
    picks = random.integers(len(means), size=(resamples, len(means)))
    low, high = np.quantile(_rho(means[picks], given[picks]), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    test = stats.permutation_test(
        [means],
        lambda dealt, axis: _rho(dealt, np.broadcast_to(given, dealt.shape)),
        permutation_type="pairings",
        n_resamples=resamples,
        alternative="greater",
        rng=random,
    )
    return Association(
        rho=float(test.statistic),
        low=float(low),
        high=float(high),
        p_value=float(test.pvalue),
        clusters=len(means),
        level=LEVEL,
        resamples=resamples,
        seed=seed,
    )


def _rho(
    first: Float[np.ndarray, "... cluster"], second: Float[np.ndarray, "... cluster"]
) -> Float[np.ndarray, "..."]:
    """Spearman's rank correlation of each draw; 0 where all that was drawn is alike."""
    a, b = (
        ranks - ranks.mean(axis=-1, keepdims=True)
        for ranks in (stats.rankdata(first, axis=-1), stats.rankdata(second, axis=-1))
    )
    sizes = np.sqrt((a**2).sum(-1) * (b**2).sum(-1))
    return np.divide((a * b).sum(-1), sizes, out=np.zeros(sizes.shape), where=sizes > 0)


def _by_cluster(
    values: Values, shares: Values, clusters: Sequence[str]
) -> tuple[Float[np.ndarray, " cluster"], Float[np.ndarray, " cluster"]]:
    """The mean value and the share of each cluster."""
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values, {len(clusters)} clusters: expected one each")
    grouped: Mapping[str, list[int]] = {name: [] for name in clusters}
    for place, name in enumerate(clusters):
        grouped[name].append(place)
    for name, places in grouped.items():
        if len(set(shares[places])) > 1:
            raise ValueError(f"{name!r} has the shares {sorted(set(shares[places]))}: expected one")
    means = np.array([values[places].mean() for places in grouped.values()])
    given = np.array([shares[places[0]] for places in grouped.values()])
    if len(means) < 3 or len(set(means)) < 2 or len(set(given)) < 2:
        raise ValueError(
            f"{len(means)} clusters with {len(set(means))} different means and {len(set(given))} "
            "different shares: expected three clusters or more that differ in both"
        )
    return means, given
