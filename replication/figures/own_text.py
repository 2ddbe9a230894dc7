"""A text or layers of one's own in the place of the article's, for the figures without a lens."""

from collections.abc import Mapping
from dataclasses import dataclass

from replication.articles.experiments import experiment, published_factors
from replication.figures.figure import Figure
from replication.measures import neurons as firing
from replication.measures.neurons import drawn
from replication.results.factors import Factors
from replication.results.neurons import Clusters, Firing
from replication.results.provenance import Provenance
from replication.results.saliency import Saliency


@dataclass(frozen=True)
class Own:
    """What takes the place of the article's text and layers in a figure."""

    prompt: str = ""
    """A text of one's own; the article's, with its continuation, if empty."""
    generate: int = 20
    """How many tokens a text of one's own is continued by, greedily."""
    layers: str = ""
    """A layer or a range, such as ``0`` or ``3-7``; those that the article took if empty."""

    @property
    def given(self) -> dict[str, str | int]:
        """What is not the article's."""
        text: dict[str, str | int] = {"prompt": self.prompt, "generate": self.generate}
        return (text if self.prompt else {}) | ({"layers": self.layers} if self.layers else {})


def own_result(
    figure: Figure, id: str, model: str, own: Own, settings: Mapping[str, int]
) -> Saliency | Factors | Firing:
    """What a figure shows of a text or layers of one's own, measured on a model.

    Raises ``ModelError`` for text that cannot be read and layers that are not there, ``ValueError``
    for an unknown model, or where the figure is of one layer and several are given.
    """
    from replication.cli import prompt_neurons, prompt_saliency

    if figure.shows == "saliency":
        text = own.prompt or experiment(id).prompt
        given = None if own.prompt else experiment(id).continuation
        look = prompt_saliency.look(text, model=model, generate=own.generate, given=given)
        return look.saliency
    layers = prompt_neurons.parse_range(own.layers) if own.layers else None
    if figure.shows == "neurons":
        return _firing(id, model, own, layers, **settings)
    if layers is None and published_factors(id).layers == (0,):
        layers = [0]
    return prompt_neurons.look(
        own.prompt or experiment(id).prompt,
        model=model,
        factors=settings["factors"],
        generate=own.generate if own.prompt else 0,
        given="" if own.prompt else experiment(id).continuation,
        layers=layers,
        seed=settings["seed"],
    ).factors


def _firing(
    id: str, model: str, own: Own, layers: list[int] | None, clusters: int, neurons: int, seed: int
) -> Firing:
    from replication.cli.prompt_neurons import read

    if layers and len(layers) > 1:
        raise ValueError(f"layers is {own.layers!r}: the neurons of one layer are drawn, name one")
    text = own.prompt or experiment(id).prompt
    generate = own.generate if own.prompt else 0
    loaded, recording = read(text, model, generate, "" if generate else experiment(id).continuation)
    layer = layers[0] if layers else loaded.entry.layers // 2
    found = firing.clusters(recording, layer, clusters)
    return firing_of(found, loaded.provenance(text, None), neurons, seed)


def firing_of(found: Clusters, source: Provenance, neurons: int, seed: int) -> Firing:
    """Clusters of a layer's neurons, and some neurons, which ``seed`` chooses, to be drawn."""
    some = drawn(found.of, neurons, seed)
    return Firing(
        values=some.values,
        neurons=some.neurons,
        labels=found.labels[some.neurons],
        means=found.firing,
        sizes=found.sizes,
        tokens=found.of.tokens,
        layer=found.of.layer,
        provenance=source,
    )
