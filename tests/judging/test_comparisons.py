"""Comparisons by hand: single values at their bounds, and shares over many items, whose interval
decides.
"""

from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from replication.articles.thresholds import FAMILY
from replication.base.resampling import RESAMPLES
from replication.judging.comparisons import agrees, at_most, crossing_of, less, more, mostly
from replication.judging.parts import Part, at_depth
from replication.results.untestable import NotTestable

TWELVE = list("abcdefghijkl") * 2
TEN = list("aabbbb") + list("ccdddd") + list("eeffff") + list("gghhhh") + list("iijjjj")
"""Five clusters of two items and five of four."""
OF_FOUR = np.array(([False] * 2 + [True] * 4) * 5)


@pytest.mark.parametrize(
    ("part", "holds", "margin"),
    [
        (less("", 1, 12, "ranks"), True, 11),
        (less("", 12, 12, "ranks"), False, 0),
        (at_most("", 12, 12, "ranks"), True, 0),
        (at_most("", 13, 12, "ranks"), False, -1),
        (more("", 3, 1, "ranks"), True, 2),
        (more("", 1, 1, "ranks"), False, 0),
        (agrees("", 0.5979, 0.598, 0.0005, "probability"), True, 0.0004),
        (agrees("", 0.6, 0.598, 0.0005, "probability"), False, -0.0015),
        (agrees("", 0.1775, 0.177, 0.0005, "probability"), True, 0),  # the half itself is rounding
        (agrees("", 3, 2, 1, "ranks"), True, 0),
        (agrees("", 1, 3, 1, "ranks"), False, -1),
    ],
)
def test_hand_worked_parts(part: Part, holds: bool, margin: float) -> None:
    assert part.holds is holds
    assert part.margin == pytest.approx(margin, abs=1e-12)


@pytest.mark.parametrize("compare", [less, at_most, more])
def test_what_is_not_a_number_is_no_finding(compare: object) -> None:
    with pytest.raises(ValidationError, match="finite"):
        compare("", float("nan"), 1, "ranks")  # type: ignore[operator]


def test_what_holds_for_every_item() -> None:
    part = mostly("share of items", np.ones(24, bool), TWELVE)
    assert (part.measured, part.relation, part.bound, part.unit) == (1, ">", 0.5, "share")
    spread = part.spread
    assert spread is not None
    # All draws agree, so the interval is Clopper and Pearson's of 12 clusters in 12.
    assert spread.low == pytest.approx(0.025 ** (1 / 12))
    assert (spread.high, spread.items, spread.method) == (1, 24, "exact")
    assert part.holds
    assert part.margin == pytest.approx(0.025 ** (1 / 12) - 0.5)
    # Of 12 coins, 12 are below 0.05 / 20, and 11 are not: a cluster has to turn, by one of its two.
    assert spread.flips == 1
    assert (spread.clusters, spread.clusters_holding) == (12, 12)
    assert spread.p_value == pytest.approx(1 / 2**12)
    assert spread.p_corrected == pytest.approx(FAMILY / 2**12)
    assert (spread.resamples, spread.seed) == (RESAMPLES, 0)
    assert (spread.effect, spread.effect_unit, spread.standardized) == (None, None, None)
    assert spread.profile is None


def test_most_items_are_not_enough_where_the_interval_is_not() -> None:
    """Twenty of thirty items, but of five clusters in ten: of the ten drawn, 2 to 8 are such."""
    part = mostly("share", OF_FOUR, TEN)
    assert part.measured == pytest.approx(20 / 30)
    spread = part.spread
    assert spread is not None
    assert (spread.low, spread.high) == pytest.approx((8 / 24, 32 / 36))
    assert not part.holds
    assert part.margin == pytest.approx(8 / 24 - 0.5)
    assert spread.clusters_holding == 5
    assert spread.p_value == pytest.approx(float(Fraction(638, 1024)))
    assert spread.p_corrected == 1


def test_the_interval_is_not_enough_where_the_corrected_test_is_not() -> None:
    """Nine of ten clusters: a coin does it in 11 of 1024 cases, and many findings are tested."""
    clusters = [str(number) for number in range(10)]
    part = mostly("share", np.arange(10) > 0, clusters)
    assert part.spread is not None
    assert part.spread.low > 0.5
    assert part.spread.p_corrected == pytest.approx(FAMILY * 11 / 1024)
    assert not part.holds
    assert mostly("share", np.ones(10, bool), clusters).holds


