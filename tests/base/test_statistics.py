"""The statistics over items give answers worked out by hand, and hold where clusters matter."""

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from replication.base.statistics import (
    Interval,
    Profile,
    cluster_bootstrap,
    cluster_majority,
    effect_size,
    holm,
    layer_profile,
    median_difference,
)

TWO = list("aabbbb")
ZERO_ONE = np.array([0.0, 0, 1, 1, 1, 1])


def test_two_clusters_have_three_outcomes() -> None:
    """Draws are aa (mean 0, one in four), ab (4 of 6 items are 1, two in four), bb (mean 1)."""
    wide = cluster_bootstrap(ZERO_ONE, TWO)
    assert (wide.low, wide.high) == (0, 1)
    assert wide.estimate == pytest.approx(4 / 6)
    narrow = cluster_bootstrap(ZERO_ONE, TWO, level=0.4)  # from the 30th percentile to the 70th
    assert narrow.low == narrow.high == pytest.approx(4 / 6)


def test_a_statistic_of_the_items_themselves() -> None:
    """The median of ab is 1, so it is 0 in one draw of four only."""
    assert cluster_bootstrap(ZERO_ONE, TWO, np.median, level=0.4).low == 1
    assert cluster_bootstrap(ZERO_ONE, TWO, np.median).low == 0


def test_mean_by_sums_is_the_mean_of_the_items() -> None:
    generator = np.random.default_rng(3)
    values, clusters = generator.normal(size=60), list("abcdefghij") * 6
    clusters[:7] = ["a"] * 7  # of unequal size
    by_sums = cluster_bootstrap(values, clusters, resamples=500)
    by_items = cluster_bootstrap(values, clusters, lambda drawn: drawn.mean(), resamples=500)
    assert by_sums.low == pytest.approx(by_items.low)
    assert by_sums.high == pytest.approx(by_items.high)
    assert by_sums.estimate == pytest.approx(values.mean())


def test_the_seed_alone_decides() -> None:
    values, clusters = np.arange(40.0) ** 2, list("abcdefgh") * 5
    first = cluster_bootstrap(values, clusters, seed=1, resamples=300)
    assert first == cluster_bootstrap(values, clusters, seed=1, resamples=300)
    assert first.low != cluster_bootstrap(values, clusters, seed=2, resamples=300).low
    assert (first.seed, first.resamples, first.level) == (1, 300, 0.95)
    plain = cluster_bootstrap(ZERO_ONE, TWO)
    assert (plain.seed, plain.resamples, plain.level) == (0, 10_000, 0.95)
    by_layer = layer_profile(values[:, None], clusters, resamples=300)
    assert (by_layer.seed, by_layer.level) == (0, 0.95)
    assert by_layer.low[0] == cluster_bootstrap(values, clusters, resamples=300).low


def test_a_profile_is_one_interval_a_layer() -> None:
    values = np.random.default_rng(0).normal(size=(400, 30)) + np.arange(30)
    clusters = [str(number % 25) for number in range(400)]
    profile = layer_profile(values, clusters, seed=4)
    assert profile.low.shape == profile.high.shape == profile.estimate.shape == (30,)
    for layer in (0, 17):
        one = cluster_bootstrap(values[:, layer], clusters, seed=4)
        assert profile.low[layer] == pytest.approx(one.low)
        assert profile.high[layer] == pytest.approx(one.high)
        assert profile.estimate[layer] == pytest.approx(one.estimate)


