"""The tuned lens answers whatever the other norms answer, and is fitted only where it is asked."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny

from replication.base.norms import NORMS, READINGS
from replication.measures.lens import watched_ranks
from replication.measures.lens_quality import lens_quality
from replication.measures.record import record
from replication.questions.lens import (
    CandidatesOf,
    PositionsOf,
    RanksOf,
    TopTokensOf,
    UncertaintyOf,
    WatchedRanksOf,
    WordsOf,
)
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.sets import (
    AgreementByLayer,
    ArrivalsOver,
    ExpectedOver,
    WatchedOver,
)
from replication.questions.subjects import Case, Published
from replication.questions.tuned import LensQualityOf, WatchedReadingsOf

TEXT = Text("The keys", " to the cabinet")
WORDS = (" man", " woman")
QUESTIONS: tuple[Question[Any], ...] = (
    RanksOf(TEXT),
    WatchedRanksOf(TEXT, WORDS),
    TopTokensOf(TEXT),
    CandidatesOf(TEXT),
    WordsOf(TEXT, WORDS),
    WordsOf(TEXT, WORDS, sublayers=True),
    PositionsOf(TEXT),
    UncertaintyOf(TEXT),
)
SETS = (WatchedOver("agreement"), ExpectedOver(), ArrivalsOver(), AgreementByLayer())


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(tiny.model("gemma3_text"))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: type(q).__name__)
def test_every_lens_question_is_answered(question: Question[Any], reader: Reader) -> None:
    """As under the final norm in the last layer, and otherwise before it."""
    final, tuned = (question.measure(reader, norm) for norm in ("final", "tuned"))
    assert tuned.provenance.norm == "tuned"
    name = next(n for n in ("ranks", "divergence", "probabilities") if hasattr(final, n))
    one, other = getattr(final, name), getattr(tuned, name)
    np.testing.assert_allclose(one[-1], other[-1], rtol=1e-6)
    assert (one[:-1] != other[:-1]).any()


class Asked(Published):
    """A subject that keeps what it is asked."""

    def answer(self, question: Question[Any], norm: Any) -> Any:
        return question


@pytest.mark.parametrize("question", SETS, ids=lambda q: type(q).__name__)
def test_sets_have_the_tuned_lens_where_it_is_asked_for(question: Any) -> None:
    for norm in NORMS:
        assert Case(Asked(), norm).answer(question) == question
        assert question.norms == NORMS
    tuned: Any = Case(Asked(), "tuned").answer(question)
    assert tuned == question.of(norms=READINGS)
    assert tuned.under(["none"]) == tuned


def test_a_set_under_three_norms_has_the_two_as_before_and_reads_once(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from replication.questions import reader as module

    read, real = [], module.last_states
    monkeypatch.setattr(module, "last_states", lambda *given: (read.append(given), real(*given))[1])
    question = ExpectedOver()
    two, three = (question.under([norm]).measure(reader, norm) for norm in ("none", "tuned"))
    assert (two.norms, three.norms) == (NORMS, READINGS)
    assert len(read) == 1
    np.testing.assert_array_equal(three.ranks[:2], two.ranks)
    np.testing.assert_array_equal(three.ranks[2][:, -1], two.ranks[1][:, -1])
    assert (three.probabilities[2][:, 0] != two.probabilities[1][:, 0]).any()


def test_readings_are_those_of_each_norm(reader: Reader) -> None:
    found = WatchedReadingsOf(TEXT, WORDS).measure(reader, "none")
    recording = record(reader.model, TEXT.prompt, TEXT.continuation)
    for norm, ranks in zip(found.norms, found.ranks, strict=True):
        grid = watched_ranks(reader.model, recording, norm, WORDS)
        np.testing.assert_array_equal(ranks, grid.ranks)
        assert found.vocabulary == grid.vocabulary


def test_the_quality_is_asked(reader: Reader) -> None:
    found = LensQualityOf().measure(reader, "none")
    np.testing.assert_array_equal(found.tuned, lens_quality(reader.model).tuned)
