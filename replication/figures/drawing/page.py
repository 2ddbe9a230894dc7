"""A page of drawings: lines of panels below a title.

Every panel has the height that it asks for and at most the width. What stands around it takes the
room that matplotlib measures, as in its constrained layout, whose solver is not used: it can abort
the whole process and does not always find the same solution (github.com/nucleic/kiwi, issues 15
and 57), while figures must have the same bytes each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from replication.figures.drawing.cells import DOTS, MONO, TEXT, wrapped
from replication.figures.drawing.panels import EDGE, WHOLE, WIDTH, Line, Panel

# Inches.
TITLE = 0.42  # the height of the title
APART, CLOSE, PAD = 0.2, 0.12, 0.06  # above a line with headings, one without; between headings
NARROW = 0.01


def page(title: str, lines: Sequence[Line], note: str = "") -> Figure:
    """Lines of panels below a title and a note on how to read them."""
    figure = Figure((WIDTH, 1), dpi=DOTS)
    FigureCanvasAgg(figure)  # whose renderer measures texts
    entitled = _write(figure, [title], EDGE, fontsize=12, weight="bold")
    entitled.set_y(-0.1 - _height(entitled))
    said = _write(figure, wrapped(note, WHOLE * 72, TEXT + 1), EDGE, fontsize=TEXT + 1)
    down = TITLE + _height(said)
    said.set_y(-down)
    places = _places(figure, lines)
    every = list(chain.from_iterable(places))
    starts = _draw(every)
    for line in places:
        down = _stack(line, starts, down)
    high = down + EDGE
    figure.set_figheight(high)
    for place in every:
        place.put(high - place.down)
    for text in figure.texts:
        text.set_y(text.get_position()[1] + high)
    return figure


@dataclass
class _Place:
    """A panel on its page; in inches."""

    panel: Panel
    ax: Axes
    columns: range
    """Of the page, which it takes."""
    height: float
    """Of the axes, as of all others of the line."""
    left: float = 0.0
    width: float = NARROW
    down: float = 0.0
    """From the top of the page to the lower edge of the axes."""
    around: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    """How much stands left of the axes, below, right of and above them."""

    @property
    def figure(self) -> Figure:
        figure = self.ax.get_figure(root=True)
        assert figure, "the axes were removed from their page"
        return figure

    def put(self, bottom: float) -> None:
        """Place the axes at so much above the bottom of the page."""
        high = self.figure.get_figheight()
        box = self.left / WIDTH, bottom / high, self.width / WIDTH, self.height / high
        self.ax.set_position(box)

    def draw(self, only_names: bool = False) -> None:
        """Draw, in the place of what was drawn, and measure what stands around the axes."""
        ax = self.ax
        drawn: list[Any] = [*ax.containers, *ax.texts]
        for artist in drawn:  # not by ax.clear(): the names of rows, which stay, take long to make
            artist.remove()
        for artist in (*ax.lines, *ax.patches, *ax.collections, *ax.images):
            artist.remove()
        self.put(0.0)
        self.panel.draw(ax)
        ax.xaxis.set_visible(not only_names)
        if only_names:
            ax.set_title("", loc="left")
            ax.set_title("", loc="right")
            if legend := ax.get_legend():
                legend.remove()
        box, whole = ax.bbox, ax.get_tightbbox(for_layout_only=True)
        assert whole
        around = box.x0 - whole.x0, box.y0 - whole.y0, whole.x1 - box.x1, whole.y1 - box.y1
        self.around = tuple(float(beyond) / DOTS for beyond in around)


def _places(figure: Figure, lines: Sequence[Line]) -> list[list[_Place]]:
    """Axes for all panels."""
    count = max(map(len, lines), default=0)
    places: list[list[_Place]] = [[] for _ in lines]
    for line, panels in zip(places, lines, strict=True):
        height = max(panel.height for panel in panels if panel)
        for number, panel in enumerate(panels):
            columns = range(number, number + 1) if len(panels) > 1 else range(count)
            if panel:
                line.append(_Place(panel, figure.add_axes((0, 0, 1, 1)), columns, height))
    return places


def _draw(places: Sequence[_Place]) -> list[float]:
    """Draw panels as wide as they can be; return where each column of the page begins and, last,
    where one after them would.

    They are drawn twice, since what fits into them depends on the room that names of rows leave:
    first so narrow that little else is written.
    """
    for place in places:
        if not place.panel.flush:
            place.draw(only_names=True)
    columns = range(max((place.columns.stop for place in places), default=0))
    names = [max((p.around[0] for p in places if p.columns[0] == n), default=0.0) for n in columns]
    ends = [max((p.around[2] for p in places if p.columns[-1] == n), default=0.0) for n in columns]
    widths = [
        max((p.panel.width for p in places if [*p.columns] == [n]), default=0.0) for n in columns
    ]
    room = WIDTH - sum(names) - sum(ends) - 2 * EDGE * len(columns)
    starts, edges = [EDGE], list[tuple[float, float]]()
    for name, end, width in zip(names, ends, widths, strict=True):
        left = starts[-1] + name
        edges.append((left, left + room * width / sum(widths)))
        starts.append(edges[-1][1] + end + 2 * EDGE)
    for place in places:
        left, right = edges[place.columns[0]][0], edges[place.columns[-1]][1]
        place.left = EDGE if place.panel.flush else left
        place.width = WHOLE if place.panel.flush else min(right - left, place.panel.width)
        place.draw()
    return starts


def _stack(line: Sequence[_Place], starts: Sequence[float], top: float) -> float:
    """Set a line of panels and what stands above them below a place of the page, in inches from
    its top; return where the line ends.
    """
    sources = [_write_source(place, starts) for place in line if place.panel.source]
    headings = [_write_heading(place, line, starts) for place in line if place.panel.heading]
    top += APART if sources else CLOSE
    if headings:
        top += max(map(_height, headings)) + PAD
        for heading in headings:
            heading.set_y(PAD - top)
    top += max((sum(map(_height, texts)) for texts in sources), default=0.0)
    for subject, model in sources:
        model.set_y(-top)
        subject.set_y(_height(model) - top)
    top += max(place.around[3] for place in line) + (PAD if sources else 0)
    for place in line:
        place.down = top + place.height
    return place.down + max(place.around[1] for place in line)


def _write_source(place: _Place, starts: Sequence[float]) -> tuple[Text, Text]:
    """Write who was measured and how, and with which weights."""
    source, columns = place.panel.source, place.columns
    assert source
    left, room = starts[columns[0]], 72 * (starts[columns[-1] + 1] - starts[columns[0]] - 2 * EDGE)
    lens = f", norm: {source.norm}" if source.norm else ""
    subject = wrapped(f"{source.subject}{lens}", room, weight="bold")
    model = wrapped(f"{source.model}, {source.weights}", room)
    return (
        _write(place.figure, subject, left, weight="bold"),
        _write(place.figure, model, left, color="0.35"),
    )


def _write_heading(place: _Place, line: Sequence[_Place], starts: Sequence[float]) -> Text:
    """Write what a panel has in common with those after it, as far as the next that says so."""
    left = starts[place.columns[0]]
    headed = (starts[other.columns[0]] for other in line if other.panel.heading)
    end = min((start for start in headed if start > left), default=starts[-1])
    said = wrapped(place.panel.heading, 72 * (end - left - 2 * EDGE), TEXT + 1, MONO)
    return _write(place.figure, said, left, fontsize=TEXT + 1, family=MONO)


def _write(figure: Figure, lines: Sequence[str], left: float, **font: Any) -> Text:
    """Text on a page, in inches from its lower left corner."""
    style: dict[str, Any] = {"fontsize": TEXT, "linespacing": 1.3, "va": "bottom"} | font
    inches = figure.dpi_scale_trans
    return figure.text(left, 0, "\n".join(lines), transform=inches, parse_math=False, **style)


def _height(text: Text) -> float:
    """How high a text is, in inches."""
    return float(text.get_window_extent().height) / DOTS
