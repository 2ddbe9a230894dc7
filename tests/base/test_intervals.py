"""Intervals over items, by hand, and that they hold where clusters matter."""

import numpy as np
import pytest
from scipy import stats

from replication.base.intervals import (
    Interval,
    Profile,
    _exact_median,
    layer_profile,
    mean_interval,
    median_interval,
)
from replication.base.resampling import draws

TWO = list("aabbbb")
ZERO_ONE = np.array([0.0, 0, 1, 1, 1, 1])


def test_two_clusters_have_three_outcomes() -> None:
    """Draws are aa (mean 0, one in four), ab (4 of 6 items are 1, two in four), bb (mean 1)."""
    wide = mean_interval(ZERO_ONE, TWO)
    assert (wide.low, wide.high) == (0, 1)
    assert wide.estimate == pytest.approx(4 / 6)
    narrow = mean_interval(ZERO_ONE, TWO, level=0.4)  # from the 30th percentile to the 70th
    assert narrow.low == narrow.high == pytest.approx(4 / 6)


def test_the_median_of_the_items_themselves() -> None:
    """The median of ab is 1, so it is 0 in one draw of four only."""
    assert median_interval(ZERO_ONE, TWO, level=0.4).low == 1
    assert median_interval(ZERO_ONE, TWO).low == 0
    found = median_interval(np.array([1.0, 3]), ["a", "b"])  # 1, 3, or their middle
    assert (found.low, found.estimate, found.high, found.method) == (1, 2, 3, "bootstrap")


def exact(values: list[float], clusters: int) -> tuple[float, float]:
    """The exact interval of a median about which all draws agree."""
    names = [str(place % clusters) for place in range(len(values))]
    found = median_interval(np.array(values), names, resamples=200)
    assert (found.method, found.estimate) == ("exact", 0.9)
    return found.low, found.high


def test_a_median_that_all_draws_agree_about_has_the_exact_interval() -> None:
    """None of five clusters may be half of them, at 95 %: 1 - 0.025 ** (1 / 5) is 0.52; of six
    clusters 0.46, so that a value that all six have is the median.
    """
    assert exact([0.9] * 5, 5) == (-np.inf, np.inf)
    assert exact([0.9] * 6, 6) == (0.9, 0.9)
    # Each cluster has one item in five below: of ten clusters two, whose upper end is 0.556.
    clusters = [str(number) for number in range(10) for _ in range(5)]
    found = median_interval(np.tile([0.5, 0.9, 0.9, 0.9, 0.9], 10), clusters, resamples=200)
    assert (found.low, found.high, found.method) == (0.5, 0.9, "exact")
    # Of thirty clusters six, whose upper end is 0.386.
    clusters = [str(number) for number in range(30) for _ in range(5)]
    found = median_interval(np.tile([0.5, 0.9, 0.9, 0.9, 1.2], 30), clusters, resamples=200)
    assert (found.low, found.high, found.method) == (0.9, 0.9, "exact")


@pytest.mark.parametrize("clusters", range(2, 15))
def test_an_exact_median_is_between_two_ranked_values(clusters: int) -> None:
    """Of one item a cluster, the k-th from either end, by binomial chances of a coin."""
    ranked = np.arange(clusters, dtype=float)
    below = stats.binom.cdf(ranked, clusters, 0.5)  # of so many or fewer clusters below the median
    left_out = int((below <= 0.025).sum())
    expected = (ranked[left_out - 1], ranked[-left_out]) if left_out else (-np.inf, np.inf)
    assert _exact_median(ranked, clusters, 0.95) == expected


def test_mean_by_sums_is_the_mean_of_the_items() -> None:
    generator = np.random.default_rng(3)
    values, clusters = generator.normal(size=60), list("abcdefghij") * 6
    clusters[:7] = ["a"] * 7  # of unequal size
    by_sums = mean_interval(values, clusters, resamples=500)
    counts = draws(clusters, 60, resamples=500).astype(int)
    low, high = np.quantile([values.repeat(count).mean() for count in counts], [0.025, 0.975])
    assert (by_sums.low, by_sums.high) == pytest.approx((low, high))
    assert by_sums.estimate == pytest.approx(values.mean())


