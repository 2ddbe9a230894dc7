"""Attention: statistics of heads by hand, and weights from the vectors behind them."""

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from jaxtyping import Float

from replication.measures.attention import (
    head_differences,
    neighbour_differences,
    on_delimiter,
    on_first_token,
    on_previous_token,
    on_same_word,
)
from replication.measures.attention_weights import attention_of, queries_and_keys
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.attention import Attention, HeadStatistic, QueriesAndKeys
from replication.results.provenance import Provenance

SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "a text")
STATISTICS = (on_first_token, on_previous_token, on_delimiter, on_same_word)
TOKENS = (" A", " b", ",", " B", ".")
HEADS = [
    [
        [1, 0, 0, 0, 0],
        [0.5, 0.5, 0, 0, 0],
        [0.2, 0.3, 0.5, 0, 0],
        [0.1, 0.2, 0.3, 0.4, 0],
        [0.1, 0.2, 0.3, 0.15, 0.25],
    ],
    [
        [1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 0.6, 0.4, 0],
    ],
]


def attention(layers: object, tokens: tuple[str, ...] = TOKENS) -> Attention:
    return Attention(np.array(layers, dtype=np.float32), tokens, SOURCE)


def uniform(tokens: tuple[str, ...]) -> Attention:
    count = len(tokens)
    return attention([[np.tri(count) / np.arange(1, count + 1)[:, None]] * 2], tokens)


@pytest.mark.parametrize(
    ("statistic", "values", "expected", "queries"),
    [
        (on_first_token, [0.9 / 4, 2 / 4], (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 4, 4),
        (on_previous_token, [0.75 / 3, 0.4 / 3], (1 / 3 + 1 / 4 + 1 / 5) / 3, 3),
        (on_delimiter, [0.6 / 2, 0.6 / 2], (1 / 4 + 1 / 5) / 2, 2),
        (on_same_word, [0.2, 1], 1 / 4, 1),
    ],
)
def test_what_heads_attend_to_by_hand(
    statistic: Callable[[Attention], HeadStatistic],
    values: list[float],
    expected: float,
    queries: int,
) -> None:
    found = statistic(attention([HEADS, HEADS[::-1]]))
    np.testing.assert_allclose(found.values, [values, values[::-1]], atol=1e-6)
    assert found.uniform == pytest.approx(expected)
    assert found.queries == queries
    np.testing.assert_allclose(found.excess, found.values - expected)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_uniform_attention_exceeds_nothing(
    statistic: Callable[[Attention], HeadStatistic],
) -> None:
    found = statistic(uniform((*TOKENS, "\n", " b", "b", " \n")))
    np.testing.assert_allclose(found.excess, 0, atol=1e-6)


def test_the_first_position_is_no_word_and_no_delimiter() -> None:
    rows = [[1, 0, 0, 0], [1, 0, 0, 0], [0.9, 0, 0.1, 0], [0.5, 0.3, 0.2, 0]]
    found = on_delimiter(attention([[rows]], (",", "x", ",", "y")))
    assert found.queries == 1
    assert found.values.item() == pytest.approx(0.2)
    found = on_same_word(attention([[rows]], ("x", "x", "y", " X")))
    assert found.queries == 1
    assert found.values.item() == pytest.approx(0.3)


def test_delimiters_and_words_are_told_by_their_text() -> None:
    tokens = ("<", ".\n", " ", "3.1", "", "- ", "-", "a", "É", " é", "!?")
    found = on_delimiter(uniform(tokens))
    assert found.queries == 9  # ".\n" alone stands before others: not spaces, "3.1" or nothing
    assert found.uniform == pytest.approx(sum(1 / n for n in range(3, 12)) / 9)
    found = on_same_word(uniform(tokens))
    assert found.queries == 1  # é; no dash, no space
    assert found.uniform == pytest.approx(1 / 10)


def test_texts_without_a_target_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\('x', ' y'\) can attend to 'delimiter'"):
        on_delimiter(uniform(("x", " y")))
    with pytest.raises(ValueError, match="'same word'"):
        on_same_word(uniform(("x", " y")))
    with pytest.raises(ValueError, match="'first token'"):
        on_first_token(uniform(("x",)))
    with pytest.raises(ValueError, match="'previous token'"):
        on_previous_token(uniform(("x", "y")))


def test_how_heads_differ_by_hand() -> None:
    first = [[1, 0, 0], [1, 0, 0], [1, 0, 0]]
    other = [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]]
    half = math.sqrt((math.log2(4 / 3) + math.log2(2 / 3) / 2 + 1 / 2) / 2)
    apart = (1 + half) / 2  # the second query's distance is 1, the third's is half
    found = head_differences(attention([[first, first, other], [other] * 3], ("a", "b", "c")))
    np.testing.assert_allclose(found.distances, [2 / 3 * apart, 0], atol=1e-7)
    assert (found.queries, found.uniform) == (2, 0)


def test_heads_that_are_all_but_alike_have_a_distance() -> None:
    rows = np.tril(np.random.default_rng(0).uniform(1, 2, (40, 40)))
    rows /= rows.sum(-1, keepdims=True)
    nearly = rows * (1 + 1e-9 * np.sin(np.arange(40)))
    weights = np.array([[rows, nearly]])
    found = head_differences(Attention(weights, ("x",) * 40, SOURCE))
    assert 0 <= found.distances.item() < 1e-6


