"""Attention weights and statistics of heads: what they tell and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from replication.results.attention import (
    Attention,
    HeadStatistic,
    HeadStatistics,
    LayerAttention,
    QueriesAndKeys,
)
from replication.results.provenance import Provenance

SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "a text")
EVEN = np.tri(3) / np.arange(1, 4)[:, None]
LAYERS = Attention(np.stack([[EVEN] * 2, [np.eye(3)] * 2]), ("a", "b", "c"), SOURCE)
OVER_TEXTS = HeadStatistics(
    targets=("itself", "first token"),
    values=np.arange(8.0).reshape(2, 2, 2) / 8,
    uniform=np.array([0.5, 0.25]),
    queries=(3, 4),
    distances=np.zeros(2),
    steps=np.zeros(2),
    texts=("a text",),
    provenance=SOURCE,
)


def test_a_layer_is_one_of_those_there_are() -> None:
    for layer, weights in ((0, EVEN), (1, np.eye(3))):
        found = LAYERS.of_layer(layer)
        assert (found.layer, found.tokens) == (layer, ("a", "b", "c"))
        np.testing.assert_array_equal(found.weights, [weights] * 2)
    for layer in (-1, 2):
        with pytest.raises(ValueError, match=f"no layer {layer}: expected 0 to 1"):
            LAYERS.of_layer(layer)
    with pytest.raises(ValueError, match=r"expected \(heads, 2, 2\)"):
        LayerAttention(LAYERS.weights[0], 0, ("a", "b"), SOURCE)


@pytest.mark.parametrize(
    "row",
    [
        [0.5, 0.4, 0.0],  # sums to less
        [0.5, 0.4, 0.1],  # looks ahead
        [1.5, -0.5, 0.0],
        [np.nan, 0.5, 0.0],
        [0.5, 0.50015, 0.0],
    ],
)
def test_weights_that_are_none_are_refused(row: list[float]) -> None:
    weights = LAYERS.weights.copy()
    weights[1, 1, 1] = row
    with pytest.raises(ValueError, match="sum to 1"):
        replace(LAYERS, weights=weights)


def test_rounding_to_float32_is_no_error() -> None:
    weights = LAYERS.weights.copy()
    weights[1, 1, 1] = [0.5, 0.50005, 0]
    replace(LAYERS, weights=weights)


def test_vectors_fit_their_attention() -> None:
    vectors = np.zeros((2, 2, 3, 4))
    for queries, scaling in ((vectors[:1], np.ones(1)), (vectors[:, :, 1:], np.ones(2))):
        with pytest.raises(ValueError, match=r"do not fit attention over .* \(2, 2, 3\)"):
            QueriesAndKeys(queries, queries, scaling, LAYERS)
    # Which of the two checks comes first depends on the switch in conftest.
    with pytest.raises((ValueError, TypeCheckError)):
        QueriesAndKeys(vectors, vectors, np.ones(1), LAYERS)


def test_excess_is_over_uniform() -> None:
    found = HeadStatistic("itself", np.array([[0.75, 0.25]]), 0.5, 3, SOURCE)
    assert found.excess.tolist() == [[0.25, -0.25]]


def test_statistics_are_found_by_their_target() -> None:
    assert OVER_TEXTS.of("first token").tolist() == [[0.5, 0.625], [0.75, 0.875]]
    with pytest.raises(ValueError, match="unknown target 'word'"):
        OVER_TEXTS.of("word")


def test_statistics_have_a_value_for_each_target_and_layer() -> None:
    with pytest.raises(ValueError, match="do not fit 2 targets and 2 layers"):
        replace(OVER_TEXTS, values=OVER_TEXTS.values[:1], uniform=OVER_TEXTS.uniform[:1])
    with pytest.raises((ValueError, TypeCheckError)):
        replace(OVER_TEXTS, values=OVER_TEXTS.values[:, :1])
