"""Subjects: what answers questions, and one of them under one norm."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from replication.articles.experiments import experiment, published_provenance
from replication.base.norms import Norm
from replication.questions.question import Answer, Asked, Question, Text
from replication.results.provenance import Provenance
from replication.results.untestable import NotTestable


@runtime_checkable
class Subject(Protocol):
    """Whatever can be asked: the published numbers, a model, an untrained control."""

    name: str

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        """What stands behind the subject's answer."""

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """The answer; ``NotTestable``, with the reason, where the subject cannot give one."""


class Published:
    """The articles' own numbers; they were measured with ``norm="none"`` only."""

    name = "published"

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        """The article's model, as the numbers show it."""
        if question.published is None:
            raise NotTestable(f"the articles published no numbers of {question.id}")
        return published_provenance(question.published)

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """What the figure that the question names shows."""
        if question.norm_matters and norm != "none":
            raise NotTestable(f"the articles published no numbers under norm={norm!r}")
        return question.look_up()


@dataclass(frozen=True)
class FreshSets:
    """The sets made after the readings were frozen, in the place of those that they are like."""


Instead = Text | FreshSets
"""What is read instead of the texts that questions have."""


def told(instead: Instead) -> str:
    """What is read instead, in words."""
    return "fresh sets" if isinstance(instead, FreshSets) else instead.prompt + instead.continuation


@dataclass(frozen=True)
class Case:
    """One subject under one norm: what a claim is judged on, and what a figure shows."""

    subject: Subject
    norm: Norm
    instead: Instead | None = None
    """Read instead of the text, or of the set, of each question that has one."""
    beside: tuple[Norm, ...] = ()
    """Norms under which the subject is asked too: what has several is then measured once."""

    def answer(self, question: Question[Answer]) -> Answer:
        """The subject's answer; ``NotTestable`` where it cannot give one."""
        asked = put_instead(question, self.instead).under([self.norm, *self.beside])
        return self.subject.answer(asked, self.norm)

    def provenance(self, question: Question[Any]) -> Provenance:
        """What stands behind the subject's answer."""
        return self.subject.provenance(put_instead(question, self.instead), self.norm)

    def is_paper_model(self, question: Question[Any]) -> bool:
        """Whether this is the model whose answer was published, so that numbers must agree."""
        id = put_instead(question, self.instead).published
        names = (Published.name, experiment(id).paper_model) if id else ()
        return self.subject.name in names and self.norm == "none"


def put_instead(question: Asked, instead: Instead | None) -> Asked:
    """The question asked of another text or of fresh sets, if it reads the like."""
    if isinstance(instead, FreshSets) and "fresh" in question.settings:
        return question.of(fresh=True)
    if isinstance(instead, Text) and "prompt" in question.settings:
        return question.of(**{name: value for name, value in vars(instead).items() if value})
    return question
