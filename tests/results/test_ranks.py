"""Grids of ranks and lists of the best tokens: what they tell and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopGrid, TopTokens
from replication.results.roles import Role

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", "final", "none", "")
GRID = RankGrid(np.array([[1, 9, 3], [10, 2, 4]]), (" 1", ",", " 2"), "continuation", 10, SOURCE)
TOP = TopTokens((("a", "b"), ("b", "c")), np.array([[0.6, 0.3], [0.5, 0.4]]), "b", SOURCE)
DETAILS = TopGrid(((("a", "b"),) * 3,) * 2, np.full((2, 3, 2), 0.5), SOURCE)


def test_columns_by_role_and_by_token() -> None:
    assert GRID.layers == 2
    assert GRID.roles == (Role.NUMBER, Role.COMMA, Role.NUMBER)
    assert GRID.of_role(Role.NUMBER).tolist() == [[1, 3], [10, 4]]
    assert GRID.of_role(Role.NUMBER, Role.COMMA).tolist() == GRID.ranks.tolist()
    assert GRID.of_role(Role.WORD).shape == (2, 0)
    assert GRID.of_token(",").tolist() == [9, 2]
    with pytest.raises(ValueError, match="'x' occurs 0 times"):
        GRID.of_token("x")
    with pytest.raises(ValueError, match="' 1' occurs 2 times"):
        replace(GRID, tokens=(" 1", ",", " 1")).of_token(" 1")


@pytest.mark.parametrize("rank", [0, 11])
def test_ranks_run_from_1_to_the_vocabulary(rank: int) -> None:
    with pytest.raises(ValueError, match=r"ranks run from .* expected 1 to 10"):
        replace(GRID, ranks=np.array([[1, 2, 10], [1, 2, rank]]))


def test_a_grid_may_have_no_token_and_has_a_column_for_each() -> None:
    assert replace(GRID, ranks=np.ones((2, 3), int)).ranks.max() == 1  # all are the best
    assert replace(GRID, ranks=np.ones((2, 0), int), tokens=()).layers == 2
    for ranks in (np.ones((3, 2), int), np.ones((2, 4), int)):
        with pytest.raises(ValueError, match="do not fit 3 tokens"):
            replace(GRID, ranks=ranks)


def test_candidates_are_counted_from_1() -> None:
    assert TOP.layers == 2
    assert [TOP.rank(layer, "b") for layer in (0, 1)] == [2, 1]
    assert [TOP.probability(layer, "b") for layer in (0, 1)] == [0.3, 0.5]
    assert TOP.rank(1, "a") is None
    assert TOP.probability(1, "a") is None


@pytest.mark.parametrize("tokens", [(("a", "b"),), (("a", "b"), ("b",)), (("a", "b"),) * 3])
def test_every_layer_has_as_many_candidates(tokens: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"probabilities of shape \(2, 2\) do not fit"):
        replace(TOP, tokens=tokens)


@pytest.mark.parametrize(
    "tokens",
    [
        ((("a", "b"),) * 3,),
        ((("a", "b"),) * 2,) * 2,
        ((("a",),) * 3,) * 2,
        ((("a", "b"),) * 3, (("a", "b"), ("a", "b"), ("a",))),
        ((("a", "b"),) * 3, (("a", "b"),) * 2),
    ],
)
def test_every_cell_has_as_many_candidates(tokens: tuple[tuple[tuple[str, ...], ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"do not fit probabilities of shape \(2, 3, 2\)"):
        replace(DETAILS, tokens=tokens)


def test_probabilities_of_cells_lie_between_0_and_1() -> None:
    for value in (0.0, 1.0, 1 + 1e-7):  # the last bits of a softmax in float32
        replace(DETAILS, probabilities=np.full((2, 3, 2), value))
    for value in (-0.001, 1.001):
        probabilities = DETAILS.probabilities.copy()
        probabilities[1, 2, 0] = value
        with pytest.raises(ValueError, match="between 0 and 1"):
            replace(DETAILS, probabilities=probabilities)