def test_two_heads_over_two_tokens_can_differ() -> None:
    found = head_differences(attention([[[[1, 0], [1, 0]], [[1, 0], [0, 1]]]], ("a", "b")))
    assert (found.distances.tolist(), found.queries) == ([1], 1)


def test_one_head_differs_from_none() -> None:
    with pytest.raises(ValueError, match="1 heads over 5 tokens"):
        head_differences(attention([HEADS[:1]]))
    with pytest.raises(ValueError, match="2 heads over 1 tokens"):
        head_differences(uniform(("x",)))


@pytest.mark.parametrize(
    "weights",
    [
        [[[[1, 0], [0.5, 0.4]]]],  # sum
        [[[[0, 1], [0.5, 0.5]]]],  # ahead
        [[[[1, 0], [1.5, -0.5]]]],  # negative
        [[[[1, 0], [math.nan, 0.5]]]],
    ],
)
def test_weights_that_are_none_are_refused(weights: object) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        attention(weights, ("a", "b"))


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 2, 5, 5\) do not fit 2 tokens"):
        attention([HEADS], ("a", "b"))
    made, vectors = attention([HEADS]), np.zeros((1, 2, 5, 3))
    with pytest.raises(ValueError, match=r"do not fit attention over .* \(1, 2, 5\)"):
        QueriesAndKeys(vectors[:, :, 1:], vectors[:, :, 1:], np.ones(1), made)
    with pytest.raises(ValueError, match=r"scaling of shapes .* \(2,\)"):
        QueriesAndKeys(np.zeros((2, 2, 5, 3)), np.zeros((2, 2, 5, 3)), np.ones(2), made)


def softmax_of(vectors: QueriesAndKeys, window: int) -> Float[np.ndarray, "layer head query key"]:
    """Attention computed again; odd layers are not limited to a window."""
    products = vectors.queries @ vectors.keys.swapaxes(-1, -2)
    logits = products * vectors.scaling[:, None, None, None]
    count = logits.shape[-1]
    distance = np.arange(count)[:, None] - np.arange(count)
    logits[..., distance < 0] = -np.inf
    logits[::2][..., distance >= window] = -np.inf
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_queries_and_keys_give_the_recorded_attention(model: LanguageModel) -> None:
    vectors = queries_and_keys(model, tiny.TEXT)
    plain = attention_of(model, record(model, tiny.TEXT, attention=True))
    np.testing.assert_array_equal(vectors.attention.weights, plain.weights)
    window = 8 if model.name == "tiny-gemma3_text" else 1000
    np.testing.assert_allclose(softmax_of(vectors, window), plain.weights, atol=1e-5)
    assert len(plain.tokens) > 3 * 8  # longer than the window
    assert vectors.queries.shape == (tiny.LAYERS, 2, len(plain.tokens), 8)
    assert plain.provenance == model.provenance(tiny.TEXT, None)
    shared = np.array_equal(vectors.keys[:, 0], vectors.keys[:, 1])
    assert shared == (model.name != "tiny-gpt2")  # the others have one key head for two


def test_a_key_that_heads_share_is_repeated_for_each() -> None:
    model = tiny.model("llama")
    config = copy.deepcopy(model.network.config)
    config.num_attention_heads, config.num_key_value_heads = 4, 2
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = type(model.network)(config).eval()
    grouped = replace(model, network=network)
    vectors = queries_and_keys(grouped, tiny.TEXT)
    np.testing.assert_allclose(softmax_of(vectors, 1000), vectors.attention.weights, atol=1e-5)
    np.testing.assert_array_equal(vectors.keys[:, 0], vectors.keys[:, 1])
    assert not np.allclose(vectors.keys[:, 1], vectors.keys[:, 2])


def test_what_is_measured_can_travel_between_processes(model: LanguageModel) -> None:
    vectors = queries_and_keys(model, "The keys")
    again = pickle.loads(pickle.dumps(vectors))
    np.testing.assert_array_equal(again.keys, vectors.keys)
    assert isinstance(again.attention.weights, np.ndarray)


def test_the_network_is_left_as_it_was(model: LanguageModel) -> None:
    with pytest.raises(ModelError, match="the prompt is empty"):
        queries_and_keys(model, "")
    assert model.network.config._attn_implementation == "eager"
    queries_and_keys(model, "The keys")
    assert model.network.config._attn_implementation == "eager"


def test_attention_that_was_not_recorded_is_asked_for() -> None:
    model = tiny.model("gpt2")
    with pytest.raises(ValueError, match="attention=True"):
        attention_of(model, record(model, "The keys"))


def test_what_a_head_sees_changes_from_token_to_token() -> None:
    """By hand: heads that rest change nothing; those that look at the token before change all."""
    rest = [[1.0, 0, 0, 0]] * 4
    before = [[1.0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    half = [[1.0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    tokens = (" a", " b", " c", " d")
    found = neighbour_differences(attention([[rest, before], [rest, half]], tokens))
    np.testing.assert_allclose(found.distances, [1 / 2, 1 / 4])
    assert found.queries == 2
    even = neighbour_differences(uniform(tokens))
    np.testing.assert_allclose(even.distances, even.uniform, atol=1e-6)
    with pytest.raises(ValueError, match="2 tokens: expected at least 3"):
        neighbour_differences(uniform((" a", " b")))
