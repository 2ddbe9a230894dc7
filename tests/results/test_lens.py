"""What variants of the lens may say, and from which stage on a word is best."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from replication.results.lens import (
    FORMULAS,
    FormulaVariants,
    PositionGrid,
    Stage,
    Uncertainty,
    WordProbabilities,
)
from replication.results.provenance import Provenance

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", "final", "none", "")
STAGES = (Stage(0, "attention"), Stage(0, "feed-forward"))
RANKS = np.array([[2], [1]])
HALVES = np.full((2, 3), 0.5)


def words(probabilities: np.ndarray = HALVES[:, :1], ranks: np.ndarray = RANKS) -> object:
    return WordProbabilities(probabilities, ranks, STAGES, ("a",), SOURCE)


def positions(probabilities: np.ndarray = HALVES, next_ranks: np.ndarray | None = None) -> object:
    ranks = np.ones((2, 2), int) if next_ranks is None else next_ranks
    best = (("x", "y", "z"),) * 2
    return PositionGrid(best, probabilities, ranks, STAGES, ("a", "b", "c"), SOURCE)


def unsure(entropy: np.ndarray = HALVES, divergence: np.ndarray = HALVES) -> object:
    return Uncertainty(entropy, divergence, STAGES, ("a", "b", "c"), SOURCE)


def formulas(probabilities: np.ndarray = HALVES) -> object:
    ranks = np.ones((2, len(FORMULAS)), int)
    return FormulaVariants("a", probabilities, ranks, False, SOURCE)


def with_one(value: float) -> np.ndarray:
    values = HALVES.copy()
    values[1, 0] = value
    return values


def test_stages_are_named_by_their_layer() -> None:
    assert [str(stage) for stage in STAGES] == ["0 attention", "0"]


@pytest.mark.parametrize("made", [lambda values: words(values[:, :1]), positions, formulas])
def test_probabilities_lie_between_0_and_1(made: Callable[[np.ndarray], object]) -> None:
    for value in (0.0, 1.0, -1e-7):  # the last bits of a sum may be missing
        made(with_one(value))
    for value in (-1e-3, 1.001, np.nan, np.inf):
        with pytest.raises(ValueError, match="probabilities found"):
            made(with_one(value))


@pytest.mark.parametrize("name", ["entropy", "divergence"])
def test_bits_are_finite_and_not_negative(name: str) -> None:
    for value in (0.0, 100.0, -1e-7):
        unsure(**{name: with_one(value)})
    for value in (-1e-3, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"{name} found"):
            unsure(**{name: with_one(value)})


def test_shapes_must_fit_stages_and_tokens() -> None:
    with pytest.raises(ValueError, match=r"ranks of the next tokens of shape \(2, 3\)"):
        positions(next_ranks=np.ones((2, 3), int))
    made: Any = positions()
    with pytest.raises(ValueError, match=r"best tokens .* expected \(2, 3\)"):
        replace(made, best=(("x", "y", "z"), ("x", "y")))
    with pytest.raises(ValueError, match="best tokens"):
        replace(made, best=(("x", "y", "z"),))
    with pytest.raises(ValueError, match=r"entropy of shape \(2, 2\)"):
        unsure(HALVES[:, :2], HALVES[:, :2])
    with pytest.raises(ValueError, match=r"probabilities of shape \(2, 3\)"):
        words(HALVES, np.ones((2, 3), int))


def test_a_gap_is_between_two_words_logits() -> None:
    """Probabilities of logits 3 and 1, whatever else there is: e to the third against e."""
    shares = np.exp([[3.0, 1.0], [0.5, 2.0]]) / 100
    found = WordProbabilities(shares, np.ones((2, 2), int), STAGES, ("a", "b"), SOURCE)
    np.testing.assert_allclose(found.gap("a", "b"), [2, -1.5])
    np.testing.assert_allclose(found.gap("b", "a"), [-2, 1.5])
    with pytest.raises(ValueError, match="'c' was not looked at"):
        found.gap("a", "c")
    none = WordProbabilities(shares * [1, 0], np.ones((2, 2), int), STAGES, ("a", "b"), SOURCE)
    assert np.isposinf(none.gap("a", "b")).all()
