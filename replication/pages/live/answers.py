"""What the page shows: answers of a model and, where there are some, the published ones."""

from collections.abc import Iterator
from typing import Any

from replication.measures.record import read_ids
from replication.models.errors import ModelError
from replication.pages.live.menu import Place
from replication.pages.views import view_html
from replication.questions.lens import CandidatesOf, RanksOf
from replication.questions.measured import Measured
from replication.questions.subjects import Case, Published
from replication.results.untestable import NotTestable

MOST_TOKENS = 512
"""Of a text with its continuation: the time grows with them, and so does the memory."""


def results(place: Place, case: Case) -> list[Any]:
    """The published answer, where there is one, and the model's.

    ``NotTestable`` where the model has none, and for a text that is too long.
    """
    return [*_published(place), _measured(place, case)]


def views(place: Place, case: Case) -> Iterator[str]:
    """An answer as HTML, each time with more: what was published, what the model answers and, of
    ranks, what each layer would say. Errors are those of ``results``, and ``ValueError`` for too
    much.
    """
    published = "".join(map(view_html, _published(place)))
    if published:
        yield published
    measured = _measured(place, case)
    yield published + view_html(measured)
    if isinstance(place.question, RanksOf):
        asked = CandidatesOf(place.question.text, place.question.last_only)
        yield published + view_html(measured, case.answer(asked))


def _published(place: Place) -> list[Any]:
    """What the figure shows; its numbers are the same however inner layers are read."""
    return [Case(Published(), "none").answer(place.question)] if place.question.published else []


def _measured(place: Place, case: Case) -> Any:
    _check_length(case.subject, place.question)
    return case.answer(place.question)


def _check_length(subject: Any, question: Any) -> None:
    """``NotTestable`` for a text beyond what the page reads, before any work is done."""
    if not isinstance(subject, Measured):
        return
    text = question.text
    try:
        ids, _ = read_ids(subject.reader.model, text.prompt, text.continuation)
    except ModelError as error:
        raise NotTestable(str(error)) from error
    if (count := len(ids) + text.generate) > MOST_TOKENS:
        raise NotTestable(
            f"the text is {count:,} tokens with its continuation, and this page reads up to "
            f"{MOST_TOKENS}: shorten it, or use the command line"
        )
