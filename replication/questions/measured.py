"""Subjects that are measured: models of the table, and their nulls that are networks."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from replication.base import devices
from replication.base.norms import Norm
from replication.models import registry, weights
from replication.models.nulls import OF_THE_LENS, WITHOUT_NETWORK
from replication.questions.baselines import Baseline
from replication.questions.kept import Kept
from replication.questions.question import Answer, Question
from replication.questions.subjects import Published, Subject
from replication.results.provenance import Provenance
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.questions.reader import Reader

Wanted = tuple[Norm, Question[Any]]


class Measured:
    """A model of the table, or a null of one; loaded when first asked, each answer kept."""

    def __init__(self, name: str, kept: Kept | None = None) -> None:
        self._entry, self._null = registry.find(name)  # an unknown name fails here already
        self.name = name
        self.reused = 0
        """How many answers were kept from earlier runs."""
        self._kept = kept
        self._reader: Reader | None = None
        self._answers: dict[tuple[Question[Any], Norm | None], Any] = {}

    @property
    def reader(self) -> "Reader":
        """The loaded model behind the answers."""
        if self._reader is None:
            if self._null and self._null.kind in OF_THE_LENS:
                trained = _trained(self._entry.name)
                model = replace(trained.model, name=self.name, null=self._null)
                self._reader = trained.read_by(model)
            else:
                self._reader = _reader(self.name)
        return self._reader

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        """The model with its revision and the form of its weights."""
        entry = weights.resolved(self._entry)
        shown = norm if question.norm_matters else None
        known = registry.provenance(self.name, entry, self._null, question.prompt, shown)
        return known.on(devices.chosen())

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """The model's answer, measured once."""
        key = question, norm if question.norm_matters else None
        if key not in self._answers:
            self._answers[key] = self._had(question, norm)
        if isinstance(self._answers[key], NotTestable):
            raise self._answers[key]
        answer: Answer = self._answers[key]
        return answer

    def measure(self, wanted: Iterable[Wanted]) -> None:
        """Work out answers now; then let go of the model.

        A control is needed for its answers alone: ten of them together would fill the memory.
        """
        for norm, question in wanted:
            with suppress(NotTestable):  # whoever asks for it is told then
                self.answer(question, norm)
        self._reader = None

    def _had(self, question: Question[Answer], norm: Norm) -> Answer | NotTestable:
        """What is kept, or else measured and kept."""
        if not self._kept:
            return self._measure(question, norm)
        path = self._kept.path(self.provenance(question, norm), question)
        found: Answer | NotTestable | None = self._kept.get(path)
        if found is not None:
            self.reused += self._kept.is_earlier(path)
            return found
        found = self._measure(question, norm)
        self._kept.put(path, found)
        return found

    def _measure(self, question: Question[Answer], norm: Norm) -> Answer | NotTestable:
        from replication.models.errors import ModelError

        reader = self.reader  # a network that cannot be loaded is no answer
        try:
            return question.measure(reader, norm)
        except ModelError as error:
            return NotTestable(str(error))


def _reader(name: str) -> "Reader":
    from replication.models.loading import load
    from replication.questions.reader import Reader

    return Reader(load(name))


@lru_cache(maxsize=1)
def _trained(name: str) -> "Reader":
    """The trained model that nulls of the lens read each in their own way."""
    return _reader(name)


def subject(name: str, kept: Kept | None = None) -> Subject:
    """The subject of a name: ``published``, a model of the table, or a null of one.

    With ``kept`` it takes answers from there, and keeps there what it measures.

    ``ValueError``, with the names there are, for any other.
    """
    if name == Published.name:
        return Published()
    _, null = registry.find(name)
    return Baseline(name) if null and null.kind in WITHOUT_NETWORK else Measured(name, kept)
