"""How the neurons of feed-forward layers fire: the result types."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from replication.results.provenance import Provenance
from replication.results.roles import Role
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Sparsity:
    """How few of a layer's neurons fire at a token."""

    firing: Int[np.ndarray, "layer token"]
    """How many neurons are above ``threshold``."""
    strong: Int[np.ndarray, "layer token"]
    """How many are above ``part`` of the greatest activation in the layer at the token, a reading
    that does not depend on the scale of a model's activations."""
    tokens: tuple[str, ...]
    """Each is looked at where the model read it."""
    layers: tuple[int, ...]
    neurons: int
    """How many neurons a layer has."""
    threshold: float
    part: float
    provenance: Provenance

    @property
    def share(self) -> Float[np.ndarray, "layer token"]:
        """The share of a layer's neurons above ``threshold``, 0 to 1."""
        return self.firing / self.neurons


@shows_itself
@dataclass(frozen=True)
class LayerFiring:
    """Neurons of one layer over the tokens of a text, a row for each neuron."""

    values: Float[np.ndarray, "neuron token"]
    """Activations, negative ones set to 0."""
    neurons: Int[np.ndarray, " neuron"]
    """Which neurons of the layer these are."""
    tokens: tuple[str, ...]
    roles: tuple[Role, ...]
    """Of each token in the whole text."""
    layer: int


@shows_itself
@dataclass(frozen=True)
class Clusters:
    """Neurons of one layer in groups that fire alike; cluster 0 is the largest."""

    labels: Int[np.ndarray, " neuron"]
    """The cluster of each neuron of ``of``."""
    firing: Float[np.ndarray, "cluster token"]
    """The mean activation of a cluster's neurons, negative ones counted as 0."""
    of: LayerFiring
    seed: int
    provenance: Provenance

    @property
    def sizes(self) -> Int[np.ndarray, " cluster"]:
        """How many neurons each cluster has."""
        return np.bincount(self.labels, minlength=len(self.firing))


@shows_itself
@dataclass(frozen=True)
class Firing:
    """How the neurons of one layer fire: some of them one by one, all of them in clusters."""

    values: Float[np.ndarray, "neuron token"]
    """Activations of the neurons drawn, negative ones as 0."""
    neurons: Int[np.ndarray, " neuron"]
    """Which neurons of the layer those are."""
    labels: Int[np.ndarray, " neuron"]
    """The clusters that they are in."""
    means: Float[np.ndarray, "cluster token"]
    """The mean activation of each cluster of all neurons of the layer."""
    sizes: Int[np.ndarray, " cluster"]
    tokens: tuple[str, ...]
    layer: int
    provenance: Provenance
