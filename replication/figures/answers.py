"""What a figure shows: the answers of the published numbers and of a model, under each norm."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from replication.base.norms import Norm, parse_norms
from replication.questions.kept import Kept, kept
from replication.questions.measured import subject
from replication.questions.question import Question
from replication.questions.subjects import Case, Published, Subject
from replication.results.untestable import NotTestable, Untestable

Results = Mapping[str, Sequence[Any]]
"""By question, its answers: the published one first, then the model's under each norm."""


@dataclass(frozen=True)
class Answered:
    """A question with one of its answers."""

    question: Question[Any]
    case: Case
    """Whose answer it is."""
    result: Any
    """``Untestable`` where there is none."""


def answers(
    questions: Iterable[Question[Any]], model: str, norms: str, measured: Subject | None = None
) -> Results:
    """What the published numbers and a model, under each norm of a list such as ``"none,final"``,
    answer. Errors are those of ``answered``.
    """
    found: dict[str, list[Any]] = {}
    for one in answered(questions, model, norms, measured):
        found.setdefault(one.question.id, []).append(one.result)
    return found


def answered(
    questions: Iterable[Question[Any]], model: str, norms: str, measured: Subject | None = None
) -> list[Answered]:
    """Every answer with its question and whose it is; ``measured`` is the model's subject, for
    those who have it already.

    ``ValueError`` for an unknown model or norm, and where nothing was published and no model is
    named; ``WeightsError`` where the model was not fetched.
    """
    under = parse_norms(norms)
    asked = [question.under(under) for question in questions]
    if model == Published.name and (unknown := [q.id for q in asked if not q.published]):
        raise ValueError(f"nothing was published of {unknown[0]}: name a model to measure it on")
    measured = measured or measured_by(model)
    found = []
    for question in asked:
        cases = [Case(Published(), "none")] if question.published else []
        cases += _cases(measured, question, under)
        found += [Answered(question, case, _result(case, question)) for case in cases]
    return found


def measured_by(model: str) -> Subject | None:
    """The subject that is measured; None where only published numbers are shown."""
    return None if model == Published.name else subject(model, _kept())


def _kept() -> Kept | None:
    """What other notebooks and the claims measured, where this process has one thread like them."""
    return kept() if os.environ.get("OMP_NUM_THREADS") == "1" else None


def _cases(measured: Subject | None, question: Question[Any], norms: list[Norm]) -> list[Case]:
    """A model under each norm, or once where no norm matters."""
    if measured is None:
        return []
    return [Case(measured, norm) for norm in (norms if question.norm_matters else norms[:1])]


def _result(case: Case, question: Question[Any]) -> Any:
    try:
        return case.answer(question)
    except NotTestable as error:
        return Untestable(str(error), _source(case, question))


def _source(case: Case, question: Question[Any]) -> Any:
    source = case.provenance(question)
    return source if question.norm_matters else replace(source, norm=None)
