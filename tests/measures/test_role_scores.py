"""Which pattern goes with a role: correlations by hand, and what chance gives."""

from collections import Counter
from itertools import groupby

import numpy as np
import pytest

from replication.measures.role_scores import correlations, elsewhere, role_score

PATTERNS = np.array([[3.0, 3, 3, 3], [0, 2, 0, 2], [0, 1, 1, 2]])
COMMAS = [False, True, False, True]


def test_role_scores_by_hand() -> None:
    found = role_score(PATTERNS, COMMAS)
    assert found.pattern == 1
    assert found.correlation == pytest.approx(1)
    assert found.runner_up == pytest.approx(0.5**0.5)
    alone = role_score(PATTERNS[1:2], [True, False, True, False])
    assert alone.correlation == pytest.approx(-1)
    assert alone.runner_up is None
    among = role_score(PATTERNS, [True, True, False, True], among=[False, True, True, True])
    assert among.correlation == pytest.approx(1)


def test_correlations_are_pearsons_for_each_pattern_and_each_deal() -> None:
    random = np.random.default_rng(0)
    patterns, deals = (
        random.random((3, 6)) * [[1], [5], [9]] + [[0], [7], [2]],
        random.random((2, 6)) < 0.5,
    )
    expected = np.corrcoef(patterns, deals)[:3, 3:]
    np.testing.assert_allclose(correlations(patterns, deals), expected)
    flat = correlations(np.full((1, 6), 0.5), deals)
    assert flat.tolist() == [[0, 0]]


def test_the_first_of_two_equal_patterns_is_named() -> None:
    found = role_score(np.repeat(PATTERNS[1:2], 20, axis=0), COMMAS)
    assert found.pattern == 0
    assert found.runner_up == pytest.approx(found.correlation)


def test_one_place_of_four_is_not_above_chance() -> None:
    """One token of four has the role, and one place in four is its own; of forty, one in forty."""
    one_of_four = role_score(np.eye(1, 4), np.eye(1, 4, dtype=bool)[0])
    assert one_of_four.correlation == pytest.approx(1)
    assert one_of_four.chance_95 == pytest.approx(1)
    assert (one_of_four.p_value, one_of_four.places) == (0.25, 4)
    one_of_forty = role_score(np.eye(1, 40), np.eye(1, 40, dtype=bool)[0])
    assert one_of_forty.chance_95 == pytest.approx(-1 / 39)
    assert (one_of_forty.p_value, one_of_forty.places) == (1 / 40, 40)


def test_a_role_of_one_run_is_shifted_to_every_other_place() -> None:
    found = elsewhere(np.array([True, True, False, False, False]), 1000, 0).tolist()
    assert found == [
        [False, True, True, False, False],
        [False, False, True, True, False],
        [False, False, False, True, True],
        [True, False, False, False, True],
    ]
    over_the_end = elsewhere(np.array([True, False, False, True]), 1000, 0)
    assert len(over_the_end) == 3
    assert {tuple(place) for place in over_the_end} == {
        (True, True, False, False),
        (False, True, True, False),
        (False, False, True, True),
    }


def test_runs_are_kept_whole_and_every_arrangement_is_as_likely() -> None:
    """A run of two and one of one in six tokens: 6 starts for the one, 4 for the other, less those
    where they touch, are counted on the circle: 6 * 4 ways of laying, of which the two that touch
    at one end or the other look alike in sixes.
    """
    has = np.array([True, True, False, True, False, False])
    found = elsewhere(has, 24_000, 0)
    assert (found.sum(axis=1) == 3).all()
    counts = Counter(map(tuple, found))
    touching = [place for place in counts if max(run_lengths(place)) == 3]
    apart = [place for place in counts if max(run_lengths(place)) == 2]
    assert (len(touching), len(apart)) == (6, 12)
    assert all(abs(counts[place] - 2000) < 250 for place in touching)
    assert all(abs(counts[place] - 1000) < 200 for place in apart)


