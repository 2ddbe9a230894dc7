"""Subjects answer alike, whatever is asked; a case asks with a text of your own."""

import numpy as np
import pytest
import tiny

from replication.models.language_model import LanguageModel
from replication.questions.lens import (
    ContinuationOf,
    RanksOf,
    TopTokensOf,
    UncertaintyOf,
    WatchedRanksOf,
)
from replication.questions.measured import Measured, subject
from replication.questions.neurons import FactorsOf, FeedForwardShareOf, SparsityOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.questions.sets import CircuitOver
from replication.questions.subjects import Case, Published, Subject
from replication.results.factors import Factors
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

ONES = RanksOf.of_figure("ranks_ones")
OWN = Text("The keys", " to the")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """A tiny model in the table's place of a real one."""
    return Measured(tiny.plant(monkeypatch, tiny.model("llama")).name)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (ONES, RankGrid),
        (RanksOf.of_figure("ranks_ones", own=True), RankGrid),
        (WatchedRanksOf.of_figure("watch_nurse"), RankGrid),
        (TopTokensOf.of_figure("top10_ones"), TopTokens),
        (ContinuationOf.of_figure("ranks_ones"), tuple),
        (SaliencyOf.of_figure("saliency_shakespeare"), Saliency),
        (FactorsOf.of_figure("factors_counting_two"), Factors),
        (FeedForwardShareOf(published="factors_counting_two"), float),
    ],
)
def test_both_kinds_answer_in_the_same_types(
    measured: Measured, question: Question[object], kind: type
) -> None:
    for answering in (Published(), measured):
        assert isinstance(answering, Subject)
        found = Case(answering, "none").answer(question)
        assert isinstance(found, kind)
        if hasattr(found, "provenance"):
            assert found.provenance == Case(answering, "none").provenance(question)


def test_the_text_is_the_articles_however_it_is_cut(measured: Measured) -> None:
    for id in ("ranks_eu_gpt2", "ranks_ones", "ranks_heathrow"):
        question = RanksOf.of_figure(id)
        published = "".join(Published().answer(question, "none").tokens)
        assert "".join(measured.answer(question, "final").tokens) == published


def test_the_published_numbers_have_one_norm() -> None:
    with pytest.raises(NotTestable, match="published no numbers under norm='final'"):
        Published().answer(ONES, "final")
    no_lens = SaliencyOf.of_figure("saliency_shakespeare")
    assert Published().answer(no_lens, "final").provenance.norm is None


def test_nothing_stands_behind_what_was_not_published() -> None:
    question = UncertaintyOf(Text("The keys"))
    for ask in (Case(Published(), "none").provenance, Case(Published(), "none").answer):
        with pytest.raises(NotTestable, match="published no numbers of uncertainty of 'The keys'"):
            ask(question)


def test_which_numbers_must_agree(measured: Measured) -> None:
    assert Case(Published(), "none").is_paper_model(ONES)
    assert Case(Measured("distilgpt2"), "none").is_paper_model(ONES)
    assert not Case(Measured("distilgpt2"), "final").is_paper_model(ONES)
    assert not Case(Measured("distilgpt2"), "none").is_paper_model(
        RanksOf.of_figure("ranks_eu_gpt2")
    )
    assert not Case(Measured("distilgpt2-untrained-0"), "none").is_paper_model(ONES)
    assert not Case(measured, "none").is_paper_model(ONES)
    assert not Case(Measured("distilgpt2"), "none", OWN).is_paper_model(ONES)
    assert not Case(Published(), "none").is_paper_model(UncertaintyOf(OWN))


@pytest.mark.parametrize(
    ("own", "read"),
    [
        (OWN, OWN),
        (Text("The keys", generate=2), Text("The keys", generate=2)),
        (Text("The keys"), Text("The keys", generate=20)),
    ],
)
def test_a_case_reads_a_text_of_your_own(measured: Measured, own: Text, read: Text) -> None:
    """In the place of the question's, and continued as a figure's would be."""
    case = Case(measured, "none", own)
    found = case.answer(ONES)
    np.testing.assert_array_equal(found.ranks, measured.answer(RanksOf(read), "none").ranks)
    assert found.provenance == case.provenance(ONES)
    assert found.provenance.prompt == own.prompt
    sparsity = case.answer(SparsityOf.of_figure("factors_counting_two"))
    expected = Reader(tiny.model("llama")).recording(read)
    assert sparsity.tokens == expected.tokens


def test_of_a_text_of_your_own_nothing_was_published() -> None:
    with pytest.raises(NotTestable, match="published no numbers of ranks of 'The keys'"):
        Case(Published(), "none", OWN).answer(ONES)
    with pytest.raises(NotTestable, match="published no numbers of ranks of 'The keys'"):
        Case(Published(), "none", OWN).provenance(ONES)


def test_questions_without_a_text_are_asked_as_they_are(measured: Measured) -> None:
    share = FeedForwardShareOf(published="factors_counting_two")
    case = Case(measured, "none", OWN)
    assert case.answer(share) == measured.answer(share, "none")
    with pytest.raises(NotTestable, match="tiny-llama"):
        case.answer(CircuitOver())


def test_words_stay_the_questions_own(model: LanguageModel, measured: Measured) -> None:
    found = Case(measured, "final", OWN).answer(WatchedRanksOf.of_figure("watch_doctor"))
    assert found.tokens == (" man", " woman")


def test_names() -> None:
    assert isinstance(subject("published"), Published)
    assert subject("gpt2-xl").name == "gpt2-xl"
    with pytest.raises(ValueError, match="unknown model 'gpt9'"):
        subject("gpt9")
