"""Questions about attention: of all layers, of one at a depth, over several texts."""

import numpy as np
import pytest
import tiny

from replication.measures.attention_weights import attention_of, queries_and_keys
from replication.measures.heads import over_texts
from replication.measures.record import record
from replication.models.language_model import LanguageModel
from replication.questions.attention import (
    SENTENCES,
    AttentionOf,
    HeadsOver,
    LayerAttentionOf,
    QueriesAndKeysOf,
)
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.results.untestable import NotTestable

TEXT = Text("The keys to the cabinet")


def test_weights_queries_and_keys_are_the_librarys(model: LanguageModel) -> None:
    reader = Reader(model)
    expected = attention_of(model, record(model, TEXT.prompt, attention=True))
    np.testing.assert_array_equal(
        AttentionOf(TEXT).measure(reader, "none").weights, expected.weights
    )
    found = QueriesAndKeysOf(TEXT).measure(reader, "none")
    assert found.attention.tokens == expected.tokens
    np.testing.assert_allclose(found.keys, queries_and_keys(model, TEXT.prompt).keys, atol=1e-6)


def test_every_question_reads_what_follows_the_prompt(model: LanguageModel) -> None:
    for text in (Text("The keys", " to the"), Text("The keys", generate=3)):
        reader = Reader(model)
        tokens = reader.recording(text).tokens
        assert len(tokens) > len(model.encode("The keys", start=True))
        assert AttentionOf(text).measure(reader, "none").tokens == tokens
        assert LayerAttentionOf(text).measure(reader, "none").tokens == tokens
        assert QueriesAndKeysOf(text).measure(reader, "none").attention.tokens == tokens


@pytest.mark.parametrize(("depth", "layer"), [(0.1, 0), (0.5, 1), (0.51, 2), (1.0, 3)])
def test_the_layer_at_a_depth(depth: float, layer: int) -> None:
    reader = Reader(tiny.model("gpt2"))
    found = LayerAttentionOf(TEXT, depth).measure(reader, "none")
    assert found.layer == layer
    whole = AttentionOf(TEXT).measure(reader, "none").weights
    np.testing.assert_array_equal(found.weights, whole[layer])


@pytest.mark.parametrize("depth", [0.0, 1.1, -1.0])
def test_no_layer_is_at_such_a_depth(depth: float) -> None:
    with pytest.raises(ValueError, match=f"depth {depth} was asked for: expected above 0"):
        LayerAttentionOf(TEXT, depth)


def test_heads_are_looked_at_over_several_texts(model: LanguageModel) -> None:
    texts = ("The keys, the cabinet, the keys.", "man, woman, man, woman.")
    found = HeadsOver(texts).measure(Reader(model), "none")
    expected = over_texts(
        [attention_of(model, record(model, text, attention=True)) for text in texts]
    )
    assert found.texts == expected.texts
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert HeadsOver().texts == SENTENCES


@pytest.mark.parametrize(
    "question", [AttentionOf(TEXT), LayerAttentionOf(TEXT), QueriesAndKeysOf(TEXT), HeadsOver()]
)
def test_no_attention_was_published(question: Question[object]) -> None:
    with pytest.raises(NotTestable, match="the articles published no numbers of"):
        question.look_up()
