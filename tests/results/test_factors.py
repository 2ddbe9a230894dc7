"""Factors and principal components: what they tell and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from replication.results.factors import Factors, PrincipalComponents, Reach
from replication.results.provenance import Provenance
from replication.results.roles import Role

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", None, "none", "")
FACTORS = Factors(np.array([[0.0, 2, 1], [4, 0, 3]]), (" 1", ",", "a"), 3, (0,), None, SOURCE)


def test_roles_are_those_of_the_tokens() -> None:
    assert FACTORS.roles == (Role.NUMBER, Role.COMMA, Role.WORD)


@pytest.mark.parametrize("value", [-0.001, np.nan, np.inf])
def test_activity_is_finite_and_not_negative(value: float) -> None:
    activity = FACTORS.activity.copy()
    activity[1, 1] = value
    with pytest.raises(ValueError, match="finite and not negative"):
        replace(FACTORS, activity=activity)


def test_activity_has_a_column_for_each_token() -> None:
    with pytest.raises(ValueError, match="does not fit 2 tokens"):
        replace(FACTORS, tokens=("a", "b"))


def test_shares_of_neurons() -> None:
    assert Reach(np.array([[2, 1], [1, 4]]), 8, 0.0).shares.tolist() == [0.25, 0.5]
    weights = np.array([[-1.0, 0, 0, 1], [-1, -1, -1, 0]])
    source = FACTORS.provenance
    found = PrincipalComponents(np.zeros((2, 1)), weights, np.ones(2), ("a",), 1, (0,), source)
    assert found.negative.tolist() == [0.25, 0.75]
