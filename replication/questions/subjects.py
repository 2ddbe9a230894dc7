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
class Case:
    """One subject under one norm: what a claim is judged on, and what a figure shows."""

    subject: Subject
    norm: Norm
    text: Text | None = None
    """Read instead of the text of each question that has one."""

    def answer(self, question: Question[Answer]) -> Answer:
        """The subject's answer; ``NotTestable`` where it cannot give one."""
        asked = on_text(question, self.text).under([self.norm])
        return self.subject.answer(asked, self.norm)

    def provenance(self, question: Question[Any]) -> Provenance:
        """What stands behind the subject's answer."""
        return self.subject.provenance(on_text(question, self.text), self.norm)

    def is_paper_model(self, question: Question[Any]) -> bool:
        """Whether this is the model whose answer was published, so that numbers must agree."""
        id = on_text(question, self.text).published
        names = (Published.name, experiment(id).paper_model) if id else ()
        return self.subject.name in names and self.norm == "none"


def on_text(question: Asked, text: Text | None) -> Asked:
    """The question asked of another text, if one is given and the question reads one."""
    if text is None or "prompt" not in question.settings:
        return question
    return question.of(**{name: value for name, value in vars(text).items() if value})
