"""A page of drawings: lines of panels below a title, set by matplotlib's constrained layout.

Every panel has the height that it asks for and at most the width; what stands around it takes the
room that the renderer measures, and a page is as high as all that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from replication.figures.drawing.cells import DOTS, MONO, TEXT, points, wrapped
from replication.results.provenance import Provenance
from replication.results.untestable import Untestable

Results = Mapping[str, Sequence[Any]]
"""By question, what each subject answers under each norm, in the order they are drawn."""
# Inches. Shown 900 pixels wide, a page has 100 pixels to an inch, 1.4 to a point.
WIDTH, EDGE = 9.0, 0.06
WHOLE = WIDTH - 2 * EDGE
HEADER = 0.42  # for the title
APART, CLOSE, PAD = 0.22, 0.1, 0.04  # above a line with headings, one without, below a heading
NARROW = 0.01


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


@dataclass
class _Place:
    """A panel with its axes and what stands around these."""

    panel: Panel
    ax: Axes
    column: int
    height: float
    """Of the axes, as of all the others of the line; this and the rest in inches."""
    left: float = 0.0
    below: float = 0.0
    above: float = 0.0
    source: list[Text] = field(default_factory=list)
    """From the bottom up."""
    heading: list[Text] = field(default_factory=list)

    def draw_names(self) -> None:
        """Draw into axes so narrow that nothing is written but the names of rows."""
        if self.panel.flush:
            self.ax.set_axis_off()
            return
        self.cut(NARROW)
        self.panel.draw(self.ax)
        self.ax.xaxis.set_visible(False)

    def draw(self) -> None:
        """Draw again, into the axes as wide as the layout has made them, and measure that."""
        ax = self.ax
        ax.xaxis.set_visible(True)
        # Not by ax.clear(): the names of rows, which stay the same, take longest to make.
        for drawn in (*ax.containers, *ax.texts):
            drawn.remove()
        for drawn in (*ax.lines, *ax.patches, *ax.collections, *ax.images):
            drawn.remove()
        self.cut(self.panel.width)
        self.panel.draw(ax)
        box, whole = ax.bbox, ax.get_tightbbox(for_layout_only=True)
        assert whole
        self.left, self.below = (box.x0 - whole.x0) / DOTS, (box.y0 - whole.y0) / DOTS
        self.above = (whole.y1 - box.y1) / DOTS

    def cut(self, width: float) -> None:
        """Give the axes just their height, and a width at most."""
        box, high = self.ax.get_position(), _figure(self.ax).get_figheight()
        left, width = box.x0, min(box.width, width / WIDTH)
        if self.panel.flush:
            left, width = EDGE / WIDTH, WHOLE / WIDTH
        self.ax.set_position((left, box.y1 - self.height / high, width, self.height / high))
        self.ax.set_in_layout(True)  # which setting a position has ended


def page(title: str, lines: Sequence[Line], note: str = "") -> Figure:
    """Lines of panels below a title and a note on how to read them."""
    figure = Figure((WIDTH, 1), dpi=DOTS)
    FigureCanvasAgg(figure)  # whose renderer measures texts
    head = [
        _write(figure, [title], fontsize=12, weight="bold"),
        _write(figure, wrapped(note, WHOLE * 72, TEXT + 1), fontsize=TEXT + 1),
    ]
    header = HEADER + _height(head[1:])
    figure.set_figheight(header + EDGE)
    if lines:
        _set_panels(figure, lines, header)
    for text, above in zip(head, (0.12, HEADER), strict=True):
        text.set(y=figure.get_figheight() - above, va="top")
    return figure


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
    """A panel of a result with its source; where there is nothing to draw, with the reason."""
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


def colour_key(figure: Figure, norm: Normalize, colours: ListedColormap, label: str) -> Axes:
    """The colour scale, in the top right corner of a page."""
    high = float(figure.get_figheight())
    ax = figure.add_axes((1 - 2.5 / WIDTH, 1 - 0.24 / high, 2.3 / WIDTH, 0.12 / high))
    bar = figure.colorbar(ScalarMappable(norm, colours), ax, orientation="horizontal")
    ax.minorticks_off()
    ax.tick_params(labelsize=TEXT, length=2, pad=1.5)
    bar.outline.set_visible(False)
    if isinstance(norm, LogNorm):
        ticks = {1: "1", 10: "10", 100: "100", 1000: "1k", 10_000: "10k", 100_000: "100k"}
        inside = [tick for tick in ticks if tick <= (norm.vmax or 1)]
        bar.set_ticks(inside, labels=[ticks[tick] for tick in inside])
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(label, (0, 0.5), (-6, 0), ha="right", va="center", fontsize=TEXT, **place)
    return ax


def _set_panels(figure: Figure, lines: Sequence[Line], header: float) -> None:
    """Draw the panels, and make the page as high as they need.

    They are drawn twice, since what fits into them depends on the room that names of rows leave:
    first so narrow that hardly anything else is written.
    """
    grid, places = _places(figure, lines)
    every = list(chain.from_iterable(places))
    heights = [line[0].height for line in places]
    for place in every:
        place.draw_names()
    _lay_out(figure, grid, [1.0] * len(lines), heights, header, len(lines))
    for place in every:
        place.draw()
    starts = _starts(every)
    above = [_write_headings(line, starts) for line in places]
    around = sum(max(p.below for p in line) + max(p.above for p in line) for line in places)
    _lay_out(figure, grid, above, heights, header, around)
    for place in every:
        place.cut(place.panel.width)
    starts = _starts(every)
    for line in places:
        _lift_headings(line, starts)


def _places(figure: Figure, lines: Sequence[Line]) -> tuple[GridSpec, list[list[_Place]]]:
    """Axes for all panels, in a grid that has a row for headings above each line."""
    columns = max(map(len, lines))
    full = zip(*(line for line in lines if len(line) == columns), strict=True)
    widths = [max(panel.width for panel in column if panel) for column in full]
    grid = figure.add_gridspec(2 * len(lines), columns, width_ratios=widths)
    places: list[list[_Place]] = [[] for _ in lines]
    for number, line in enumerate(lines):
        height = max(panel.height for panel in line if panel)
        for column, panel in enumerate(line):
            cell = grid[2 * number + 1, column if len(line) > 1 else slice(None)]
            if panel:
                places[number].append(_Place(panel, figure.add_subplot(cell), column, height))
    return grid, places


def _lay_out(
    figure: Figure,
    grid: GridSpec,
    above: Sequence[float],
    heights: Sequence[float],
    header: float,
    around: float,
) -> None:
    """Lay out a page on which panels of these heights have so much room around all of them."""
    rows = list(chain.from_iterable(zip(above, heights, strict=True)))
    high = header + sum(rows) + around + EDGE
    figure.set_figheight(high)
    grid.set_height_ratios(rows)
    rect = (0, EDGE / high, 1, 1 - (header + EDGE) / high)
    ConstrainedLayoutEngine(h_pad=0, w_pad=EDGE, hspace=0, wspace=0, rect=rect).execute(figure)


def _starts(places: Sequence[_Place]) -> dict[int, float]:
    """By column of the page, where the names of rows begin, in inches."""
    lefts: dict[int, float] = {}
    for place in places:
        left = place.ax.get_position().x0 * WIDTH - place.left
        lefts[place.column] = min(left, lefts.get(place.column, WIDTH))
    return lefts


def _write_headings(line: Sequence[_Place], starts: Mapping[int, float]) -> float:
    """Write what stands above the panels of a line; return how high that is."""
    lefts = [*(starts[place.column] for place in line), WIDTH + EDGE]
    headed = [left for left, place in zip(lefts, line, strict=False) if place.panel.heading]
    for place, left, end in zip(line, lefts, lefts[1:], strict=False):
        if place.panel.source:
            place.source = _write_source(place.panel.source, place.ax, 72 * (end - left - 2 * EDGE))
        if place.panel.heading:
            end = min((other for other in headed if other > left), default=WIDTH + EDGE)
            said = wrapped(place.panel.heading, 72 * (end - left - 2 * EDGE), TEXT + 1, MONO)
            place.heading = [_write(_figure(place.ax), said, fontsize=TEXT + 1, family=MONO)]
    source = max(_height(place.source) for place in line)
    heading = max(_height(place.heading) for place in line)
    return (APART if source else CLOSE) + source + (heading + PAD if heading else 0)


def _write_source(source: Provenance, ax: Axes, room: float) -> list[Text]:
    """Write with which weights, then who was measured and how, in lines of a width in points."""
    figure, lens = _figure(ax), f", norm: {source.norm}" if source.norm else ""
    who = wrapped(f"{source.subject}{lens}", room, weight="bold")
    weights = wrapped(f"{source.model}, {source.weights}", room)
    return [_write(figure, weights, color="0.35"), _write(figure, who, weight="bold")]


def _lift_headings(line: Sequence[_Place], starts: Mapping[int, float]) -> None:
    """Set headings onto the highest of what belongs to the panels of a line."""
    high = _figure(line[0].ax).get_figheight()
    top = line[0].ax.get_position().y1 * high + max(place.above for place in line) + PAD
    common = top + max(_height(place.source) for place in line) + PAD
    for place in line:
        for texts, base in ((place.source, top), (place.heading, common)):
            for number, text in enumerate(texts):
                text.set_position((starts[place.column], base + _height(texts[:number])))


def _write(figure: Figure, lines: Sequence[str], **font: Any) -> Text:
    """Text on a page, placed in inches from its lower left corner."""
    style: dict[str, Any] = {"fontsize": TEXT, "linespacing": 1.3, "va": "bottom"} | font
    inches = figure.dpi_scale_trans
    return figure.text(EDGE, 0, "\n".join(lines), transform=inches, parse_math=False, **style)


def _height(texts: Sequence[Text]) -> float:
    """How high texts are one above the other, in inches."""
    return sum(text.get_window_extent().height for text in texts) / DOTS


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure, "the axes were removed from their page"
    return figure
