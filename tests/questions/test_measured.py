"""A measured subject loads its model once, asks each question once, and outlives the model."""

import pickle
from typing import Any

import numpy as np
import pytest
import tiny

from replication.models import loading
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.attention import AttentionOf
from replication.questions.lens import FormulasOf, PositionsOf, RanksOf, WordsOf
from replication.questions.measured import Measured
from replication.questions.neurons import ClustersOf
from replication.questions.question import Question, Text
from replication.results.untestable import NotTestable

TEXT = Text("The keys")
WORDS = WordsOf(TEXT, (" man", " are"))
OF_BOTH = FormulasOf(TEXT, " man")
IN_PIECES = WORDS.of(words=" Germany")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tiny model in the table's place of a real one; how often it was loaded is written down."""
    model, names = tiny.plant(monkeypatch, tiny.model("llama")), []

    def load(name: str) -> LanguageModel:
        names.append(name)
        return model

    monkeypatch.setattr(loading, "load", load)
    return names


@pytest.fixture
def measured(loads: list[str]) -> Measured:
    return Measured("tiny-llama")


def test_equal_questions_are_asked_once(measured: Measured, loads: list[str]) -> None:
    assert not loads
    first = measured.answer(WORDS, "none")
    assert measured.answer(WordsOf(Text("The keys"), (" man", " are")), "none") is first
    assert measured.answer(WORDS, "final") is not first
    assert measured.answer(WORDS.of(words=" are"), "none") is not first
    assert measured.answer(OF_BOTH, "none") is measured.answer(OF_BOTH, "final")
    assert loads == ["tiny-llama"]


def test_provenance_has_a_norm_where_one_matters(measured: Measured) -> None:
    asked: list[tuple[Question[Any], str | None]]
    asked = [(WORDS, "final"), (OF_BOTH, None), (AttentionOf(TEXT), None)]
    for question, norm in asked:
        source = measured.provenance(question, "final")
        assert (source.subject, source.prompt, source.norm) == ("tiny-llama", "The keys", norm)
        assert measured.answer(question, "final").provenance == source


def test_answers_outlive_the_model_and_travel(measured: Measured, loads: list[str]) -> None:
    """Ten controls are judged one after the other: none may be loaded again for it."""
    measured.measure([("none", WORDS), ("final", WORDS), ("none", OF_BOTH), ("none", IN_PIECES)])
    travelled: Measured = pickle.loads(pickle.dumps(measured))
    assert travelled.answer(WORDS, "final").provenance.norm == "final"
    assert (travelled.answer(OF_BOTH, "final").ranks >= 1).all()
    with pytest.raises(NotTestable, match=r"' Germany' is \d tokens"):
        travelled.answer(IN_PIECES, "none")
    assert len(loads) == 1


def test_what_was_not_measured_beforehand_loads_once_more(
    measured: Measured, loads: list[str]
) -> None:
    ranks = RanksOf.of_figure("ranks_ones")
    measured.measure([("none", ranks)])
    kept = measured.answer(ranks, "none").ranks
    assert len(loads) == 1
    again = measured.answer(ranks, "final")
    assert len(loads) == 2
    np.testing.assert_array_equal(kept[-1], again.ranks[-1])  # which both norms read alike


def test_what_a_model_cannot_answer_is_not_testable(measured: Measured) -> None:
    for question, told in (
        (IN_PIECES, r"' Germany' is \d tokens"),
        (PositionsOf(Text("")), "the prompt is empty"),
        (RanksOf(Text("The keys", generate=500)), "500 more asked for: tiny-llama reads 128"),
    ):
        measured.measure([("none", question)])  # whoever asks is told, not this
        with pytest.raises(NotTestable, match=told):
            measured.answer(question, "none")


def test_a_question_that_makes_no_sense_is_an_error(measured: Measured) -> None:
    with pytest.raises(ValueError, match="name one"):
        measured.answer(ClustersOf(TEXT, 3, (1, 2)), "none")


def test_a_model_that_cannot_be_loaded_is_no_answer(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> LanguageModel:
        raise ModelError("its weights are not whole")

    monkeypatch.setattr(loading, "load", broken)
    for _ in range(2):
        with pytest.raises(ModelError, match="not whole"):
            measured.answer(WORDS, "none")


def test_an_unknown_name_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(ValueError, match="unknown model 'gpt9'"):
        Measured("gpt9")