def test_one_half_of_each_cluster_is_not_most() -> None:
    part = mostly("share", np.arange(24) < 12, TWELVE)  # each letter once with and once without
    assert (part.measured, part.holds) == (0.5, False)
    assert part.spread is not None
    assert part.spread.low < 0.5 < part.spread.high
    assert (part.spread.clusters_holding, part.spread.p_value) == (0, 1)  # ties do not hold


def test_a_share_below_one_half_fails_however_sure() -> None:
    part = mostly("share", np.zeros(24, bool), TWELVE)
    assert (part.holds, part.margin) == (False, -0.5)
    assert part.spread is not None
    assert part.spread.high == pytest.approx(1 - 0.025 ** (1 / 12))
    assert part.spread.flips is None  # far from turning


def test_effects_are_means_of_clusters() -> None:
    values = np.array([1.0, 3, 4, 4, 4, 4] * 5)  # means 2 and 4: mean 3, variance 10 / 9
    part = mostly("share", values > 0, TEN, values=values, values_unit="logits")
    spread = part.spread
    assert spread is not None
    assert (spread.effect, spread.effect_unit) == (3, "logits")
    assert spread.standardized == pytest.approx(3 / (10 / 9) ** 0.5)
    alike = mostly("share", values > 0, TEN, values=np.ones(30), values_unit="logits").spread
    assert alike is not None
    assert (alike.effect, alike.standardized) == (1, None)
    with pytest.raises(ValueError, match="1 values are not finite"):
        mostly("share", values > 0, TEN, values=np.array([np.nan, *values[1:]]))


def test_the_share_after_every_layer() -> None:
    by_layer = np.stack([OF_FOUR, np.ones(30, bool), np.zeros(30, bool)], axis=1)
    part = mostly("share", by_layer[:, 1], TEN, by_layer=by_layer)
    assert part.spread is not None
    profile = part.spread.profile
    assert profile is not None
    assert profile.estimate == pytest.approx((4 / 6, 1, 0))
    exact = 0.025 ** (1 / 10)
    assert profile.low == pytest.approx((8 / 24, exact, 0))
    assert profile.high == pytest.approx((32 / 36, 1, 1 - exact))


@pytest.mark.parametrize("clusters", [[], ["key"] * 3, list("abcdefgh")])
def test_too_little_left_is_not_testable(clusters: list[str]) -> None:
    """Eight of eight coins, times the number of findings, is not below the level."""
    told = f"plurals: {len(clusters)} items of {len(set(clusters))} clus"
    with pytest.raises(NotTestable, match=told):
        mostly("plurals", np.ones(len(clusters), bool), clusters)


def test_a_crossing_is_the_median_depth_with_an_interval_over_clusters() -> None:
    """Clusters of one depth each: draws are aa, ab, ba and bb, so the interval has both ends."""
    depths = np.array([0.5, 0.5, 0.5, 0.7])
    found = crossing_of("the right verb leads", depths, list("aabb"), article=1.0)
    assert (found.estimate, found.low) == (0.5, 0.5)
    assert found.high == pytest.approx(0.6)
    assert (found.never, found.items, found.article) == (0, 4, 1)
    alone = crossing_of("it leads", np.array([1.2]))
    assert (alone.estimate, alone.low, alone.high, alone.never) == (1.2, None, None, 1)
    assert at_depth(less("a", 1, 2, "depth"), alone).crossing == alone


def test_a_crossing_has_no_width_only_where_six_clusters_agree() -> None:
    """Of five clusters with one depth nothing is known of the next five; no depth is before 0."""
    five = crossing_of("it leads", np.full(5, 0.9), list("abcde"))
    assert (five.low, five.high, five.method) == (0, 1, "exact")
    six = crossing_of("it leads", np.full(6, 0.9), list("abcdef"))
    assert (six.low, six.high, six.method) == (0.9, 0.9, "exact")
    never = crossing_of("it leads", np.full(2, 7 / 6), list("ab"))
    assert (never.low, never.high) == (0, 7 / 6)
