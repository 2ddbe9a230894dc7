"""What is drawn where a finding was asked of many items: whole clusters of them.

Items that share a noun, an occupation or a list are not independent of one another, so it is
clusters that are resampled and counted, never single items (Field and Welsh 2007, "Bootstrapping
clustered data", https://doi.org/10.1111/j.1467-9868.2007.00593.x).

Items may belong to clusters of several kinds at once, such as a noun and the noun beside the verb:
crossed random factors. Then each kind is drawn on its own, and an item counts the product of how
often its clusters were drawn: Owen's pigeonhole bootstrap (Owen 2007, "The pigeonhole bootstrap",
https://doi.org/10.1214/07-AOAS122; Owen and Eckles 2012 for more than two). It is never too
narrow by much and may be too wide, which the widest interval of one kind alone is not.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

RESAMPLES = 10_000
LEVEL = 0.95

Values = Float[np.ndarray, " item"]
Labels = Sequence[str] | Sequence[tuple[str, ...]]
"""The cluster of each item; or its clusters, one of each kind and the same kinds for every item."""
Kinds = list[Bool[np.ndarray, "_cluster item"]]
"""For each kind of clusters, which items each of its clusters holds."""


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
    for members in kinds_of(items, clusters):
        size = len(members)
        drawn = random.multinomial(size, np.full(size, 1 / size), size=resamples)
        counts *= drawn[:, members.argmax(axis=0)]
    kept = counts[counts.any(axis=1)]
    kept.setflags(write=False)
    return kept


def kinds_of(items: int, clusters: Labels) -> Kinds:
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


def check_finite(values: Float[np.ndarray, "..."]) -> None:
    """``ValueError`` for values that are not finite."""
    if not np.isfinite(values).all():
        raise ValueError(f"{np.sum(~np.isfinite(values))} values are not finite: leave them out")