def run_lengths(place: tuple[bool, ...]) -> list[int]:
    """Of the runs of a role round a circle."""
    start = place.index(False)
    turned = (*place[start:], *place[:start])
    return [len(list(run)) for has, run in groupby(turned) if has]


def test_a_stretch_is_no_finding_where_any_stretch_is_shown() -> None:
    """Smooth waves go with some third of a text wherever it lies; shuffled tokens hide that."""
    tokens = np.arange(120)
    waves = np.array([1 + np.cos(2 * np.pi * (tokens / 120 - phase / 6)) for phase in range(6)])
    third = (tokens >= 30) & (tokens < 70)
    found = role_score(waves, third)
    assert found.correlation > 0.7
    assert found.p_value > 0.05
    shuffled = np.random.default_rng(0).permuted(np.tile(third, (1000, 1)), axis=1)
    singly = np.quantile(correlations(waves, shuffled).max(axis=0), 0.95)
    assert singly < 0.4
    portion = role_score(waves, third, whole_runs=False)
    assert portion.p_value < 0.05  # that stretches hang together is shown
    assert portion.chance_95 == pytest.approx(singly, abs=0.05)
    alone = role_score(third[None].astype(float), third)
    assert (alone.p_value, alone.places) == (1 / 120, 120)


def test_a_text_that_repeats_itself_can_be_asked() -> None:
    """Commas and numbers by turns, a pattern for each. Shifted as a whole the commas lie on the
    numbers or on themselves, and for both a pattern is as good. Dealt anew they lie elsewhere.
    """
    comma = np.arange(30) % 2 == 0
    activity = np.array([comma, ~comma]).astype(float) + 0.05 * np.cos(np.arange(30))
    whole = np.array([np.roll(comma, shift) for shift in range(1, 30)])
    assert correlations(activity, whole).max(axis=0).min() > 0.99
    found = role_score(activity, comma)
    assert found.pattern == 0
    assert found.chance_95 < 0.5
    assert found.p_value == 1 / 1001
    drift = role_score(np.arange(30.0)[None], comma)
    assert drift.p_value > 0.05


def test_what_chance_gives_a_role_of_single_tokens() -> None:
    """Against a normal approximation: of one random factor, about 1.645 / sqrt(tokens - 1)."""
    random = np.random.default_rng(0)
    one, role = random.random((1, 400)), np.arange(400) % 2 == 0
    assert role_score(one, role).chance_95 == pytest.approx(1.645 / 399**0.5, rel=0.15)
    many = random.random((20, 400))
    assert role_score(many, role).chance_95 > role_score(one, role).chance_95


def test_patterns_that_know_nothing_are_above_chance_one_time_in_twenty() -> None:
    random = np.random.default_rng(7)
    role = np.zeros(60, bool)
    role[[3, 4, 5, 20, 21, 40]] = True
    found = [role_score(random.random((4, 60)), role, shifts=200).p_value for _ in range(300)]
    assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.09


def test_the_seed_alone_decides_and_is_0() -> None:
    patterns, role = np.random.default_rng(1).random((2, 30)), np.arange(30) % 7 < 3
    first = role_score(patterns, role)
    assert first == role_score(patterns, role, shifts=1000, seed=0)
    assert first.chance_95 != role_score(patterns, role, seed=1).chance_95


def test_role_scores_refuse_a_role_that_all_or_none_have() -> None:
    for role in ([True] * 4, [False] * 4):
        with pytest.raises(ValueError, match="of 4 tokens have the role"):
            role_score(PATTERNS, role)
    with pytest.raises(ValueError, match="3 and 4 values given for 4 tokens"):
        role_score(PATTERNS, [True, True, False])
    with pytest.raises(ValueError, match="4 and 5 values given for 4 tokens"):
        role_score(PATTERNS, COMMAS, among=[True] * 5)
