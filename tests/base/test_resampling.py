"""Clusters of one kind and of several, as they are drawn: by hand, and by what intervals cover."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from replication.base.intervals import mean_interval, median_interval
from replication.base.significance import cluster_majority, effect_size


def test_crossed_clusters_are_drawn_each_on_their_own() -> None:
    """Two nouns, two frames, one item each, of which noun b in frame y alone holds. Noun b is drawn
    0, 1, 2 times with chance 1/4, 1/2, 1/4, and frame y likewise, so that the share is the product
    of two such halves: 0, 1/4, 1/2 or 1, with chances 7/16, 4/16, 4/16 and 1/16.
    """
    values, nouns, frames = np.array([0.0, 0, 0, 1]), list("aabb"), list("xyxy")
    crossed = list(zip(nouns, frames, strict=True))

    def at(level: float, labels: Any) -> tuple[float, float]:
        found = mean_interval(values, labels, level=level)
        return found.low, found.high

    assert at(0.95, crossed) == (0, 1)  # one in sixteen is more than 2.5 %
    assert at(0.84, crossed) == (0, 0.5)  # the 92nd percentile, below 15/16
    assert at(0.3, crossed) == (0, 0.25)  # the 35th, below 7/16, and the 65th, below 11/16
    assert at(0.95, nouns) == at(0.95, frames) == (0, 0.5)
    median = median_interval(values, crossed, level=0.84)
    assert (median.low, median.high) == (0, 0.5)


def test_crossed_intervals_cover_where_those_of_one_kind_do_not() -> None:
    """Items share their noun's luck and their frame's, equally strong."""
    random = np.random.default_rng(5)
    nouns, frames = (list(map(str, part.ravel())) for part in np.indices((12, 12)))
    trials, covered = 100, Counter[str]()
    for _ in range(trials):
        values = (random.normal(size=(12, 1)) + random.normal(size=12)).ravel()
        for name, labels in (("crossed", list(zip(nouns, frames, strict=True))), ("noun", nouns)):
            found = mean_interval(values, labels, resamples=300)
            covered[name] += found.low <= 0 <= found.high
    assert 0.88 <= covered["crossed"] / trials <= 0.99
    assert covered["noun"] / trials < 0.85


def test_a_kind_of_one_cluster_changes_nothing() -> None:
    random = np.random.default_rng(2)
    values, clusters = random.normal(size=12), list("aabbccddeeff")
    same = [(name, "all") for name in clusters]
    assert mean_interval(values, clusters) == mean_interval(values, same)
    assert cluster_majority(values > 0, same) == cluster_majority(values > 0, clusters)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="3 values but 2 clusters"):
        effect_size(np.zeros(3), ["a", "b"])
    with pytest.raises(ValueError, match=r"1 cluster\(s\) in 2 values: give at least two"):
        cluster_majority(np.array([True, True]), ["a", "a"])
    with pytest.raises(ValueError, match="0 cluster"):
        effect_size(np.zeros(0), [])
    with pytest.raises(ValueError, match="1 values are not finite"):
        mean_interval(np.array([1.0, np.nan, 2]), list("aab"))
