"""Drawing what holds over many texts: curves along the layers with their intervals."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from replication.figures.drawing.cells import TEXT, along_layers
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.figures.drawing.sparklines import factor_colour
from replication.results.sets import LayerCurves

COLOURS = (4, 5, 2, 6)  # of the factors' colours, those that a line can be seen in
HEIGHT = 1.9  # inches
NOTE = (
    "Means over all texts of a set after every layer. Bands: 95 % intervals, each for its layer "
    "alone, from drawing whole clusters of texts again. Bars: exact ones, where all texts agree "
    "and drawing again would tell nothing."
)


def draw_curves(curves: LayerCurves, ax: Axes, panel: int = 0) -> Axes:
    """Draw means over items after every layer, with bands for their intervals, and bars for exact
    ones: as bands those would flare up wherever all items agree, and tell two methods apart.

    One half is marked: of a share, most items show the finding above it. The first panel names the
    lines of all.
    """
    layers = np.arange(curves.estimate.shape[2])
    ax.axhline(0.5, color="0.6", linewidth=0.6)
    for line, name in enumerate(curves.lines):
        colour = factor_colour(COLOURS[line % len(COLOURS)])
        mean, low, high = (of[panel, line] for of in (curves.estimate, curves.low, curves.high))
        exact = np.isin(mean, (0, 1)) & (low < high)
        ends = (np.where(exact, mean, end) for end in (low, high))
        ax.fill_between(layers, *ends, color=colour, alpha=0.25, linewidth=0)
        if exact.any():
            ax.vlines(layers[exact], low[exact], high[exact], color=colour, alpha=0.5, linewidth=1)
        size = f"{curves.items[line]} texts, {curves.clusters[line]} clusters"
        label = f"{name} ({size})"
        ax.plot(layers, mean, color=colour, linewidth=1.4, label=label)
    lowest, highest = min(0.0, curves.low.min()), max(1.0, curves.high.max())
    ax.set(xlim=(0, layers[-1]), ylim=(lowest - 0.02, highest + 0.02))
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    along_layers(ax)
    ax.set_title(curves.panels[panel], loc="right", fontsize=TEXT, weight="bold", pad=4)
    if panel == 0:
        figure = ax.get_figure(root=True)
        assert figure
        under = ax.transAxes + ScaledTranslation(-0.1, -0.34, figure.dpi_scale_trans)
        place: dict[str, Any] = {"bbox_to_anchor": (0, 0), "bbox_transform": under}
        ax.legend(loc="upper left", borderaxespad=0, fontsize=TEXT, frameon=False, **place)
    return ax


def curves_page(results: Results, title: str) -> Figure:
    """A page of curves: a line of drawings for each question, one for each of its panels."""
    return page(title, lines_of(results, _lines), NOTE)


def _lines(curves: LayerCurves) -> list[Line]:
    panels = range(len(curves.panels))
    sources = [None if panel else curves.provenance for panel in panels]
    draws = [partial(draw_curves, curves, panel=panel) for panel in panels]
    return [
        [Panel(draw, HEIGHT, source=source) for draw, source in zip(draws, sources, strict=True)]
    ]
