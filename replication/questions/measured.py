"""Subjects that are measured: models of the table and their untrained controls."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from replication.articles import experiments
from replication.base.axes import Norm
from replication.models import registry, weights
from replication.questions.subjects import Answer, Measurement, Published, Question, Subject
from replication.results.factors import Factors
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.measures.record import Recording
    from replication.models.language_model import LanguageModel
    from replication.results.factors import PrincipalComponents
    from replication.results.neurons import Clusters, Sparsity

Result = TypeVar("Result")
Wanted = tuple[Norm, Measurement]


class Measured:
    """A model of the table, or an untrained control; loaded when first asked, recorded once."""

    def __init__(self, name: str) -> None:
        self._entry, self._seed = registry.find(name)  # an unknown name fails here already
        self.name = name
        self._model: LanguageModel | None = None
        self._recordings: dict[tuple[str, bool], Recording] = {}
        self._written: dict[str, tuple[int, list[int]]] = {}
        self._results: dict[tuple[Any, str, Norm | None], Any] = {}

    @property
    def model(self) -> "LanguageModel":
        """The model behind the numbers."""
        if self._model is None:
            from replication.models.loading import load

            self._model = load(self.name)
        return self._model

    def provenance(self, id: str | None, norm: Norm) -> Provenance:
        """The model with its revision and the form of its weights."""
        prompt = experiments.experiment(id).prompt if id else ""
        entry = weights.resolved(self._entry)
        return registry.provenance(self.name, entry, self._seed, prompt, norm)

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the published continuation, given as text, or of the watched words."""
        return self._once("ranks", id, lambda: self._ranks(id, norm), norm)

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the model's own greedy continuation of the prompt."""
        from replication.measures.lens import continuation_ranks

        return self._once(
            "generated",
            id,
            lambda: continuation_ranks(self.model, self._recording(id, own=True), norm),
            norm,
        )

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The ten best tokens where the article's selected token stands."""
        from replication.measures.lens import top_tokens

        return self._once(
            "top_tokens",
            id,
            lambda: top_tokens(self.model, self._recording(id), norm),
            norm,
        )

    def written(self, id: str, norm: Norm) -> tuple[str, ...]:
        """The tokens of the model's own greedy continuation of the prompt."""
        return self._once("written", id, lambda: self._recording(id, own=True).continuation)

    def saliency(self, id: str, norm: Norm) -> Saliency:
        """Gradient x input for the published continuation, given as text."""
        from replication.measures.saliency import gradient_x_input

        text = experiments.experiment(id)
        return self._once(
            "saliency",
            id,
            lambda: gradient_x_input(self.model, text.prompt, text.continuation),
        )

    def factors(self, id: str, norm: Norm, count: int | None = None, seed: int = 0) -> Factors:
        """Factors of all layers, or of the first where the article took the first, with the
        article's settings.
        """
        from replication.measures.factors import factorize

        published = experiments.published_factors(id)
        count = count or len(published.activity)
        layers = published.layers if published.layers == (0,) else None
        return self._once(
            f"factors {count} {seed}",
            id,
            lambda: factorize(
                self._recording(id), self.provenance(id, norm), count, layers=layers, seed=seed
            ),
        )

    def sparsity(self, id: str, norm: Norm) -> "Sparsity":
        """How many neurons fire at each token, in every layer."""
        from replication.measures.neurons import sparsity

        return self._once("sparsity", id, lambda: sparsity(self._recording(id)))

    def clusters(self, id: str, norm: Norm, count: int) -> "Clusters":
        """Clusters of the neurons of the middle layer, by k-means with seed 0."""
        from replication.measures.neurons import clusters

        layer = self._entry.layers // 2
        return self._once(
            f"clusters {count}", id, lambda: clusters(self._recording(id), layer, count)
        )

    def components(self, id: str, norm: Norm, count: int) -> "PrincipalComponents":
        """Principal components of the activations of all layers."""
        from replication.measures.factors import pca

        return self._once(f"components {count}", id, lambda: pca(self._recording(id), count))

    def feed_forward_share(self, id: str, norm: Norm) -> float:
        """The share of the parameters of all blocks that lie in their feed-forward layers."""
        from replication.models.architectures import feed_forward_share

        return self._once("feed_forward_share", id, lambda: feed_forward_share(self.model.network))

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """The model's answer to a question, asked once."""
        shared = norm if question.norm_matters else None
        return self._once(question, "", lambda: self._ask(question, norm), shared)

    def measure(self, wanted: Iterable[Wanted]) -> None:
        """Work out results now; then let go of the model.

        A control is needed for its results alone: ten of them together would fill the memory.
        """
        for norm, measurement in wanted:
            with suppress(NotTestable):  # whoever asks for it is told then
                if isinstance(measurement, tuple):
                    method, id, *settings = measurement
                    getattr(self, method)(id, norm, *settings)
                else:
                    self.answer(measurement, norm)
        self._model = None
        self._recordings.clear()

    def _once(
        self, asked: Any, id: str, work: Callable[[], Result], norm: Norm | None = None
    ) -> Result:
        key = (asked, id, norm)
        if key not in self._results:
            try:
                self._results[key] = work()
            except NotTestable as reason:
                self._results[key] = reason
        if isinstance(self._results[key], NotTestable):
            raise self._results[key]
        result: Result = self._results[key]
        return result

    def _ask(self, question: Question[Answer], norm: Norm) -> Answer:
        from replication.models.errors import ModelError

        model = self.model  # a network that cannot be loaded is no answer
        try:
            return question.ask(model, norm)
        except ModelError as error:
            raise NotTestable(str(error)) from error

    def _ranks(self, id: str, norm: Norm) -> RankGrid:
        from replication.measures.lens import continuation_ranks, watched_ranks
        from replication.models.errors import SeveralTokens

        experiment = experiments.experiment(id)
        recording = self._recording(id)
        if not experiment.watched:
            last_only = experiment.last_only
            return continuation_ranks(self.model, recording, norm, last_only=last_only)
        try:
            return watched_ranks(self.model, recording, norm, experiment.watched)
        except SeveralTokens as error:
            raise NotTestable(str(error)) from error

    def _recording(self, id: str, own: bool = False) -> "Recording":
        from replication.measures.record import record_ids

        if (id, own) not in self._recordings:
            text = experiments.experiment(id)
            before = self.model.encode(text.prompt, start=True)
            after = self._continued(text) if own else self.model.encode(text.continuation)
            neurons = experiments.published_figure(id).kind == "nmf_factors"
            made = record_ids(self.model, [*before, *after], len(before), neurons=neurons)
            self._recordings[id, own] = made
        return self._recordings[id, own]

    def _continued(self, text: experiments.Experiment) -> list[int]:
        """The greedy continuation of a prompt; a longer one begins with it and serves as well."""
        from replication.measures.record import generate, up_to_visible

        length, written = self._written.get(text.prompt, (0, []))
        if length < text.visible_tokens:
            written = generate(self.model, text.prompt, text.visible_tokens)
            self._written[text.prompt] = text.visible_tokens, written
        return up_to_visible(self.model, written, text.visible_tokens)


def subject(name: str) -> Subject:
    """The subject of a name: ``published``, a model of the table, or a control.

    ``ValueError``, with the names there are, for any other.
    """
    return Published() if name == Published.name else Measured(name)
