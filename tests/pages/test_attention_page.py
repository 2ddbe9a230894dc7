"""The attention over a prompt of one's own: the view, layers and heads that were asked for."""

import json
from typing import Any

import numpy as np
import pytest
import tiny

from replication.measures.attention_weights import attention_of
from replication.measures.record import record
from replication.models import loading
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.pages.attention_prompt import View, page

TEXT = "The keys to the <b>cabinet</b>"


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model that is loaded whatever the name."""
    model = tiny.model("gpt2")
    monkeypatch.setattr(loading, "load", lambda name: model)
    return model


def drawn(text: str) -> Any:
    """What BertViz is given in a page."""
    start = text.index("window.bertviz_params = ") + len("window.bertviz_params = ")
    return json.JSONDecoder().raw_decode(text[start:])[0]["attention"]


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_each_view_has_its_page(planted: LanguageModel, view: View) -> None:
    made = page(TEXT, model=planted.name, view=view)
    assert f"<h1>{view.capitalize()} view of attention, {planted.entry.title}</h1>" in made
    assert "The keys to the &lt;b&gt;cabinet&lt;/b&gt;" in made
    assert "<b>cabinet" not in made


def test_layers_and_heads_are_those_asked_for(planted: LanguageModel) -> None:
    weights = attention_of(planted, record(planted, TEXT, attention=True)).weights
    made = page(TEXT, model=planted.name, view="neuron", layers=[1, 2], heads=[1])
    np.testing.assert_allclose(np.array(drawn(made)["all"]["attn"]), weights[1:3, 1:], atol=0.00051)
    (head,) = drawn(page(TEXT, model=planted.name, layers=[3], heads=[0]))
    np.testing.assert_allclose(np.array(head["attn"]), weights[3:, :1], atol=0.00051)
    (grid,) = drawn(page(TEXT, model=planted.name, view="model", layers=[0, 2]))
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
    planted: LanguageModel, view: View, given: dict[str, list[int]], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        page(TEXT, model=planted.name, view=view, **given)


@pytest.mark.parametrize("view", ["head", "neuron"])
def test_text_that_cannot_be_read_is_refused(planted: LanguageModel, view: View) -> None:
    with pytest.raises(ModelError, match="the prompt is empty"):
        page("", model=planted.name, view=view)
