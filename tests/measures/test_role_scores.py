"""Which pattern goes with a role: correlations by hand, and what chance gives."""

import numpy as np
import pytest

from replication.measures.role_scores import correlations, role_score

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


def test_what_a_quarter_of_shuffles_reaches_is_not_above_chance() -> None:
    """One token of four has the role, and one shuffle in four deals it to the same; of forty, one
    in forty does, which is less than one in twenty.
    """
    one_of_four = role_score(np.eye(1, 4), np.eye(1, 4, dtype=bool)[0])
    assert one_of_four.correlation == pytest.approx(1)
    assert one_of_four.shuffled_95 == pytest.approx(1)
    assert not one_of_four.above_chance
    one_of_forty = role_score(np.eye(1, 40), np.eye(1, 40, dtype=bool)[0])
    assert one_of_forty.shuffled_95 == pytest.approx(-1 / 39)
    assert one_of_forty.above_chance


def test_shuffled_roles_say_what_chance_gives() -> None:
    """Against a normal approximation: of one random factor, about 1.645 / sqrt(tokens - 1)."""
    random = np.random.default_rng(0)
    one, role = random.random((1, 400)), random.random(400) < 0.5
    assert role_score(one, role).shuffled_95 == pytest.approx(1.645 / 399**0.5, rel=0.15)
    many = random.random((20, 400))
    assert role_score(many, role).shuffled_95 > role_score(one, role).shuffled_95


def test_the_seed_alone_decides_and_is_0() -> None:
    patterns, role = np.random.default_rng(1).random((2, 30)), np.arange(30) < 9
    first = role_score(patterns, role)
    assert first == role_score(patterns, role, shuffles=1000, seed=0)
    assert first.shuffled_95 != role_score(patterns, role, seed=1).shuffled_95


def test_role_scores_refuse_a_role_that_all_or_none_have() -> None:
    for role in ([True] * 4, [False] * 4):
        with pytest.raises(ValueError, match="of 4 tokens have the role"):
            role_score(PATTERNS, role)
    with pytest.raises(ValueError, match="3 and 4 values given for 4 tokens"):
        role_score(PATTERNS, [True, True, False])
    with pytest.raises(ValueError, match="4 and 5 values given for 4 tokens"):
        role_score(PATTERNS, COMMAS, among=[True] * 5)
