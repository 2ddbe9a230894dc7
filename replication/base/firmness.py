"""How firm a finding over many items is: what a set could have shown, and how near to turning.

Both look at the rule that decides and not at any model, so they can be asked before one is.
"""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Bool, Int
from scipy import stats

from replication.base.intervals import ends_of_means
from replication.base.resampling import RESAMPLES, Labels, draws
from replication.base.significance import cluster_majority

POWER = 0.8
Holds = Bool[np.ndarray, " item"]


def detectable_share(clusters: int, level: float, power: float = POWER) -> float | None:
    """The smallest share of clusters above one half that the exact test finds with this power.

    The test is that of ``cluster_majority``, with a p-value below ``level``. At the share given,
    ``power`` of sets of so many clusters would show it. None where not even all clusters would do.
    ``ValueError`` for numbers that are no number of clusters, level or power.
    """
    if clusters < 1 or not 0 < level < 1 or not 0 < power < 1:
        raise ValueError(
            f"{clusters} clusters, level {level} and power {power} given: expected at least one "
            "cluster, and shares between 0 and 1"
        )
    counts = np.arange(clusters + 1)
    enough = counts[stats.binom.sf(counts - 1, clusters, 0.5) < level]
    if not len(enough):
        return None
    needed = int(enough[0])
    # P(X >= k) for a share p is the distribution function of Beta(k, n - k + 1) at p.
    return float(stats.beta.ppf(power, needed, clusters - needed + 1))


def most_hold(
    clusters: Labels,
    voters: Labels,
    level: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Callable[[Holds], bool]:
    """The rule for a finding over many items, as what decides for given items.

    Most hold if the interval of their share (``mean_interval``) lies above one half and the
    test over the clusters that vote (``cluster_majority``) gives less than ``level``. The draws are
    made once.
    """
    weights = draws(clusters, len(clusters), seed, resamples)
    weights = weights / weights.sum(axis=1)[:, None]

    def decide(holds: Holds) -> bool:
        if cluster_majority(holds, voters).p_value >= level:
            return False
        column = holds[:, None].astype(float)
        low, _, _ = ends_of_means(weights @ column, column, clusters)
        return bool(low[0] > 0.5)

    return decide


def flips_to_turn(holds: Holds, clusters: Labels, decide: Callable[[Holds], bool]) -> int | None:
    """How many items would have to turn out otherwise for a verdict to turn.

    ``decide`` says what the verdict is for given items. Where it is yes, items that hold are made
    to fail, else items that fail are made to hold: for each kind of clusters first those clusters
    that turn most cheaply, or first those that give most. The smallest number is given; it is
    enough, and fewer may be if items are chosen otherwise. ``decide`` must not go back when more
    items are flipped in its favour. None where flipping all of them turns nothing.
    """
    verdict = decide(holds)
    found = [
        flips
        for order in _orders(holds, verdict, clusters)
        if (flips := _first(order, holds, verdict, decide)) is not None
    ]
    return min(found, default=None)


def _first(
    order: Int[np.ndarray, " flip"],
    holds: Holds,
    verdict: bool,
    decide: Callable[[Holds], bool],
) -> int | None:
    """How many flips of an order turn the verdict, by halving what is left."""

    def turned(flips: int) -> bool:
        changed = holds.copy()
        changed[order[:flips]] ^= True
        return decide(changed) != verdict

    if not turned(len(order)):
        return None
    low, high = 0, len(order)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if turned(middle) else (middle, high)
    return high


def _orders(holds: Holds, verdict: bool, clusters: Labels) -> Iterator[Int[np.ndarray, " flip"]]:
    """Orders in which to flip items: for each kind of clusters, by what the clusters are."""
    labels = [(one,) if isinstance(one, str) else one for one in clusters]
    for kind in zip(*labels, strict=True):
        found = [np.flatnonzero(np.array(kind) == name) for name in np.unique(kind)]
        own = [places[holds[places] == verdict] for places in found]
        # A tie is a vote against: so many may stay as they are when the vote turns.
        stay = [len(places) // 2 if verdict else (len(places) - 1) // 2 for places in found]
        needed = [max(0, len(flips) - kept) for flips, kept in zip(own, stay, strict=True)]
        cheapest = sorted((n for n in range(len(own)) if needed[n]), key=needed.__getitem__)
        voting = [own[n][: needed[n]] for n in cheapest]
        rest = [flips[count:] for flips, count in zip(own, needed, strict=True)]
        yield np.concatenate([*voting, *rest])
        yield np.concatenate(sorted(own, key=len, reverse=True))
