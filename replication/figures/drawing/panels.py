"""What stands on a page: panels, each a drawing with the size that it asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from matplotlib.axes import Axes

from replication.figures.drawing.cells import TEXT, points, wrapped
from replication.results.provenance import Provenance
from replication.results.untestable import Untestable

Results = Mapping[str, Sequence[Any]]
"""By question, what each subject answers under each norm, in the order they are drawn."""
# Inches. Shown 900 pixels wide, a page has 100 pixels to an inch, 1.4 to a point.
WIDTH, EDGE = 9.0, 0.06
WHOLE = WIDTH - 2 * EDGE


@dataclass(frozen=True)
class Panel:
    """One drawing of a page; its sizes are those of its axes, in inches."""

    draw: Callable[[Axes], object]
    height: float
    """Panels of a line are all as high as the highest."""
    width: float = WHOLE
    """At most so much; the panels of a line share the page in this proportion."""
    source: Provenance | None = None
    """Named above the drawing."""
    heading: str = ""
    """What it has in common with the panels after it in the line, above the source."""
    flush: bool = False
    """It has no names of rows, and begins at the left edge of the page."""


Line = Sequence[Panel | None]
"""Panels side by side, ``None`` for an empty place; a panel alone may be as wide as the page."""


def lines_of(results: Results, draw: Callable[[Any], Sequence[Line]]) -> list[Line]:
    """The lines of all results; where there is nothing to draw, the reason instead."""
    shown = chain.from_iterable(results.values())
    said = ([[_reason(one)]] if isinstance(one, Untestable) else draw(one) for one in shown)
    return list(chain.from_iterable(said))


def panel_of(
    result: Any,
    draw: Callable[[Axes], object],
    height: float,
    width: float = WHOLE,
    heading: str = "",
) -> Panel:
    """A panel of a result under its source; where there is nothing to draw, of the reason."""
    if isinstance(result, Untestable):
        draw, height = partial(draw_untestable, result), 0.1
    return Panel(draw, height, width, result.provenance, heading)


def _reason(result: Untestable) -> Panel:
    return Panel(partial(draw_untestable, result), 0.1, source=result.provenance, flush=True)


def draw_untestable(result: Untestable, ax: Axes) -> Axes:
    """Say why there is nothing to draw."""
    lines = wrapped(f"not testable: {result.reason}", points(ax))
    ax.text(0, 1, "\n".join(lines), va="top", fontsize=TEXT, parse_math=False)
    ax.set_axis_off()
    return ax
