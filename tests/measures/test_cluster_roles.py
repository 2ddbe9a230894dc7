"""What clusters fire for, on clusters worked out by hand."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import spearmanr

from replication.measures.cluster_roles import fires_most, growth, purity


def test_firing_most_counts_the_tokens_above_every_other_token() -> None:
    firing = np.array([[3.0, 2, 1, 0], [5.0, 1, 1, 1], [0.0, 0, 0, 0]])
    role = np.array([True, False, True, False])
    np.testing.assert_array_equal(fires_most(firing, role), [0.5, 0.5, 0])
    with pytest.raises(ValueError, match="0 of 4 tokens have the role"):
        fires_most(firing, ~np.ones(4, bool))


def test_growth_is_scipys_rank_correlation_in_both_texts() -> None:
    random = np.random.default_rng(3)
    up, down = random.random((2, 4, 7))
    each = [
        np.mean([spearmanr(range(7), text[k]).statistic for text in (up, down)]) for k in range(4)
    ]
    found = growth(up, down)
    assert found.cluster == np.argmax(each)
    assert found.correlation == pytest.approx(max(each))


def test_the_chance_of_growth_is_that_of_all_orders() -> None:
    """One cluster over five values: of 120 orders, with the same values in both texts, by hand."""
    row = np.arange(5.0)[None]
    all_orders = [spearmanr(order, range(5)).statistic for order in permutations(range(5))]
    found = growth(row, row, shuffles=4000)
    assert found.shuffled_95 == pytest.approx(np.quantile(all_orders, 0.95), abs=0.11)


def test_a_flat_cluster_and_a_drift_do_not_grow() -> None:
    rising = np.arange(7.0)[None]
    assert growth(rising, rising[:, ::-1]).correlation == pytest.approx(0)
    assert growth(0 * rising, 0 * rising).correlation == 0


def test_purity_of_clusters_that_average_noise_away() -> None:
    """Two clusters whose neurons fire for one role each, beneath noise of their own."""
    random = np.random.default_rng(0)
    roles = np.array([[True, False] * 8, [False, True] * 8])
    labels = np.repeat([0, 1], 20)
    values = roles[labels] + random.normal(scale=2, size=(40, 16))
    found = purity(values, labels, roles)
    assert found.clusters > 0.6 > 0.4 > found.neurons
    assert found.clusters > found.dealt_95
    mixed = purity(values, np.tile([0, 1], 20), roles)
    assert mixed.clusters < found.clusters


def test_purity_of_clusters_of_one_neuron_is_that_of_the_neurons() -> None:
    values = np.random.default_rng(0).random((5, 9))
    roles = np.array([[True, False, False] * 3, [False, True, False] * 3])
    found = purity(values, np.arange(5), roles)
    assert found.clusters == pytest.approx(found.neurons)
    assert found.dealt_95 == pytest.approx(found.neurons)
