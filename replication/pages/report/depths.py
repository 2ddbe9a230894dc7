"""The picture of crossing depths: from where on something holds for good, on which network."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import altair as alt
from markupsafe import Markup

from replication.base.files import whole
from replication.judging.findings import Findings
from replication.pages.charts import themed
from replication.pages.report.crossings import Mark, Row, rows_of, subjects_of

WIDTH, LEFT = 430, 230  # pixels: of the axis, of the rows' names
LANE, LEAST, GAP = 10, 32, 6  # pixels: of a mark's lane, of a row at least, around its marks
INSET = 3  # pixels between a row's edges and the article's tick
NEVER, END = 1.085, 1.12  # where "never" is marked, and where the axis ends
ARTICLE = "the article"
SHAPES = {"none": "circle", "final": "square", "tuned": "triangle-up", "either": "diamond"}
TICK = "M0,-1L0,1"
COLOURS = ("#14508c", "#a03c00", "#6a3d9a", "#0b5c4b")
"""Of the models in their order, where no page sets them; every other model's marks are hollow."""


@dataclass(frozen=True)
class Ink:
    """The colours of a picture: a page sets its own, a file has those of a white sheet."""

    text: str
    paper: str
    models: tuple[str, ...]

    def of(self, number: int) -> str:
        """The colour of a model by its number."""
        return self.models[number % len(self.models)]


ON_WHITE = Ink("#1d2125", "#ffffff", COLOURS)
ON_PAGE = Ink(
    "currentColor",
    "var(--paper, #ffffff)",
    tuple(f"var(--model-{number}, {colour})" for number, colour in enumerate(COLOURS, 1)),
)


@dataclass(frozen=True)
class Depths:
    """Rows, with the picture of them as SVG for a page."""

    rows: tuple[Row, ...]
    series: tuple[str, ...]
    """In the order of the legend, without the article."""
    svg: Markup

    @property
    def summary(self) -> str:
        """What is to be seen, in words."""
        return (
            f"Depths at which {len(self.rows)} things come to hold for good, on an axis from 0 to "
            f"1 with a place for never, for {', '.join((ARTICLE, *self.series))}; lines are 95 % "
            "intervals. The table that follows has the same numbers."
        )


def depths(findings: Findings, claim: str | None = None) -> Depths | None:
    """The picture of all claims, or of one; None where nothing crosses."""
    rows = tuple(row for row in rows_of(findings) if claim in (None, row.claim))
    if not rows:
        return None
    made = themed(_chart(rows, subjects_of(findings), ON_PAGE))
    return Depths(rows, tuple(_series(rows)), Markup(as_svg(made)))


def crosses(findings: Findings) -> bool:
    """Whether there is anything to draw."""
    return bool(rows_of(findings))


def save(findings: Findings, path: Path) -> None:
    """Draw the picture of all claims on a white sheet, as SVG or PNG by the path's ending.

    ``ValueError`` where nothing crosses.
    """
    rows = rows_of(findings)
    if not rows:
        raise ValueError(f"no finding has a crossing depth to draw in {path}: judge all claims")
    chart = _chart(rows, subjects_of(findings), ON_WHITE)
    sheet = chart.configure(background=ON_WHITE.paper, padding=12, view={"stroke": None})
    with whole(path) as unfinished:
        sheet.save(unfinished, scale_factor=2)


def as_svg(chart: alt.LayerChart) -> str:
    """A chart as the text of an SVG."""
    svg = StringIO()
    chart.save(svg, format="svg")
    return svg.getvalue()


def place(depth: float) -> float:
    """Where a depth is marked: beyond 1 it is never reached, which has a place of its own."""
    return NEVER if depth > 1 else depth


def _series(rows: Sequence[Row]) -> dict[str, Mark]:
    """Each series with one of its marks, model by model."""
    return {mark.series: mark for row in rows for mark in row.marks}


def _chart(rows: Sequence[Row], models: list[str], ink: Ink) -> alt.LayerChart:
    heights = [max(LEAST, LANE * len(row.marks)) + 2 * GAP for row in rows]
    tops = [sum(heights[:number]) for number in range(len(rows))]
    boxes = [_box(*one) for one in zip(enumerate(rows), tops, heights, strict=True)]
    marks = [
        _point(mark, top + height / 2 + LANE * (lane - (len(row.marks) - 1) / 2))
        for row, top, height in zip(rows, tops, heights, strict=True)
        for lane, mark in enumerate(row.marks)
    ]
    down = alt.Scale(domain=[0, sum(heights)], reverse=True, nice=False)
    layers = [*_background(boxes, down, ink), *_marks(marks, _scales(rows, models, ink))]
    return alt.layer(*layers).properties(width=WIDTH, height=sum(heights))