def test_the_seed_alone_decides() -> None:
    values, clusters = np.arange(40.0) ** 2, list("abcdefgh") * 5
    first = mean_interval(values, clusters, seed=1, resamples=300)
    assert first == mean_interval(values, clusters, seed=1, resamples=300)
    assert first.low != mean_interval(values, clusters, seed=2, resamples=300).low
    assert (first.seed, first.resamples, first.level) == (1, 300, 0.95)
    plain = mean_interval(ZERO_ONE, TWO)
    assert (plain.seed, plain.resamples, plain.level) == (0, 10_000, 0.95)
    by_layer = layer_profile(values[:, None], clusters, resamples=300)
    assert (by_layer.seed, by_layer.level) == (0, 0.95)
    assert by_layer.low[0] == mean_interval(values, clusters, resamples=300).low


def test_a_profile_is_one_interval_a_layer() -> None:
    values = np.random.default_rng(0).normal(size=(400, 30)) + np.arange(30)
    clusters = [str(number % 25) for number in range(400)]
    profile = layer_profile(values, clusters, seed=4)
    assert profile.low.shape == profile.high.shape == profile.estimate.shape == (30,)
    for layer in (0, 17):
        one = mean_interval(values[:, layer], clusters, seed=4)
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
            found = mean_interval(values, groups, resamples=200)
            covered[name] += found.low <= 0 <= found.high
    assert 0.91 <= covered["clusters"] / trials <= 0.98
    assert covered["items"] / trials < 0.7


def test_a_share_that_all_draws_agree_about_has_the_exact_interval() -> None:
    """All of five clusters: the lower end is 0.025 ** (1 / 5), and none is its mirror image.
    Half of every cluster, of five: between what two and three of five give.
    """
    everywhere = mean_interval(np.ones(10), list("aabbccddee"), resamples=50)
    assert (everywhere.high, everywhere.method) == (1, "exact")
    assert everywhere.low == pytest.approx(0.025 ** (1 / 5))
    nowhere = mean_interval(np.zeros(10), list("aabbccddee"), resamples=50)
    assert nowhere.low == 0
    assert nowhere.high == pytest.approx(1 - everywhere.low)
    half = mean_interval(np.array([0.0, 1] * 5), list("aabbccddee"), resamples=50)
    assert (round(half.low, 4), round(half.high, 4)) == (0.0527, 0.9473)  # of textbooks' 2, 3 in 5
    assert mean_interval(ZERO_ONE, TWO).method == "bootstrap"


def test_what_is_no_share_keeps_its_bootstrap_interval() -> None:
    """An equal value of every item says how large it is, and is no count of clusters."""
    found = mean_interval(np.full(4, 3.5), list("aabb"))
    assert (found.low, found.high, found.method) == (3.5, 3.5, "bootstrap")
    profile = layer_profile(np.array([[1.0, 0.2], [1, 0.2]]), ["a", "b"])
    assert profile.methods == ("exact", "bootstrap")
    assert profile.low == pytest.approx([0.025**0.5, 0.2])


def test_one_kind_of_clusters_is_scipys_bootstrap() -> None:
    random = np.random.default_rng(8)
    values = random.normal(size=(20, 3))
    found = mean_interval(values.ravel(), [str(n // 3) for n in range(60)])
    means = values.mean(axis=1)
    theirs = stats.bootstrap((means,), np.mean, method="percentile", rng=random)
    assert found.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert found.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)


def test_an_interval_runs_upwards() -> None:
    with pytest.raises(ValueError, match="expected low first"):
        Interval(2.0, 1.0, 1.5, 0.95, 10, 0)
    with pytest.raises(ValueError, match="expected low first"):
        Profile(np.ones(2), np.zeros(2), np.ones(2), 0.95, 10, 0, ("bootstrap",) * 2)
