"""What a set could have shown, and how near a verdict is to turning, by hand and by trying all."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from replication.base.firmness import detectable_share, flips_to_turn, most_hold
from replication.base.intervals import mean_interval
from replication.base.significance import cluster_majority


def test_power_by_hand() -> None:
    """Of five clusters all must hold (1 in 32); a share s does so with chance s ** 5."""
    assert detectable_share(5, 0.05) == pytest.approx(0.8**0.2)
    assert detectable_share(5, 0.05, power=0.5) == pytest.approx(0.5**0.2)
    assert detectable_share(5, 1 / 32) is None  # the p-value must be below the level
    assert detectable_share(4, 0.05) is None


def test_power_is_what_drawing_gives() -> None:
    share = detectable_share(30, 0.005)
    assert share is not None
    counts = np.random.default_rng(0).binomial(30, share, size=4000)
    found = [stats.binomtest(int(k), 30, 0.5, alternative="greater").pvalue for k in counts]
    assert np.mean(np.array(found) < 0.005) == pytest.approx(0.8, abs=0.02)
    more = detectable_share(300, 0.005)
    assert more is not None
    assert 0.5 < more < share < 1


@pytest.mark.parametrize(
    ("clusters", "level", "power"), [(0, 0.1, 0.8), (5, 1.0, 0.8), (5, 0.1, 0.0)]
)
def test_power_takes_numbers_that_can_be(clusters: int, level: float, power: float) -> None:
    with pytest.raises(ValueError, match="expected at least one cluster, and shares"):
        detectable_share(clusters, level, power)


def fewest(holds: np.ndarray, decide: object) -> int | None:
    """The fewest flips of any items that turn a verdict, by trying all."""
    for count in range(1, len(holds) + 1):
        for places in combinations(range(len(holds)), count):
            changed = holds.copy()
            changed[list(places)] ^= True
            if decide(changed) != decide(holds):  # type: ignore[operator]
                return count
    return None


def test_flips_by_hand() -> None:
    """More than half of five, of which four hold: two must fail; of one, two must come."""
    holds, apart = np.array([True] * 4 + [False]), list("abcde")

    def most(given: np.ndarray) -> bool:
        return bool(given.mean() > 0.5)

    assert flips_to_turn(holds, apart, most) == 2
    assert flips_to_turn(~holds, apart, most) == 2
    assert flips_to_turn(holds, apart, lambda given: True) is None


def test_flips_turn_votes_where_they_are_cheapest() -> None:
    """Votes of a (2 of 3), b (3 of 3) and c (3 of 3): two of three clusters are enough, so two must
    fall. In a one item does it, in b two.
    """
    holds = np.array([True, True, False, True, True, True, True, True, True])
    clusters = list("aaabbbccc")
    assert flips_to_turn(holds, clusters, lambda h: cluster_majority(h, clusters).holding >= 2) == 3


@pytest.mark.parametrize("clusters", ["aabbccdd", "aabbcdef", "abcdefgh"])
def test_flips_are_the_fewest_that_trying_all_finds(clusters: str) -> None:
    names = list(clusters)
    rules = (
        lambda h: cluster_majority(h, names).p_value < 0.2,
        most_hold(names, names, 0.07, resamples=200),
    )
    random = np.random.default_rng(4)
    for rule, _ in product(rules, range(6)):
        holds = random.random(8) < 0.7
        assert flips_to_turn(holds, names, rule) == fewest(holds, rule)


def test_the_rule_for_most_is_the_interval_and_the_test() -> None:
    crossed = [(str(n // 4), str(n % 4 + n // 20)) for n in range(40)]
    random = np.random.default_rng(1)
    rule = most_hold(crossed, crossed, 0.05, resamples=500)
    answers = set()
    for share in (0.4, 0.6, 0.75, 0.9, 1):
        holds = random.random(40) < share
        interval = mean_interval(holds.astype(float), crossed, resamples=500)
        expected = interval.low > 0.5 and cluster_majority(holds, crossed).p_value < 0.05
        assert rule(holds) == expected
        answers.add(expected)
    assert answers == {True, False}
    assert not most_hold(crossed, crossed, 1e-4, resamples=500)(np.ones(40, bool))