def _box(numbered: tuple[int, Row], top: float, height: float) -> dict[str, Any]:
    number, row = numbered
    article = None if row.article is None else place(row.article)
    told = {"claim": row.claim, "what": row.what, "article": article, "odd": number % 2 == 1}
    ends = {"top": top, "bottom": top + height, "middle": top + height / 2}
    return told | ends | {"from": top + INSET, "to": top + height - INSET}


def _point(mark: Mark, y: float) -> dict[str, Any]:
    crossing = mark.crossing
    ends = (crossing.low, crossing.high)
    low, high = (place(crossing.estimate if end is None else end) for end in ends)
    return {"series": mark.series, "at": place(crossing.estimate), "low": low, "high": high, "y": y}


def _background(boxes: list[dict[str, Any]], down: alt.Scale, ink: Ink) -> list[alt.Chart]:
    """The rows with their names, every other one shaded, and the article's values."""
    quiet = {"aria": False, "color": ink.text}
    base = alt.Chart(alt.InlineData(values=boxes))
    y = alt.Y("top:Q", scale=down, axis=None)
    along = alt.X("article:Q", scale=alt.Scale(domain=[0, END], nice=False), axis=_axis(ink))
    shade = base.transform_filter("datum.odd").mark_rect(opacity=0.06, **quiet)
    middle = alt.Y("middle:Q", scale=down, axis=None)
    words = {"align": "right", "limit": LEFT, **quiet}
    named = base.mark_text(dy=-7, fontSize=13, fontWeight="bold", **words)
    what = base.mark_text(dy=8, fontSize=12, **words)
    tick = base.transform_filter("datum.article != null").mark_rule(strokeWidth=3, **quiet)
    return [
        shade.encode(y=y, y2="bottom:Q", x=alt.value(-LEFT - 10), x2=alt.value(WIDTH)),
        named.encode(y=middle, x=alt.value(-10), text="claim:N"),
        what.encode(y=middle, x=alt.value(-10), text="what:N"),
        tick.encode(x=along, y=alt.Y("from:Q", scale=down, axis=None), y2="to:Q"),
    ]


def _axis(ink: Ink) -> alt.Axis:
    return alt.Axis(
        title="depth: share of the layers after which it holds for good",
        orient="top",
        values=[0, 0.25, 0.5, 0.75, 1, NEVER],
        labelExpr="datum.value > 1 ? 'never' : format(datum.value, '.2~f')",
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
    series = _series(rows)
    numbers = [models.index(mark.subject) for mark in series.values()]
    lines = [ink.of(number) for number in numbers]
    filled = [
        line if number % 2 == 0 else ink.paper for number, line in zip(numbers, lines, strict=True)
    ]
    ranges = {
        "shape": [TICK, *(SHAPES[mark.norm] for mark in series.values())],
        "stroke": [ink.text, *lines],
        "fill": [ink.text, *filled],
    }
    return {
        name: alt.Scale(domain=[ARTICLE, *series], range=range) for name, range in ranges.items()
    }


def _marks(marks: list[dict[str, Any]], scales: dict[str, alt.Scale]) -> list[alt.Chart]:
    """Points with lines for their intervals."""
    base = alt.Chart(alt.InlineData(values=marks))
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=2,
        labelFontSize=13,
        labelLimit=260,
        symbolSize=70,
        labelColor=scales["stroke"].range[0],
    )
    of = {
        "shape": alt.Shape("series:N", scale=scales["shape"], legend=legend),
        "stroke": alt.Stroke("series:N", scale=scales["stroke"], legend=legend),
        "fill": alt.Fill("series:N", scale=scales["fill"], legend=legend),
    }
    y = alt.Y("y:Q")
    line = base.mark_rule(strokeWidth=2, aria=False).encode(
        x="low:Q", x2="high:Q", y=y, stroke=of["stroke"]
    )
    point = base.mark_point(size=55, strokeWidth=1.8, opacity=1, aria=False)
    return [line, point.encode(x="at:Q", y=y, **of)]
