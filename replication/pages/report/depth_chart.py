"""The chart of crossing depths: a row for each thing that crosses, a mark for each network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from replication.pages.report.crossings import Mark, Row

LANE, GAP, INSET = 10, 6, 3  # pixels: of a mark's lane, around a row's marks, around its bar
NAMES = 34  # pixels: the two lines of a row's name
NEVER, END = 1.085, 1.12  # where "never" is marked, and where the axis ends
ARTICLE = "the article"
SHAPES = {"none": "circle", "final": "square", "tuned": "triangle-up", "either": "diamond"}
TICK = "M0,-1L0,1"
COLOURS = ("#14508c", "#a03c00", "#6a3d9a", "#0b5c4b")
"""Of the models in their order, where no page sets them; every other model's marks are hollow."""


@dataclass(frozen=True)
class Layout:
    """Where things stand, in pixels."""

    width: int
    """Of the axis."""
    left: int
    """Of the names beside the rows; 0 where they stand above them."""
    columns: int
    """Of the legend."""

    def height(self, row: Row) -> int:
        """Of a row."""
        marks = LANE * max(len(row.marks), 1)
        return (max(NAMES, marks) if self.left else NAMES + marks) + 2 * GAP


WIDE, NARROW = Layout(430, 285, 2), Layout(300, 0, 1)


@dataclass(frozen=True)
class Ink:
    """The colours of a picture: a page sets its own, a file has those of a white sheet."""

    text: str
    paper: str
    models: tuple[str, ...]


ON_WHITE = Ink("#1d2125", "#ffffff", COLOURS)
ON_PAGE = Ink(
    "currentColor",
    "var(--paper, #ffffff)",
    tuple(f"var(--model-{number}, {colour})" for number, colour in enumerate(COLOURS, 1)),
)


def place(depth: float) -> float:
    """Where a depth is marked: beyond 1 it is never reached, which has a place of its own."""
    return NEVER if depth > 1 else depth


def series_of(rows: Sequence[Row]) -> dict[str, Mark]:
    """Each series with one of its marks, model by model."""
    return {mark.series: mark for row in rows for mark in row.marks}


def chart_of(rows: Sequence[Row], models: list[str], ink: Ink, layout: Layout) -> alt.LayerChart:
    """The picture of some rows; each of the ``models``, all that were judged, has its colour."""
    heights = [layout.height(row) for row in rows]
    tops = [sum(heights[:number]) for number in range(len(rows))]
    boxes = [
        _box(number, row, top, layout)
        for number, (row, top) in enumerate(zip(rows, tops, strict=True))
    ]
    marks = [
        _point(mark, box["middle"] + LANE * (lane - (len(row.marks) - 1) / 2))
        for row, box in zip(rows, boxes, strict=True)
        for lane, mark in enumerate(row.marks)
    ]
    down = alt.Scale(domain=[0, sum(heights)], reverse=True, nice=False)
    layers = [
        *_background(boxes, down, ink, layout),
        *_marks(marks, _scales(rows, models, ink), layout),
    ]
    return alt.layer(*layers).properties(width=layout.width, height=sum(heights))


def _box(number: int, row: Row, top: int, layout: Layout) -> dict[str, Any]:
    """A row: its name and the article's value, with heights of its edges, its name, its marks."""
    bottom = top + layout.height(row)
    first = top if layout.left else top + NAMES
    return {
        "claim": row.claim,
        "what": row.what,
        "article": None if row.article is None else place(row.article),
        "shade": 0.06 * (number % 2),
        "top": top,
        "bottom": bottom,
        "name": (top + bottom) / 2 if layout.left else top + GAP + NAMES / 2,
        "middle": (first + bottom) / 2,
        "from": first + INSET,
        "to": bottom - INSET,
    }


def _point(mark: Mark, y: float) -> dict[str, Any]:
    crossing = mark.crossing
    ends = (crossing.low, crossing.high)
    low, high = (place(crossing.estimate if end is None else end) for end in ends)
    return {"series": mark.series, "at": place(crossing.estimate), "low": low, "high": high, "y": y}


