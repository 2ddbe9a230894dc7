"""Drawing what carries a difference to the output: curves by depth, and a map of who writes it.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here.
"""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from replication.figures.drawing.cells import SANS, TEXT, cells, colour_key, label_tokens, write
from replication.figures.drawing.curves import HEIGHT, draw_curves
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.figures.drawing.patching import EFFECT_COLOURS, ROW
from replication.results.circuit import CircuitMap
from replication.results.sets import LayerCurves

LIMIT = 1.0
"""Colours run from minus the whole gap to the whole gap."""
LEAST = 0.005
"""Shares under half a percent are not written."""
NOTE = (
    "Shares of the gap: the logit difference between right and wrong verb after a clean prompt, "
    "less that after the corrupted one. Above: how much of it comes back, or is lost, when the "
    "residual stream of the other run is put in after a layer. Middle: how much each layer's parts "
    "write through the frozen final norm, and how much is left when they write their mean over all "
    "texts. Below: what each head writes; heads named on half of the nouns are framed. Bands: 95 % "
    "intervals over nouns."
)


def draw_written(found: CircuitMap, ax: Axes) -> Axes:
    """Draw what each part of each layer writes, layers down, with frames around named heads."""
    image = cells(ax, found.written, Normalize(-LIMIT, LIMIT), EFFECT_COLOURS)
    write(ax, image, [[_percent(value) for value in row] for row in found.written])
    label_tokens(ax, found.parts, family=SANS)
    for head in found.named:
        corner = (head.number - 0.5, head.layer - 0.5)
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor="black", linewidth=1.2))
    ax.set_title("written of the gap at the last position", loc="left", fontsize=TEXT, pad=4)
    return ax


def circuit_page(results: Results, title: str) -> Figure:
    """A page of circuits: transport, decision, and the map of who writes."""
    figure = page(title, lines_of(results, _lines), NOTE)
    key = colour_key(figure, Normalize(-LIMIT, LIMIT), EFFECT_COLOURS, "written")
    key.set_xticks([-1, 0, 1], ["−1", "0", "1 (all)"])
    key.get_xticklabels()[-1].set_horizontalalignment("right")
    return figure


def _lines(found: CircuitMap) -> list[Line]:
    rows = ROW * found.written.shape[0]
    return [
        _side_by_side(found.transport),
        _side_by_side(found.decision, named=False),
        [Panel(partial(draw_written, found), rows)],
    ]


def _side_by_side(curves: LayerCurves, *, named: bool = True) -> Line:
    draws = [partial(draw_curves, curves, panel=panel) for panel in range(len(curves.panels))]
    first = Panel(draws[0], HEIGHT, source=curves.provenance if named else None)
    return [first, *(Panel(draw, HEIGHT) for draw in draws[1:])]


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("-", "−") if np.abs(share) >= LEAST else ""
