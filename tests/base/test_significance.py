"""Tests and sizes of effects over clusters, by hand."""

from fractions import Fraction

import numpy as np
import pytest

from replication.base.significance import cluster_majority, effect_size, holm, most_of


def test_a_majority_is_one_vote_a_cluster() -> None:
    """8 of 10 clusters: (45 + 10 + 1) / 1024. Cluster sizes do not count, ties are against."""
    clusters = [name for name in "abcdefghij" for _ in range(3)] + ["i"] * 100 + ["j"]
    holds = np.array([name < "i" for name in clusters])
    holds[:3] = True, True, False  # two of three are a majority
    holds[-1] = True
    holds[27:29] = True, False  # cluster j: two of four, a tie
    result = cluster_majority(holds, clusters)
    assert (result.holding, result.clusters) == (8, 10)
    assert result.p_value == pytest.approx(float(Fraction(56, 1024)))
    crossed = [(name, "xy"[place % 2]) for place, name in enumerate(clusters)]
    assert cluster_majority(holds, crossed) == result  # the first kind votes


def test_an_effect_counts_each_cluster_once() -> None:
    """Means of clusters 1, 3 and -1: their mean is 1, their standard deviation 2."""
    values = np.array([1.0, 1, 1, 1, 2, 4, -1])
    size = effect_size(values, list("aaaabbc"))
    assert (size.mean, size.clusters) == (1, 3)
    assert size.standardized == pytest.approx(0.5)


def test_an_effect_without_spread_has_no_standardized_size() -> None:
    assert effect_size(np.full(7, 0.1), list("aaabbcc")).standardized is None
    assert effect_size(np.zeros(4), list("aabb")).standardized is None


def test_the_scale_of_an_effect_does_not_count() -> None:
    values, clusters = np.array([1.0, 2, 4, 9]), list("abcd")
    plain = effect_size(values, clusters).standardized
    assert effect_size(values * 1e-9, clusters).standardized == pytest.approx(plain)
    last_bit = np.array([1e6, np.nextafter(1e6, 2e6)])
    assert effect_size(last_bit, ["a", "b"]).standardized is None


def test_holm_by_hand() -> None:
    """Times 4, 3, 2 and 1 from the least on, and never less than the one before."""
    adjusted = holm({"b": 0.02, "a": 0.01, "d": 0.5, "c": 0.025})
    assert adjusted == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.5})
    assert holm({"one": 0.7, "two": 0.6}) == {"one": 1, "two": 1}
    assert holm({}) == {}
    for value in (1.5, float("nan")):
        with pytest.raises(ValueError, match="the p-value of 'first' is"):
            holm({"first": value})


def test_most_of_several_by_hand() -> None:
    """Of three, two have to be true, so that one of the two greatest is of one that is not: minus
    twice the sum of their logarithms is chi-squared with four degrees of freedom, whose tail is
    q (1 - log q) at the product q.
    """
    product = 0.02 * 0.5
    expected = product * (1 - np.log(product))
    assert most_of([0.02, 1e-9, 0.5]) == pytest.approx(expected)
    assert most_of([0.02, 0.02, 0.5]) == pytest.approx(expected)  # the best one says nothing
    assert most_of([0.03]) == pytest.approx(0.03)
    assert most_of([0.001, 0.04]) == pytest.approx(0.04)  # most of two are both
    with pytest.raises(ValueError, match="no p-values are given"):
        most_of([])


def test_most_of_several_is_seldom_shown_where_half_of_them_are_true() -> None:
    """Three of six are as sure as can be, three know nothing: that four are is shown one time in
    twenty.
    """
    nothing = np.random.default_rng(4).random((2000, 3))
    shown = np.mean([most_of([0.0, 0.0, 0.0, *rest]) < 0.05 for rest in nothing])
    assert 0.035 < shown < 0.065


def test_six_texts_of_which_three_are_short() -> None:
    """The six published texts: 23 to 355 tokens, each with a factor for the first token alone."""
    published = [1 / length for length in (23, 35, 40, 166, 324, 355)]
    assert most_of(published) == pytest.approx(0.00203, abs=1e-5)
    assert sum(value < 0.05 for value in holm({str(p): p for p in published}).values()) == 3