def _background(
    boxes: list[dict[str, Any]], down: alt.Scale, ink: Ink, layout: Layout
) -> list[alt.Chart]:
    """The rows with their names, every other one shaded, and the article's values."""
    base = alt.Chart(alt.InlineData(values=boxes))
    plain = {"aria": False, "color": ink.text}
    top, name, start = (alt.Y(f"{at}:Q", scale=down, axis=None) for at in ("top", "name", "from"))
    along = alt.X("article:Q", scale=alt.Scale(domain=[0, END], nice=False), axis=_axis(ink))
    # Drawn in every row, if only to keep the place for names in a reader's wider font.
    edge = alt.value(-layout.left - 10 if layout.left else 0)
    shade = base.mark_rect(**plain).encode(
        y=top, y2="bottom:Q", x=edge, x2=alt.value(layout.width), opacity=_as_it_is("shade")
    )
    beside = {"align": "right", "limit": layout.left} if layout.left else {"align": "left"}
    words = [
        base.mark_text(dy=dy, fontSize=size, fontWeight=weight, **beside, **plain).encode(
            x=alt.value(-10 if layout.left else 4), y=name, text=f"{text}:N"
        )
        for text, dy, size, weight in (("claim", -8, 13, "bold"), ("what", 8, 12, "normal"))
    ]
    bar = base.transform_filter("datum.article != null").mark_rule(strokeWidth=3, **plain)
    return [shade, *words, bar.encode(x=along, y=start, y2="to:Q")]


def _as_it_is(field: str) -> alt.Opacity:
    return alt.Opacity(f"{field}:Q", scale=None, legend=None)


def _axis(ink: Ink) -> alt.Axis:
    return alt.Axis(
        title="depth from which on it holds for good",
        orient="top",
        values=[0, 0.25, 0.5, 0.75, 1, NEVER],
        labelExpr="datum.value > 1 ? 'never' : format(datum.value, '.2~f')",
        labelOverlap=False,
        gridOpacity=0.25,
        domain=False,
        ticks=False,
        labelFontSize=13,
        titleFontSize=13,
        titleFontWeight="normal",
        **{f"{name}Color": ink.text for name in ("label", "title", "grid")},
    )


def _scales(rows: Sequence[Row], models: list[str], ink: Ink) -> dict[str, alt.Scale]:
    """Shape, line and filling of each series: the shape tells the reading, the others the model."""
    series = series_of(rows)
    numbers = [models.index(mark.subject) for mark in series.values()]
    lines = [ink.models[number % len(ink.models)] for number in numbers]
    hollow = [number % 2 == 1 for number in numbers]
    fill = [ink.paper if no else line for line, no in zip(lines, hollow, strict=True)]
    ranges = {
        "shape": [TICK, *(SHAPES[mark.norm] for mark in series.values())],
        "stroke": [ink.text, *lines],
        "fill": [ink.text, *fill],
    }
    domain = [ARTICLE, *series]
    return {name: alt.Scale(domain=domain, range=found) for name, found in ranges.items()}


def _marks(
    marks: list[dict[str, Any]], scales: dict[str, alt.Scale], layout: Layout
) -> list[alt.Chart]:
    """Points with lines for their intervals."""
    base = alt.Chart(alt.InlineData(values=marks))
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=layout.columns,
        columnPadding=40,
        labelFontSize=13,
        labelLimit=280,
        symbolSize=70,
        labelColor=scales["stroke"].range[0],
    )
    stroke = alt.Stroke("series:N", scale=scales["stroke"], legend=legend)
    fill = alt.Fill("series:N", scale=scales["fill"], legend=legend)
    shape = alt.Shape("series:N", scale=scales["shape"], legend=legend)
    line = base.mark_rule(strokeWidth=2, aria=False)
    point = base.mark_point(size=55, strokeWidth=1.8, opacity=1, aria=False)
    return [
        line.encode(x="low:Q", x2="high:Q", y="y:Q", stroke=stroke),
        point.encode(x="at:Q", y="y:Q", stroke=stroke, fill=fill, shape=shape),
    ]
