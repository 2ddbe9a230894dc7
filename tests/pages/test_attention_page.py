"""The attention over your own text: the view, layers and heads that were asked for."""

import json
from typing import Any

import numpy as np
import pytest
import tiny

from replication.measures.attention_weights import attention_of
from replication.measures.record import record
from replication.models.language_model import LanguageModel
from replication.pages.exploring import AttentionView, attention_page
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.results.untestable import NotTestable

TEXT = "The keys to the <b>cabinet</b>"


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("gpt2"))


def drawn(text: str) -> Any:
    """What BertViz is given in a page."""
    start = text.index("window.bertviz_params = ") + len("window.bertviz_params = ")
    return json.JSONDecoder().raw_decode(text[start:])[0]["attention"]


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_each_view_has_its_page(planted: LanguageModel, view: AttentionView) -> None:
    made = attention_page(Text(TEXT), planted.name, view=view)
    assert f"<h1>{view.capitalize()} view of attention, {planted.entry.title}</h1>" in made
    assert "The keys to the &lt;b&gt;cabinet&lt;/b&gt;" in made
    assert "<b>cabinet" not in made


def test_layers_and_heads_are_those_asked_for(planted: LanguageModel) -> None:
    weights = attention_of(planted, record(planted, TEXT, attention=True)).weights
    made = attention_page(Text(TEXT), planted.name, view="neuron", layers=[1, 2], heads=[1])
    np.testing.assert_allclose(np.array(drawn(made)["all"]["attn"]), weights[1:3, 1:], atol=0.00051)
    (head,) = drawn(attention_page(Text(TEXT), planted.name, layers=[3], heads=[0]))
    np.testing.assert_allclose(np.array(head["attn"]), weights[3:, :1], atol=0.00051)
    (grid,) = drawn(attention_page(Text(TEXT), planted.name, view="model", layers=[0, 2]))
    np.testing.assert_allclose(np.array(grid["attn"]), weights[[0, 2]], atol=0.00051)


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"layers": [4]}, r"layers \[4\]: expected one or more of 0 to 3"),
        ({"heads": [0, 2]}, r"heads \[0, 2\]: expected one or more of 0 to 1"),
        ({"layers": []}, r"layers \[\]: expected one or more"),
    ],
)
def test_what_is_not_there_is_refused(
    planted: LanguageModel, view: AttentionView, given: dict[str, list[int]], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        attention_page(Text(TEXT), planted.name, view=view, **given)


@pytest.mark.parametrize("view", ["head", "neuron"])
def test_text_that_cannot_be_read_is_refused(planted: LanguageModel, view: AttentionView) -> None:
    with pytest.raises(NotTestable, match="the prompt is empty"):
        attention_page(Text(""), planted.name, view=view)


@pytest.mark.parametrize("view", ["head", "neuron"])
def test_what_follows_a_prompt_is_read_too(planted: LanguageModel, view: AttentionView) -> None:
    text = Text("The keys", generate=3)
    made = attention_page(text, planted.name, view)
    found = drawn(made)["all"] if view == "neuron" else drawn(made)[0]
    weights = Reader(planted).recording(text, attention=True).attention
    assert weights is not None
    np.testing.assert_allclose(np.array(found["attn"]), weights, atol=0.00051)


def test_no_attention_was_published() -> None:
    with pytest.raises(NotTestable, match="published no numbers of attention of 'The keys'"):
        attention_page(Text("The keys"), "published")
