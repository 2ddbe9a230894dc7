"""What figures show: the published answer, then each model's, or why there is none."""

import json
from typing import Any

import numpy as np
import pytest
import tiny

from replication.figures.answers import answered, answers
from replication.figures.figure import Figure
from replication.figures.saving import as_json
from replication.figures.table import FIGURES
from replication.models import loading
from replication.models.errors import WeightsError
from replication.models.language_model import LanguageModel
from replication.questions.lens import FormulasOf, RanksOf, WordsOf
from replication.questions.measured import Measured
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.results.untestable import Untestable

TEXT = Text("The keys to the cabinet")
WORDS = WordsOf(TEXT, (" man", " are"))
FORMULA = FormulasOf(TEXT, " man")
ONES = RanksOf.of_figure("ranks_ones")


def asking(*questions: Any) -> Figure:
    return Figure("planted", "Planted", ("X-1",), questions, "", stated_source="us")


@pytest.fixture(autouse=True)
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("llama")).name


def test_the_published_answer_comes_first_and_one_for_each_norm(name: str) -> None:
    found = answered([ONES, WORDS], name, "none,final")
    assert [(one.question, one.case.subject.name, one.case.norm) for one in found] == [
        (ONES, "published", "none"),
        (ONES, name, "none"),
        (ONES, name, "final"),
        (WORDS, name, "none"),
        (WORDS, name, "final"),
    ]
    for one in found:
        assert one.result.provenance == one.case.provenance(one.question)
    measured = Measured(name)
    np.testing.assert_array_equal(found[2].result.ranks, measured.answer(ONES, "final").ranks)
    assert answers([ONES, WORDS], name, "final").keys() == {ONES.id, WORDS.id}


def test_no_norm_where_none_matters(name: str) -> None:
    figure = asking(FORMULA)
    assert not figure.lens
    results = answers(figure.questions, name, "none,final")
    ((found,),) = results.values()
    assert found.provenance.norm is None
    expected = FORMULA.measure(Reader(tiny.model("llama")), "none")
    np.testing.assert_array_equal(found.ranks, expected.ranks)
    shown = json.loads(as_json(figure, results, name, "none,final"))
    assert "norms" not in shown["parameters"]


def test_the_published_numbers_are_shown_without_any_model() -> None:
    ((found,),) = answers([ONES], "published", "none,final").values()
    assert found.provenance.subject == "published"
    with pytest.raises(ValueError, match=r"nothing was published of words of .*: name a model"):
        answers([ONES, WORDS], "published", "none")
    own = FIGURES["factors_counting_two"].of(prompt="One")
    with pytest.raises(ValueError, match="nothing was published of factors of 'One'"):
        answers(own.questions, "published", "none")


def test_what_cannot_be_answered_says_why(name: str) -> None:
    figure = asking(WORDS.of(words=" Germany"), FORMULA.of(word=" Germany"))
    results = answers(figure.questions, name, "none,final")
    words, formulas = results.values()
    assert all(isinstance(found, Untestable) for found in (*words, *formulas))
    assert all("' Germany' is" in found.reason for found in (*words, *formulas))
    assert [found.provenance.norm for found in words] == ["none", "final"]
    assert [found.provenance.norm for found in formulas] == [None]
    panels = json.loads(as_json(figure, results, name, "none,final"))["panels"]
    assert [panel["type"] for panel in panels] == ["Untestable"] * 3
    assert all("' Germany' is" in panel["reason"] for panel in panels)


def test_what_was_not_published_stands_beside_what_was_measured(name: str) -> None:
    more = FIGURES["factors_counting_two"].of(factors=3)
    published, measured = answers(more.questions, name, "none")["factors_counting_two"]
    assert isinstance(published, Untestable)
    assert "3 factors" in published.reason
    assert published.provenance.norm is None
    assert len(measured.activity) == 3


@pytest.mark.parametrize(
    ("model", "norms", "told"),
    [
        ("gpt9", "none", "unknown model 'gpt9'"),
        ("tiny-llama", "layer", "unknown norm 'layer': expected one of none, final"),
        ("published", "", "unknown norm ''"),
    ],
)
def test_unknown_names_are_refused(model: str, norms: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        answers([ONES], model, norms)


def test_a_model_that_is_not_here_is_no_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> LanguageModel:
        raise WeightsError("fetch it first")

    monkeypatch.setattr(loading, "load", missing)
    with pytest.raises(WeightsError, match="fetch it first"):
        answers([ONES], name, "none")
