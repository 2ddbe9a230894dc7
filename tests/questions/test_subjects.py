"""Subjects answer alike, and a control's results outlive its model."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import tiny
from replication.questions.texts import Formulas, WordsAlongLayers

from replication.base.norms import NORMS
from replication.models import loading, registry
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.measured import Measured, subject
from replication.questions.subjects import Published, Subject, View
from replication.results.ranks import RankGrid
from replication.results.untestable import NotTestable


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """A tiny model in the table's place of a real one; how often it was loaded is counted."""
    model = tiny.model("llama")
    monkeypatch.setitem(registry.MODELS, model.name, model.entry)
    loads: list[str] = []

    def load(name: str) -> LanguageModel:
        loads.append(name)
        return model

    monkeypatch.setattr(loading, "load", load)
    made = Measured(model.name)
    made.loads = loads  # type: ignore[attr-defined]
    return made


def test_both_kinds_answer_in_the_same_types(measured: Measured) -> None:
    for answering in (Published(), measured):
        assert isinstance(answering, Subject)
        grid = View(answering, "none").ranks("ranks_ones")
        assert isinstance(grid, RankGrid)
        assert grid.provenance == answering.provenance("ranks_ones", "none")


def test_the_text_is_the_articles_however_it_is_cut(measured: Measured) -> None:
    for id in ("ranks_eu_gpt2", "ranks_ones", "ranks_heathrow"):
        published = "".join(Published().ranks(id, "none").tokens)
        assert "".join(measured.ranks(id, "final").tokens) == published


def test_an_article_that_shows_one_token_gets_one_column(measured: Measured) -> None:
    for norm in NORMS:
        assert measured.ranks("ranks_ones_first_token", norm).ranks.shape == (tiny.LAYERS, 1)


def test_recorded_once_and_reused(measured: Measured) -> None:
    first = measured.ranks("ranks_ones", "none")
    assert measured.ranks("ranks_ones", "none") is first
    assert measured.ranks("ranks_ones", "final") is not first
    assert measured.generated("ranks_ones", "none") is measured.generated("ranks_ones", "none")
    assert len(measured.loads) == 1  # type: ignore[attr-defined]


def test_measured_results_outlive_the_model(measured: Measured) -> None:
    measured.measure([("none", ("ranks", "ranks_ones")), ("final", ("top_tokens", "top10_ones"))])
    assert measured._model is None
    kept = measured.ranks("ranks_ones", "none").ranks
    assert measured.top_tokens("top10_ones", "final").layers == tiny.LAYERS
    assert len(measured.loads) == 1  # type: ignore[attr-defined]
    again = measured.ranks("ranks_ones", "final")  # not measured beforehand: loads once more
    assert len(measured.loads) == 2  # type: ignore[attr-defined]
    assert np.array_equal(kept[-1], again.ranks[-1])


def test_words_of_several_tokens_are_not_testable(measured: Measured) -> None:
    with pytest.raises(NotTestable, match=r"' is' is \d tokens"):
        measured.ranks("watch_keys_cabinet", "none")
    measured.measure([("none", ("ranks", "watch_keys_cabinet"))])  # whoever asks is told, not this


def test_greedy_continuations_end_with_rank_1(measured: Measured) -> None:
    for norm in NORMS:
        assert (measured.generated("ranks_ones", norm).ranks[-1] == 1).all()


def test_which_numbers_must_agree(measured: Measured) -> None:
    assert View(Published(), "none").is_paper_model("ranks_ones")
    assert View(Measured("distilgpt2"), "none").is_paper_model("ranks_ones")
    assert not View(Measured("distilgpt2"), "final").is_paper_model("ranks_ones")
    assert not View(Measured("distilgpt2"), "none").is_paper_model("ranks_eu_gpt2")
    assert not View(Measured("distilgpt2-untrained-0"), "none").is_paper_model("ranks_ones")
    assert not View(measured, "none").is_paper_model("ranks_ones")


def test_names() -> None:
    assert isinstance(subject("published"), Published)
    assert subject("gpt2-xl").name == "gpt2-xl"
    with pytest.raises(ValueError, match="unknown model 'gpt9'"):
        subject("gpt9")


ASKED = WordsAlongLayers("The keys", (" man", " are"))
OF_BOTH = Formulas("The keys", " man")


def test_questions_are_asked_once(measured: Measured) -> None:
    first = View(measured, "none").answer(ASKED)
    assert measured.answer(replace(ASKED), "none") is first
    assert measured.answer(ASKED, "final") is not first
    assert measured.answer(replace(ASKED, words=(" are",)), "none") is not first
    assert measured.answer(OF_BOTH, "none") is measured.answer(OF_BOTH, "final")
    assert first.provenance.norm == "none"


def test_answers_outlive_the_model_and_travel(measured: Measured) -> None:
    """Ten controls are judged one after the other: none may be loaded again for it."""
    measured.measure([("none", ASKED), ("final", ASKED), ("none", OF_BOTH)])
    loads = measured.loads  # type: ignore[attr-defined]
    del measured.loads  # type: ignore[attr-defined]
    travelled = pickle.loads(pickle.dumps(measured))
    assert travelled.answer(ASKED, "final").provenance.norm == "final"
    assert (travelled.answer(OF_BOTH, "final").ranks >= 1).all()
    assert travelled._model is None
    assert len(loads) == 1


def test_what_a_model_cannot_answer_is_not_testable(measured: Measured) -> None:
    pieces = replace(ASKED, words=(" Germany",))
    with pytest.raises(NotTestable, match=r"' Germany' is \d tokens"):
        measured.answer(pieces, "none")
    measured.measure([("none", pieces), ("none", ASKED)])  # whoever asks is told, not this
    with pytest.raises(NotTestable, match="published no numbers of words: The keys"):
        Published().answer(ASKED, "none")


def test_a_model_that_cannot_be_loaded_is_no_answer(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> LanguageModel:
        raise ModelError("its weights are not whole")

    monkeypatch.setattr(loading, "load", broken)
    with pytest.raises(ModelError, match="not whole"):
        measured.answer(ASKED, "none")


def test_beyond_experiments_there_is_a_model_but_nothing_published(measured: Measured) -> None:
    source = View(measured, "final").provenance()
    assert (source.subject, source.norm, source.prompt) == ("tiny-llama", "final", "")
    with pytest.raises(NotTestable, match="nothing was published beyond"):
        View(Published(), "none").provenance()
