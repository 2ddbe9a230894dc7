"""Curves over sets, by hand: two clusters, resampled, have three outcomes."""

import numpy as np
import pytest
from measures.test_many_texts import SOURCE, watched

from replication.base.resampling import RESAMPLES
from replication.measures.curves import expected_curve, watched_curves
from replication.results.sets import ExpectedSet, LayerCurves, WatchedSet

ITEMS = tuple(
    watched(f"{cluster}{place}", cluster=cluster, subject=subject)
    for cluster, count in (("a", 2), ("b", 4))
    for place in range(count)
    for subject in ("plural", "singular")
)
FOR_PLURALS = np.array([[0.5, 1], [0, 1], *[[3, -1]] * 4])
"""(item, layer): in layer 0 one of two and four of four lead, in layer 1 two of two and none."""


def found() -> WatchedSet:
    lead = np.full((2, len(ITEMS), 2), 7.0)
    lead[0, ::2] = FOR_PLURALS
    return WatchedSet(lead, ITEMS, (), SOURCE)


def test_shares_with_their_intervals() -> None:
    lines = {"of plurals": {"subject": "plural"}, "of all": {}}
    curves = watched_curves(found(), lines)
    assert curves.lines == ("of plurals", "of all")
    assert (curves.items, curves.clusters) == ((6, 12), (2, 2))
    np.testing.assert_allclose(curves.estimate[0], [[5 / 6, 2 / 6], [11 / 12, 8 / 12]])
    np.testing.assert_allclose(curves.low[0, 0], [1 / 2, 0])  # b alone, or a alone
    np.testing.assert_allclose(curves.high[0, 0], [1, 1])
    assert (curves.estimate[1] == 1).all()  # every item leads under the final norm
    np.testing.assert_allclose(curves.low[1], 0.025**0.5)  # exact, of both clusters
    assert (curves.resamples, curves.seed, curves.provenance) == (RESAMPLES, 0, SOURCE)


def test_the_mean_of_what_is_expected() -> None:
    shares = np.zeros((2, 12, 2))
    shares[1, :4] = [0.2, 0.8]  # cluster a
    ranks, from_the_start = np.ones((2, 12, 2), int), np.full((2, 12), 0.5)
    found = ExpectedSet(ranks, shares, from_the_start, ITEMS, SOURCE)
    curves = expected_curve(found, "repeats")
    assert (curves.lines, curves.items, curves.clusters) == (("repeats",), (12,), (2,))
    np.testing.assert_allclose(curves.estimate[:, 0], np.outer([0, 1 / 3], [0.2, 0.8]))
    np.testing.assert_allclose(curves.low[1, 0], [0, 0])
    np.testing.assert_allclose(curves.high[1, 0], [0.2, 0.8])


def test_a_line_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least two"):
        watched_curves(found(), {"of none": {"subject": "dual"}})


def test_curves_fit_their_lines() -> None:
    shares = np.zeros((2, 1, 3))
    with pytest.raises(ValueError, match=r"estimate are given for \(2, 1\): expected \(2, 2\)"):
        LayerCurves(
            ("x", "y"), ("a", "b"), shares, shares, shares, (6, 6), (2, 2), RESAMPLES, 0, SOURCE
        )
