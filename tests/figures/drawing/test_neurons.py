"""Drawings of neurons: artists hold the results' numbers, tokens stay text."""

import numpy as np
import pytest
from figures.drawing.test_saliency import SOURCE
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.neurons import draw_clusters, draw_firing
from replication.figures.drawing.sparklines import STRONGEST
from replication.results.neurons import Firing


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def firing_of(tokens: tuple[str, ...]) -> Firing:
    values = np.arange(4.0 * len(tokens)).reshape(4, -1)
    labels = np.array([1, 0, 1, 0])
    means = np.stack([values[labels == k].mean(axis=0) for k in (0, 1)])
    return Firing(values, np.arange(4), labels, means, np.array([2, 2]), tokens, 3, SOURCE)


def test_neurons_are_drawn_in_order_and_by_cluster(ax: Axes) -> None:
    firing = firing_of(("a", "b"))
    draw_firing(firing, ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), firing.values)
    ax.clear()
    draw_firing(firing, ax, by_cluster=True)
    np.testing.assert_array_equal(ax.images[0].get_array(), firing.values[[1, 3, 0, 2]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2"]
    assert ax.get_xlabel() == "layer 3: 4 of its 4 neurons, cluster by cluster"


def test_clusters_are_shown_with_their_sizes_and_means(ax: Axes) -> None:
    firing = firing_of(("a", "b"))
    draw_clusters(firing, ax)
    heights, _, base = ax.patches[0].get_data()  # type: ignore[attr-defined]
    restored = (heights - base) / STRONGEST * firing.means[0].max()
    np.testing.assert_allclose(restored, firing.means[0])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1: 2 neurons", "2: 2 neurons"]
    assert [text.get_text() for text in ax.texts] == ["5", "3"]
