"""How two things go together over clusters: a rank correlation, its interval and its test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

from replication.base.resampling import LEVEL, RESAMPLES, Labels, Values


@dataclass(frozen=True)
class Association:
    """Spearman's rank correlation over clusters, each of which counts as its mean."""

    rho: float
    """-1 to 1."""
    low: float
    """Of the interval from drawing clusters with replacement, and what they are crossed with."""
    high: float
    p_value: float
    """One-sided: of so much or more, were the one dealt to the other at random. Exact where there
    are fewer deals than ``resamples``."""
    clusters: int
    crossed: int
    """How many clusters of a second kind are drawn too, such as the frames of all sentences."""
    level: float
    resamples: int
    seed: int


def association(
    values: Values,
    shares: Values,
    clusters: Labels,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Association:
    """How the mean value of a cluster goes with its share, which is the same for all its items.

    Where items have clusters of two kinds, the shares are those of the first; the second kind is
    drawn as well, independently, and in each draw a cluster's mean is that of the items drawn
    (Owen's pigeonhole bootstrap, see ``replication.base.resampling``). The test deals shares among
    clusters of the first kind. ``ValueError`` for fewer than three clusters, for a cluster of
    several shares, where not one is given for each item, and where all shares or all means are
    alike.
    """
    names, others = _kinds_of(clusters)
    means, given = _by_cluster(values, shares, names)
    random = np.random.default_rng(seed)
    picks = random.integers(len(means), size=(resamples, len(means)))
    drawn = np.broadcast_to(means, picks.shape)
    if len(set(others)) > 1:
        drawn = _drawn_means(values, names, others, random, resamples)
    rhos = _rho(np.take_along_axis(drawn, picks, axis=1), given[picks])
    low, high = np.quantile(rhos, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
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
        crossed=len(set(others)),
        level=LEVEL,
        resamples=resamples,
        seed=seed,
    )


def _kinds_of(clusters: Labels) -> tuple[list[str], list[str]]:
    """The cluster of the first kind and of the second of each item; one for all, where there is no
    second kind.
    """
    pairs = [(one,) if isinstance(one, str) else one for one in clusters]
    return [first for first, *_ in pairs], [rest[0] if rest else "" for _, *rest in pairs]


def _drawn_means(
    values: Values,
    names: Sequence[str],
    others: Sequence[str],
    random: np.random.Generator,
    resamples: int,
) -> Float[np.ndarray, "draw cluster"]:
    """In each draw of the other kind the mean of each cluster; NaN where none of it was drawn."""
    firsts, seconds = (list(dict.fromkeys(kind)) for kind in (names, others))
    sums, counts = np.zeros((2, len(seconds), len(firsts)))
    places = [seconds.index(other) for other in others], [firsts.index(name) for name in names]
    np.add.at(sums, places, values)
    np.add.at(counts, places, 1)
    size = len(seconds)
    drawn = random.multinomial(size, np.full(size, 1 / size), size=resamples)
    total, number = drawn @ sums, drawn @ counts
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _rho(
    first: Float[np.ndarray, "... cluster"], second: Float[np.ndarray, "... cluster"]
) -> Float[np.ndarray, "..."]:
    """Spearman's rank correlation of each draw, over clusters of which something was drawn; 0 where
    all that was drawn is alike.
    """
    there = np.isfinite(first)
    a, b = (_centred_ranks(values, there) for values in (first, second))
    sizes = np.sqrt((a**2).sum(-1) * (b**2).sum(-1))
    return np.divide((a * b).sum(-1), sizes, out=np.zeros(sizes.shape), where=sizes > 0)


def _centred_ranks(
    values: Float[np.ndarray, "... cluster"], there: Bool[np.ndarray, "... cluster"]
) -> Float[np.ndarray, "... cluster"]:
    """Ranks less their mean; 0 where there is nothing, which is put last and not counted."""
    ranks = stats.rankdata(np.where(there, values, np.inf), axis=-1)
    means = (ranks * there).sum(-1, keepdims=True) / np.maximum(there.sum(-1, keepdims=True), 1)
    return np.asarray((ranks - means) * there)


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
