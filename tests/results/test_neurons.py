"""How neurons fire, in shares and in clusters, by hand."""

import numpy as np

from replication.articles.experiments import published_provenance
from replication.results.neurons import Clusters, LayerFiring, Sparsity
from replication.results.roles import Role

SOURCE = published_provenance("factors_counting_two")


def test_shares_of_a_layers_neurons() -> None:
    found = Sparsity(np.array([[4, 2]]), np.array([[1, 0]]), ("a", "b"), (0,), 8, 0.0, 0.1, SOURCE)
    assert found.share.tolist() == [[0.5, 0.25]]


def test_clusters_have_sizes() -> None:
    roles = (Role.NUMBER, Role.COMMA, Role.NUMBER)
    layer = LayerFiring(np.zeros((3, 3)), np.arange(3), (" 1", ",", " 2"), roles, 0)
    firing = np.array([[1.0, 8, 3], [0, 5, 1], [7, 7, 7]])
    found = Clusters(np.array([1, 0, 0]), firing, layer, 0, SOURCE)
    assert found.sizes.tolist() == [2, 1, 0]
