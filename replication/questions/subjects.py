"""Subjects: what a finding is judged on, each giving the results of any experiment by its id.

The published numbers, a model with trained weights and an untrained control
(``measured``) answer the same questions in the same types. A claim is shown a ``View``:
one subject under one norm.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, runtime_checkable

from replication.articles import experiments
from replication.base.axes import Norm
from replication.models import registry
from replication.results.factors import Factors
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel
    from replication.results.factors import PrincipalComponents
    from replication.results.neurons import Clusters, Sparsity

Answer = TypeVar("Answer")
Given = TypeVar("Given", covariant=True)


@runtime_checkable
class Question(Protocol[Given]):
    """What any model can be asked beyond the experiments whose numbers were published.

    A frozen dataclass, so that equal questions are asked once.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str:
        """Names the question in files and reports."""

    @property
    def norm_matters(self) -> bool:
        """False where the answer is the same under both norms, or has both."""

    def ask(self, model: "LanguageModel", norm: Norm) -> Given:
        """The answer, in numpy. Raises ``SeveralTokens`` where the model cannot give it."""


Measurement = tuple[Any, ...] | Question[Any]
"""A result to be had: (method, id, further settings) of an experiment, or a question."""


@runtime_checkable
class Subject(Protocol):
    """Whatever can answer for an experiment."""

    name: str

    def provenance(self, id: str | None, norm: Norm) -> Provenance:
        """What stands behind the subject's numbers for an experiment, or beyond any."""

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of the published continuation, or of the watched words."""

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """Ranks of a continuation of the subject's own."""

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The ten best tokens after every layer."""

    def written(self, id: str, norm: Norm) -> tuple[str, ...]:
        """The tokens of the subject's own continuation."""

    def saliency(self, id: str, norm: Norm) -> Saliency:
        """Gradient x input for the published continuation."""

    def factors(self, id: str, norm: Norm, count: int | None = None, seed: int = 0) -> Factors:
        """Factors of the activations over the published text, as many as were published."""

    def sparsity(self, id: str, norm: Norm) -> "Sparsity":
        """How many neurons fire at each token, in every layer."""

    def clusters(self, id: str, norm: Norm, count: int) -> "Clusters":
        """Clusters of the neurons of the middle layer."""

    def components(self, id: str, norm: Norm, count: int) -> "PrincipalComponents":
        """Principal components of the activations that ``factors`` takes."""

    def feed_forward_share(self, id: str, norm: Norm) -> float:
        """The share of a block's parameters that its feed-forward layer holds."""

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """The answer to a question."""


class Published:
    """The articles' own numbers; they were measured with ``norm="none"`` only."""

    name = "published"

    def provenance(self, id: str | None, norm: Norm) -> Provenance:
        """The article's model, as the numbers show it."""
        if id is None:
            raise NotTestable("nothing was published beyond the articles' experiments")
        return experiments.published_provenance(id)

    def ranks(self, id: str, norm: Norm) -> RankGrid:
        """The published ranks."""
        self._refuse(norm)
        return experiments.published_ranks(id)

    def generated(self, id: str, norm: Norm) -> RankGrid:
        """The published ranks: what the articles show is what their models wrote."""
        return self.ranks(id, norm)

    def top_tokens(self, id: str, norm: Norm) -> TopTokens:
        """The published best tokens."""
        self._refuse(norm)
        return experiments.published_top_tokens(id)

    def written(self, id: str, norm: Norm) -> tuple[str, ...]:
        """What the article shows that its model wrote."""
        data = experiments.published_figure(id)
        return tuple(str(token) for token in data.tokens[data.n_input_tokens or 0 :])

    def saliency(self, id: str, norm: Norm) -> Saliency:
        """The published saliency."""
        return experiments.published_saliency(id)

    def factors(self, id: str, norm: Norm, count: int | None = None, seed: int = 0) -> Factors:
        """The published factors; another number of them, or another start, was not published."""
        published = experiments.published_factors(id)
        if count not in (None, len(published.activity)) or seed:
            raise NotTestable(f"of {id}, {count} factors with seed {seed} were not published")
        return published

    def sparsity(self, id: str, norm: Norm) -> "Sparsity":
        """Not published."""
        raise NotTestable("the article published a picture of the neurons and no numbers")

    def clusters(self, id: str, norm: Norm, count: int) -> "Clusters":
        """Not published."""
        raise NotTestable("the article published a picture of the clusters and no numbers")

    def components(self, id: str, norm: Norm, count: int) -> "PrincipalComponents":
        """Not published."""
        raise NotTestable("the article published no principal components")

    def feed_forward_share(self, id: str, norm: Norm) -> float:
        """Of the article's model, from its shape alone."""
        from replication.models.architectures import feed_forward_share
        from replication.models.loading import shape_only

        paper = experiments.experiment(id).paper_model
        if paper is None:
            raise NotTestable(f"the article does not say which model {id} is of")
        return feed_forward_share(shape_only(registry.MODELS[paper]))

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """Not published."""
        raise NotTestable(f"the articles published no numbers of {question.id}")

    def _refuse(self, norm: Norm) -> None:
        if norm != "none":
            raise NotTestable(f"the articles published no numbers under norm={norm!r}")


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

    def written(self, id: str) -> tuple[str, ...]:
        """The tokens of the subject's own continuation."""
        return self.subject.written(id, self.norm)

    def saliency(self, id: str) -> Saliency:
        """Gradient x input for the published continuation."""
        return self.subject.saliency(id, self.norm)

    def factors(self, id: str, count: int | None = None, seed: int = 0) -> Factors:
        """Factors of the activations over the published text, as many as were published."""
        return self.subject.factors(id, self.norm, count, seed)

    def sparsity(self, id: str) -> "Sparsity":
        """How many neurons fire at each token, in every layer."""
        return self.subject.sparsity(id, self.norm)

    def clusters(self, id: str, count: int) -> "Clusters":
        """Clusters of the neurons of the middle layer."""
        return self.subject.clusters(id, self.norm, count)

    def components(self, id: str, count: int) -> "PrincipalComponents":
        """Principal components of the activations that ``factors`` takes."""
        return self.subject.components(id, self.norm, count)

    def feed_forward_share(self, id: str) -> float:
        """The share of a block's parameters that its feed-forward layer holds."""
        return self.subject.feed_forward_share(id, self.norm)

    def answer(self, question: Question[Answer]) -> Answer:
        """The answer to a question."""
        return self.subject.answer(question, self.norm)

    def provenance(self, id: str | None = None) -> Provenance:
        """What stands behind the numbers for an experiment, or for whatever is not of one."""
        return self.subject.provenance(id, self.norm)

    def is_paper_model(self, id: str) -> bool:
        """Whether this is the model whose numbers were published, so that numbers must agree."""
        paper = experiments.experiment(id).paper_model
        return self.subject.name in (Published.name, paper) and self.norm == "none"
