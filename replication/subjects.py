"""Subjects: what a finding is judged on, each giving the results of any experiment by its id.

The published numbers, a model with trained weights and an untrained control answer the same
questions in the same types. A claim is shown a ``View``: one subject under one norm.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from replication import articles, registry
from replication.results import Provenance, RankGrid, TopTokens
from replication.shapes import Norm

if TYPE_CHECKING:
    from replication.models import LanguageModel
    from replication.record import Recording

Result = TypeVar("Result")


class NotTestable(Exception):
    """A finding cannot be judged on a subject; the message says why."""


@runtime_checkable
class Subject(Protocol):
    """Whatever can answer for an experiment."""

    name: str

    def provenance(self, id: str, norm: Norm) -> Provenance:
        """What stands behind the subject's numbers for an experiment."""

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the published continuation, or of the watched words."""

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of a continuation of the subject's own."""

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The ten best tokens after every layer."""


class Published:
    """The articles' own numbers; they were measured with ``norm="none"`` only."""

    name = "published"

    def provenance(self, id: str, norm: Norm) -> Provenance:
        """The article's model, as the numbers show it."""
        return articles.published_provenance(id)

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """The published ranks."""
        self._refuse(norm)
        return articles.published_ranks(id)

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """The published ranks: what the articles show is what their models wrote."""
        return self.ranks(id, norm)

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The published best tokens."""
        self._refuse(norm)
        return articles.published_top_tokens(id)

    def _refuse(self, norm: Norm) -> None:
        if norm != "none":
            raise NotTestable(f"the articles published no numbers under norm={norm!r}")


class Measured:
    """A model of the table, or an untrained control; loaded when first asked, recorded once."""

    def __init__(self, name: str) -> None:
        self._entry, self._seed = registry.find(name)  # an unknown name fails here already
        self.name = name
        self._model: LanguageModel | None = None
        self._recordings: dict[tuple[str, bool], Recording] = {}
        self._results: dict[tuple[str, str, Norm], Any] = {}

    @property
    def model(self) -> "LanguageModel":
        """The model behind the numbers."""
        if self._model is None:
            from replication.loading import load

            self._model = load(self.name)
        return self._model

    def provenance(self, id: str, norm: Norm) -> Provenance:
        """The model with its revision and the form of its weights."""
        prompt = articles.experiment(id).prompt
        return registry.provenance(self.name, self._entry, self._seed, prompt, norm)

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the published continuation, given as text, or of the watched words."""
        return self._once("ranks", id, norm, lambda: self._ranks(id, norm))

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the model's own greedy continuation of the prompt."""
        from replication.lens import continuation_ranks

        return self._once(
            "generated",
            id,
            norm,
            lambda: continuation_ranks(self.model, self._recording(id, own=True), norm),
        )

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The ten best tokens where the article's selected token stands."""
        from replication.lens import top_tokens

        return self._once(
            "top_tokens",
            id,
            norm,
            lambda: top_tokens(self.model, self._recording(id), norm),
        )

    def measure(self, wanted: Iterable[tuple[str, str, Norm]]) -> None:
        """Work out results, named as (method, id, norm), now; then let go of the model.

        A control is needed for its results alone: ten of them together would fill the memory.
        """
        for method, id, norm in wanted:
            with suppress(NotTestable):  # whoever asks for it is told then
                getattr(self, method)(id, norm)
        self._model = None
        self._recordings.clear()

    def _once(self, method: str, id: str, norm: Norm, work: Callable[[], Result]) -> Result:
        key = (method, id, norm)
        if key not in self._results:
            self._results[key] = work()
        result: Result = self._results[key]
        return result

    def _ranks(self, id: str, norm: Norm) -> RankGrid:
        from replication.lens import continuation_ranks, watched_ranks
        from replication.models import SeveralTokens

        experiment = articles.experiment(id)
        recording = self._recording(id)
        if not experiment.watched:
            last_only = experiment.last_only
            return continuation_ranks(self.model, recording, norm, last_only=last_only)
        try:
            return watched_ranks(self.model, recording, norm, experiment.watched)
        except SeveralTokens as error:
            raise NotTestable(str(error)) from error

    def _recording(self, id: str, own: bool = False) -> "Recording":
        from replication.record import generate, record, record_ids

        if (id, own) not in self._recordings:
            experiment = articles.experiment(id)
            if own:
                before = self.model.encode(experiment.prompt, start=True)
                after = generate(self.model, experiment.prompt, experiment.visible_tokens)
                made = record_ids(self.model, [*before, *after], len(before))
            else:
                made = record(self.model, experiment.prompt, experiment.continuation)
            self._recordings[id, own] = made
        return self._recordings[id, own]


def subject(name: str) -> Subject:
    """The subject of a name: ``published``, a model of the table, or a control.

    ``ValueError``, with the names there are, for any other.
    """
    return Published() if name == Published.name else Measured(name)


@dataclass(frozen=True)
class View:
    """One subject under one norm: all that a claim or a figure is shown."""

    subject: Subject
    norm: Norm

    def ranks(self, id: str) -> RankGrid:
        """Ranks of the published continuation of an experiment, or of its watched words."""
        return self.subject.ranks(id, self.norm)

    def generated(self, id: str) -> RankGrid:
        """Ranks of a continuation of the subject's own."""
        return self.subject.generated(id, self.norm)

    def top_tokens(self, id: str) -> TopTokens:
        """The ten best tokens after every layer."""
        return self.subject.top_tokens(id, self.norm)

    def provenance(self, id: str) -> Provenance:
        """What stands behind the numbers for an experiment."""
        return self.subject.provenance(id, self.norm)

    def is_paper_model(self, id: str) -> bool:
        """Whether this is the model whose numbers were published, so that numbers must agree."""
        paper = articles.experiment(id).paper_model
        return self.subject.name in (Published.name, paper) and self.norm == "none"
