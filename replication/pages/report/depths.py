"""The picture of crossing depths: from where on something holds for good, on which network."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import altair as alt
from markupsafe import Markup

from replication.base.files import whole
from replication.judging.findings import Findings
from replication.pages.report.charts import themed
from replication.pages.report.crossings import Row, rows_of, subjects_of
from replication.pages.report.depth_chart import (
    ARTICLE,
    NARROW,
    ON_PAGE,
    ON_WHITE,
    WIDE,
    chart_of,
    series_of,
)


@dataclass(frozen=True)
class Depths:
    """Rows, with the picture of them as SVG for a page and for the page on a phone."""

    rows: tuple[Row, ...]
    series: tuple[str, ...]
    """In the order of the legend, without the article."""
    wide: Markup
    narrow: Markup

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
    models = subjects_of(findings)
    wide, narrow = (
        Markup(_as_svg(themed(chart_of(rows, models, ON_PAGE, layout))))
        for layout in (WIDE, NARROW)
    )
    return Depths(rows, tuple(series_of(rows)), wide, narrow)


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
    chart = chart_of(rows, subjects_of(findings), ON_WHITE, WIDE)
    sheet = chart.configure(background=ON_WHITE.paper, padding=12, view={"stroke": None})
    with whole(path) as unfinished:
        sheet.save(unfinished, scale_factor=2)


def _as_svg(chart: alt.LayerChart) -> str:
    """A chart as the text of an SVG."""
    svg = StringIO()
    chart.save(svg, format="svg")
    return svg.getvalue()
