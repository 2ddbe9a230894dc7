"""Drawing saliency and neurons as heat maps: ``draw_*(result, ax) -> ax``.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here, and dark is more.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from replication.figures.drawing.cells import (
    DIGIT,
    LONGEST,
    MONO,
    SHARE_COLOURS,
    TEXT,
    cells,
    points,
    upright,
    visible,
    write,
)
from replication.results.neurons import Firing
from replication.results.saliency import Saliency


def draw_saliency(saliency: Saliency, ax: Axes, highest: float | None = None) -> Axes:
    """Draw shares: a row for each generated token, across the tokens before it.

    Numbers are percent, whole where more does not fit, none where they do not fit at all; the
    image holds the exact shares. Colours are linear from 0 to ``highest``, which is the greatest
    share unless drawings share a scale.
    """
    generated, before = saliency.shares.shape
    ahead = np.triu(np.ones((generated, before), bool), saliency.n_input)
    shares = np.ma.masked_array(saliency.shares, ahead)
    image = cells(ax, shares, Normalize(0, highest or float(shares.max())), SHARE_COLOURS)
    form = _form(highest or float(shares.max()), points(ax) / before)
    rows = [saliency.row(number) for number in range(generated)]
    write(ax, image, [[form.format(100 * share) for share in row] for row in rows])
    labels = [visible(token, LONGEST) for token in saliency.tokens]
    ax.set_yticks(range(generated), labels[saliency.n_input :], parse_math=False)
    ax.tick_params(axis="y", labelfontfamily=MONO)
    label_tokens(ax, labels[:-1])
    return ax


def label_tokens(ax: Axes, labels: list[str]) -> None:
    """Put tokens under the columns of a drawing, turned where they are too long."""
    ax.set_xticks(range(len(labels)), labels, parse_math=False)
    rotation = 90 if upright(labels, points(ax) / len(labels)) else 0
    ax.tick_params(axis="x", labelrotation=rotation, labelfontfamily=MONO)


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
    label_tokens(ax, [visible(token, LONGEST) for token in firing.tokens])
    order_said = "cluster by cluster" if by_cluster else "in the layer's order"
    said = f"layer {firing.layer}: {len(values)} of its {firing.sizes.sum()} neurons, {order_said}"
    ax.set_xlabel(said, fontsize=TEXT)
    return ax


def _mark_clusters(ax: Axes, labels: np.ndarray) -> None:
    """Number the clusters on the left, with a line between each two."""
    there, first, counts = np.unique(labels, return_index=True, return_counts=True)
    ax.hlines(first[1:] - 0.5, -0.5, ax.get_xlim()[1], color="0.3", linewidth=0.6)
    # Where clusters are thin their numbers would lie on each other.
    wide = counts >= 0.018 * len(labels)
    ax.set_yticks((first + (counts - 1) / 2)[wide], [str(k + 1) for k in there[wide]])


def _form(highest: float, room: float) -> str:
    """How to write percentages so that the greatest fits into ``room`` points."""
    for form in ("{:.1f}", "{:.0f}"):
        if len(form.format(100 * highest)) * DIGIT * TEXT <= room - 1:
            return form
    return ""
