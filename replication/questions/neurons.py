"""Questions about neurons of feed-forward layers: how they fire, in what clusters and factors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.articles import experiments
from replication.articles.thresholds import CLUSTERS_OF_A_LAYER, DEPTH_OF_FIRST, DEPTH_OF_NEURONS
from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.results.factors import Factors, PrincipalComponents
from replication.results.neurons import Clusters, Firing, Sparsity
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.questions.reader import Reader


@dataclass(frozen=True)
class SparsityOf(Question[Sparsity]):
    """How many neurons fire at each token."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    layers: tuple[int, ...] | None = None
    """All, unless some are named."""

    @classmethod
    def of_figure(cls, id: str) -> "SparsityOf":
        """The text of a published figure."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Sparsity:
        """Counts in every layer."""
        from replication.measures.neurons import sparsity

        return sparsity(reader.recording(self.text, neurons=True), self.layers)

    def look_up(self) -> Sparsity:
        """Not published."""
        raise NotTestable("the article published a picture of the neurons and no numbers")


@dataclass(frozen=True)
class ClustersOf(Question[Clusters]):
    """Groups of neurons of one layer that fire alike, by k-means with seed 0."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    clusters: int = CLUSTERS_OF_A_LAYER
    layers: tuple[int, ...] | None = None
    """One layer; the first at or beyond ``depth``, unless it is named."""
    depth: float = DEPTH_OF_NEURONS

    @classmethod
    def of_figure(cls, id: str) -> "ClustersOf":
        """The text of a published figure."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Clusters:
        """Clusters of all neurons of the layer."""
        from replication.measures.neurons import clusters

        layer = one_layer(self.layers, self.depth, reader.model.entry.layers)
        return clusters(reader.recording(self.text, neurons=True), layer, self.clusters)

    def look_up(self) -> Clusters:
        """Not published."""
        raise NotTestable("the article published a picture of the clusters and no numbers")


@dataclass(frozen=True)
class FiringOf(Question[Firing]):
    """Some neurons of one layer one by one, chosen by ``seed``, and all of them in clusters."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    clusters: int = CLUSTERS_OF_A_LAYER
    neurons: int = 200
    """Drawn one by one; the article draws as many."""
    seed: int = 0
    layers: tuple[int, ...] | None = None
    """One layer; the first at or beyond ``depth``, unless it is named."""
    depth: float = DEPTH_OF_NEURONS

    @classmethod
    def of_figure(cls, id: str) -> "FiringOf":
        """The text of a published figure."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Firing:
        """Activations, negative ones as 0."""
        from replication.measures.neurons import drawn

        asked = ClustersOf(self.text, self.clusters, self.layers, self.depth)
        found = asked.measure(reader, norm)
        some = drawn(found.of, self.neurons, self.seed)
        return Firing(
            values=some.values,
            neurons=some.neurons,
            labels=found.labels[some.neurons],
            means=found.firing,
            sizes=found.sizes,
            tokens=found.of.tokens,
            layer=found.of.layer,
            provenance=found.provenance,
        )

    def look_up(self) -> Firing:
        """Not published."""
        raise NotTestable("the article published a picture of the clusters and no numbers")


@dataclass(frozen=True)
class FactorsOf(Question[Factors]):
    """The factors of the activations over a text."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    factors: int
    seed: int = 0
    """Of the random start."""
    layers: tuple[int, ...] | None = None
    """Unless some are named, the first at or beyond ``depth``; all, where that is not given."""
    depth: float | None = None

    @classmethod
    def of_figure(cls, id: str, factors: int | None = None) -> "FactorsOf":
        """The text of a published figure, all layers or one at the depth of its own, and as many
        factors as it has unless their number is given.
        """
        found = experiments.published_factors(id)
        depth = DEPTH_OF_FIRST if found.layers == (0,) else None
        return cls(Text.of_figure(id), factors or len(found.activity), depth=depth, published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Factors:
        """Factors by the article's settings."""
        from replication.measures.factors import factorize

        recording = reader.recording(self.text, neurons=True)
        layers = self._layers_of(reader.model.entry.layers)
        return factorize(recording, self.factors, layers=layers, seed=self.seed)

    def look_up(self) -> Factors:
        """The published factors; another number of them, other layers or another start were not
        published.
        """
        if not self.published:
            return super().look_up()
        found = experiments.published_factors(self.published)
        there = experiments.DISTILGPT2_LAYERS
        layers = self._layers_of(there) or tuple(range(there))
        if self.factors != len(found.activity) or layers != found.layers or self.seed:
            raise NotTestable(
                f"of {self.published}, {self.factors} factors of layers {list(layers)} with seed "
                f"{self.seed} were not published"
            )
        return found

    def _layers_of(self, there: int) -> tuple[int, ...] | None:
        """Of a model with so many layers those that are looked at; None for all."""
        from replication.measures.depth import first_layer

        by_depth = None if self.depth is None else (first_layer(self.depth, there),)
        return by_depth if self.layers is None else self.layers


@dataclass(frozen=True)
class ComponentsOf(Question[PrincipalComponents]):
    """Principal components of the activations that ``FactorsOf`` takes."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    components: int

    @classmethod
    def of_figure(cls, id: str, components: int) -> "ComponentsOf":
        """The text of a published figure."""
        return cls(Text.of_figure(id), components, published=id)

    def measure(self, reader: "Reader", norm: Norm) -> PrincipalComponents:
        """Components of the activations of all layers."""
        from replication.measures.factors import pca

        return pca(reader.recording(self.text, neurons=True), self.components)

    def look_up(self) -> PrincipalComponents:
        """Not published."""
        raise NotTestable("the article published no principal components")


@dataclass(frozen=True)
class FeedForwardShareOf(Question[float]):
    """The share of the parameters of all blocks that lie in their feed-forward layers.

    No text is read: of the published numbers it is that of the model behind a figure.
    """

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False

    def measure(self, reader: "Reader", norm: Norm) -> float:
        """Between 0 and 1."""
        from replication.models.architectures import feed_forward_share

        return feed_forward_share(reader.model.network)

    def look_up(self) -> float:
        """Of the figure's model, from its shape alone."""
        from replication.models import registry
        from replication.models.architectures import feed_forward_share
        from replication.models.loading import shape_only

        name = self.published and experiments.experiment(self.published).paper_model
        if not name:
            raise NotTestable(f"the article does not say which model {self.id} is of")
        return feed_forward_share(shape_only(registry.MODELS[name]))


def one_layer(layers: tuple[int, ...] | None, depth: float, there: int) -> int:
    """The layer that is named, or the first at or beyond a depth; ``ValueError`` unless one is
    named.
    """
    from replication.measures.depth import first_layer

    if layers is not None and len(layers) != 1:
        raise ValueError(f"layers are {layers}: the neurons of one layer are looked at, name one")
    return layers[0] if layers else first_layer(depth, there)