def test_clusters_cover_where_single_items_do_not() -> None:
    """Of items that share their cluster's luck, an interval over items is far too narrow."""
    generator = np.random.default_rng(11)
    clusters = [str(number // 10) for number in range(400)]
    alone = [str(number) for number in range(400)]
    trials = 200
    covered = {"clusters": 0, "items": 0}
    for _ in range(trials):
        values = generator.normal(size=40).repeat(10) + generator.normal(size=400)
        for name, groups in (("clusters", clusters), ("items", alone)):
            found = cluster_bootstrap(values, groups, resamples=200)
            covered[name] += found.low <= 0 <= found.high
    assert 0.91 <= covered["clusters"] / trials <= 0.98
    assert covered["items"] / trials < 0.7


def test_a_share_that_all_draws_agree_about_has_the_exact_interval() -> None:
    """All of five clusters: the lower end is 0.025 ** (1 / 5), and none is its mirror image.
    Half of every cluster, of five: between what two and three of five give.
    """
    everywhere = cluster_bootstrap(np.ones(10), list("aabbccddee"), resamples=50)
    assert (everywhere.high, everywhere.method) == (1, "exact")
    assert everywhere.low == pytest.approx(0.025 ** (1 / 5))
    nowhere = cluster_bootstrap(np.zeros(10), list("aabbccddee"), resamples=50)
    assert nowhere.low == 0
    assert nowhere.high == pytest.approx(1 - everywhere.low)
    half = cluster_bootstrap(np.array([0.0, 1] * 5), list("aabbccddee"), resamples=50)
    assert (round(half.low, 4), round(half.high, 4)) == (0.0527, 0.9473)  # of textbooks' 2, 3 in 5
    assert cluster_bootstrap(ZERO_ONE, TWO).method == "bootstrap"


def test_what_is_no_share_keeps_its_bootstrap_interval() -> None:
    """An equal value of every item says how large it is, and is no count of clusters."""
    found = cluster_bootstrap(np.full(4, 3.5), list("aabb"))
    assert (found.low, found.high, found.method) == (3.5, 3.5, "bootstrap")
    profile = layer_profile(np.array([[1.0, 0.2], [1, 0.2]]), ["a", "b"])
    assert profile.methods == ("exact", "bootstrap")
    assert profile.low == pytest.approx([0.025**0.5, 0.2])


def test_crossed_clusters_are_drawn_each_on_their_own() -> None:
    """Two nouns, two frames, one item each, of which noun b in frame y alone holds. Noun b is drawn
    0, 1, 2 times with chance 1/4, 1/2, 1/4, and frame y likewise, so that the share is the product
    of two such halves: 0, 1/4, 1/2 or 1, with chances 7/16, 4/16, 4/16 and 1/16.
    """
    values, nouns, frames = np.array([0.0, 0, 0, 1]), list("aabb"), list("xyxy")
    crossed = list(zip(nouns, frames, strict=True))

    def at(level: float, labels: Any) -> tuple[float, float]:
        found = cluster_bootstrap(values, labels, level=level)
        return found.low, found.high

    assert at(0.95, crossed) == (0, 1)  # one in sixteen is more than 2.5 %
    assert at(0.84, crossed) == (0, 0.5)  # the 92nd percentile, below 15/16
    assert at(0.3, crossed) == (0, 0.25)  # the 35th, below 7/16, and the 65th, below 11/16
    assert at(0.95, nouns) == at(0.95, frames) == (0, 0.5)
    median = cluster_bootstrap(values, crossed, np.median, level=0.84)
    assert (median.low, median.high) == (0, 0.5)


def test_crossed_intervals_cover_where_those_of_one_kind_do_not() -> None:
    """Items share their noun's luck and their frame's, equally strong."""
    random = np.random.default_rng(5)
    nouns, frames = (list(map(str, part.ravel())) for part in np.indices((12, 12)))
    trials, covered = 100, Counter[str]()
    for _ in range(trials):
        values = (random.normal(size=(12, 1)) + random.normal(size=12)).ravel()
        for name, labels in (("crossed", list(zip(nouns, frames, strict=True))), ("noun", nouns)):
            found = cluster_bootstrap(values, labels, resamples=300)
            covered[name] += found.low <= 0 <= found.high
    assert 0.88 <= covered["crossed"] / trials <= 0.99
    assert covered["noun"] / trials < 0.85


def test_a_kind_of_one_cluster_changes_nothing() -> None:
    random = np.random.default_rng(2)
    values, clusters = random.normal(size=12), list("aabbccddeeff")
    same = [(name, "all") for name in clusters]
    assert cluster_bootstrap(values, clusters) == cluster_bootstrap(values, same)
    assert cluster_majority(values > 0, same) == cluster_majority(values > 0, clusters)


def test_one_kind_of_clusters_is_scipys_bootstrap() -> None:
    random = np.random.default_rng(8)
    values = random.normal(size=(20, 3))
    found = cluster_bootstrap(values.ravel(), [str(n // 3) for n in range(60)])
    means = values.mean(axis=1)
    theirs = stats.bootstrap((means,), np.mean, method="percentile", rng=random)
    assert found.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert found.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)


def test_a_median_has_an_interval_and_two_of_them_a_difference() -> None:
    """Of a, b: the median is 1 for aa, 3 for bb and their middle 2 for ab; second less constant."""
    first, second = np.array([1.0, 3]), np.array([1.0, 1])
    found = median_difference(first, second, ["a", "b"])
    assert (found.low, found.estimate, found.high) == (0, 1, 2)
    assert median_difference(first, first + 0.5, ["a", "b"]).high == -0.5  # pairs move together
    with pytest.raises(ValueError, match="1 values are not finite"):
        median_difference(first, np.array([1, np.inf]), ["a", "b"])


def test_the_kind_of_clusters_that_shows_least_decides() -> None:
    """All of four nouns hold (1 in 16), all of two frames (1 in 4)."""
    crossed = list(zip("aabbccdd", "xyxyxyxy", strict=True))
    result = cluster_majority(np.ones(8, bool), crossed)
    assert (result.holding, result.clusters, result.p_value, result.kind) == (2, 2, 0.25, 1)
    assert cluster_majority(np.ones(8, bool), [name for name, _ in crossed]).p_value == 1 / 16
    assert effect_size(np.ones(8), crossed).clusters == 4


def test_a_majority_is_one_vote_a_cluster() -> None:
    """8 of 10 clusters: (45 + 10 + 1) / 1024. Cluster sizes do not count, ties are against."""
    clusters = [name for name in "abcdefghij" for _ in range(3)] + ["i"] * 100 + ["j"]
    holds = np.array([name < "i" for name in clusters])
    holds[:3] = True, True, False  # two of three are a majority
    holds[-1] = True
    holds[27:29] = True, False  # cluster j: two of four, a tie
    result = cluster_majority(holds, clusters)
    assert (result.holding, result.clusters, result.share) == (8, 10, 0.8)
    assert result.p_value == pytest.approx(float(Fraction(56, 1024)))
    # the textbooks' exact interval of 8 in 10: 44.4% to 97.5%
    assert (round(result.low, 3), round(result.high, 3)) == (0.444, 0.975)


def test_the_binomial_interval_has_its_closed_form_at_the_ends() -> None:
    """None of n: the upper end is 1 - (alpha / 2) ** (1 / n); and the test is one-sided."""
    none = cluster_majority(np.array([False] * 5), list("abcde"), level=0.9)
    assert (none.low, none.p_value) == (0, 1)
    assert none.high == pytest.approx(1 - 0.05 ** (1 / 5))
    assert cluster_majority(np.array([True] * 5), list("abcde")).p_value == 1 / 32


def test_an_effect_counts_each_cluster_once() -> None:
    """Means of clusters 1, 3 and -1: their mean is 1, their standard deviation 2. Zero is not
    above zero.
    """
    values = np.array([1.0, 1, 1, 1, 2, 4, -1])
    size = effect_size(values, list("aaaabbc"))
    assert (size.mean, size.clusters) == (1, 3)
    assert size.standardized == pytest.approx(0.5)
    assert size.share_positive == pytest.approx(2 / 3)
    assert effect_size(np.array([-1.0, 1, 2, 2]), list("aabc")).share_positive == 2 / 3


def test_an_effect_without_spread_has_no_standardized_size() -> None:
    assert effect_size(np.full(7, 0.1), list("aaabbcc")).standardized is None
    assert effect_size(np.zeros(4), list("aabb")).standardized is None


def test_the_scale_of_an_effect_does_not_count() -> None:
    values, clusters = np.array([1.0, 2, 4, 9]), list("abcd")
    plain = effect_size(values, clusters).standardized
    assert effect_size(values * 1e-9, clusters).standardized == pytest.approx(plain)
    last_bit = np.array([1e6, np.nextafter(1e6, 2e6)])
    assert effect_size(last_bit, ["a", "b"]).standardized is None


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="3 values but 2 clusters"):
        effect_size(np.zeros(3), ["a", "b"])
    with pytest.raises(ValueError, match=r"1 cluster\(s\) in 2 values: give at least two"):
        cluster_majority(np.array([True, True]), ["a", "a"])
    with pytest.raises(ValueError, match="0 cluster"):
        effect_size(np.zeros(0), [])
    with pytest.raises(ValueError, match="1 values are not finite"):
        cluster_bootstrap(np.array([1.0, np.nan, 2]), list("aab"))


def test_an_interval_runs_upwards() -> None:
    with pytest.raises(ValueError, match="expected low first"):
        Interval(2.0, 1.0, 1.5, 0.95, 10, 0)
    with pytest.raises(ValueError, match="expected low first"):
        Profile(np.ones(2), np.zeros(2), np.ones(2), 0.95, 10, 0, ("bootstrap",) * 2)


def test_holm_by_hand() -> None:
    """Times 4, 3, 2 and 1 from the least on, and never less than the one before."""
    adjusted = holm({"b": 0.02, "a": 0.01, "d": 0.5, "c": 0.025})
    assert adjusted == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.5})
    assert holm({"one": 0.7, "two": 0.6}) == {"one": 1, "two": 1}
    assert holm({}) == {}
    for value in (1.5, float("nan")):
        with pytest.raises(ValueError, match="the p-value of 'first' is"):
            holm({"first": value})
