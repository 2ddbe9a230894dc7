"""Drawing neurons while a text is written, one by one and as the means of their clusters."""

from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    SHARE_COLOURS,
    TEXT,
    colour_key,
    height,
    label_tokens,
    shortened,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Line, Panel, Results, lines_of
from replication.figures.drawing.sparklines import SPARK, sparklines
from replication.results.neurons import Firing

NEURON = 0.024  # inches: a neuron's row
NOTE = (
    "Activations of one feed-forward layer, a row for each neuron, while each token was written "
    "(negative ones as 0, dark is high). Sparklines: the mean of each k-means cluster of all "
    "neurons of the layer, every row on a scale of its own, its greatest value on the right."
)


def draw_firing(firing: Firing, ax: Axes, by_cluster: bool = False) -> Axes:
    """Draw neurons one by one: a row for each, in the layer's order or cluster by cluster.

    Colours are linear from 0 to the greatest activation.
    """
    order = np.lexsort([firing.neurons, firing.labels]) if by_cluster else slice(None)
    values = firing.values[order]
    norm = Normalize(0, float(values.max()) or 1.0)
    ax.imshow(values, SHARE_COLOURS, norm, aspect="auto", interpolation="nearest")
    ax.set_yticks([])
    if by_cluster:
        _mark_clusters(ax, firing.labels[order])
    ax.tick_params(length=0, labelsize=TEXT)
    ax.spines[:].set_visible(False)
    label_tokens(ax, shortened(firing.tokens))
    order_said = "cluster by cluster" if by_cluster else "in the layer's order"
    said = f"layer {firing.layer}: {len(values)} of its {firing.sizes.sum()} neurons, {order_said}"
    ax.set_xlabel(said, fontsize=TEXT)
    return ax


def _mark_clusters(ax: Axes, labels: np.ndarray) -> None:
    """Number the clusters on the left, with a line between each two."""
    there, first, counts = np.unique(labels, return_index=True, return_counts=True)
    ax.hlines(first[1:] - 0.5, -0.5, ax.get_xlim()[1], color="0.3", linewidth=0.6)
    middles, row = first + (counts - 1) / 2, height(ax) / len(labels)
    shown: list[int] = []
    for number, middle in enumerate(middles):
        # Where clusters are thin their numbers would lie on each other.
        if not shown or (middle - middles[shown[-1]]) * row >= 1.2 * TEXT:
            shown.append(number)
    ax.set_yticks(middles[shown], [str(k + 1) for k in there[shown]])


def draw_clusters(firing: Firing, ax: Axes) -> Axes:
    """Draw the mean firing of clusters along the tokens, with their sizes and greatest values."""
    names = [f"{number + 1}: {size} neurons" for number, size in enumerate(firing.sizes)]
    sparklines(firing.means, names, ax)
    label_tokens(ax, shortened(firing.tokens))
    for number, highest in enumerate(firing.means.max(axis=1)):
        place: dict[str, Any] = {"xycoords": ("axes fraction", "data")}
        place |= {"xytext": (3, 0), "textcoords": "offset points", "va": "center"}
        row = 1, len(firing.means) - 0.6 - number
        ax.annotate(f"{highest:.2g}", row, fontsize=TEXT, color="0.35", **place)
    return ax


def neurons_page(results: Results, title: str) -> Figure:
    """A page of neurons: as they come and cluster by cluster, then the clusters' means."""
    figure = page(title, lines_of(results, _lines), NOTE)
    shown = chain.from_iterable(results.values())
    highest = [float(result.values.max()) for result in shown if isinstance(result, Firing)]
    if highest:
        colour_key(figure, Normalize(0, max(highest)), SHARE_COLOURS, "activation")
    return figure


def _lines(firing: Firing) -> list[Line]:
    source, high, half = firing.provenance, len(firing.values) * NEURON, WHOLE / 2
    clusters = partial(draw_firing, firing, by_cluster=True)
    means = Panel(partial(draw_clusters, firing), len(firing.means) * SPARK)
    single = Panel(partial(draw_firing, firing), high, half, source)
    return [[single, Panel(clusters, high, half)], [means]]
