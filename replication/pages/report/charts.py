"""The chart of a share along the layers, as SVG for a page."""

from dataclasses import dataclass
from io import StringIO
from typing import Any

import altair as alt
from markupsafe import Markup

from replication.judging.parts import LayerProfile

WIDTH, HEIGHT = 580, 150  # pixels of the axes


@dataclass(frozen=True)
class Chart:
    """A line with a band for its interval, and the same in words and numbers."""

    svg: Markup
    rows: tuple[tuple[int, float, float, float], ...]
    """Layer, share, and the ends of its interval."""
    summary: str
    """What can be seen, in words."""


def chart(profile: LayerProfile) -> Chart:
    """The share after every layer, from 0 at the bottom to 1 at the top."""
    shares = profile.estimate
    rows = tuple(zip(range(len(shares)), shares, profile.low, profile.high, strict=True))
    svg = StringIO()
    themed(_layers(rows)).save(svg, format="svg")
    return Chart(Markup(svg.getvalue()), rows, _summary(shares))


def themed(chart: alt.LayerChart) -> alt.LayerChart:
    """The chart in the colours of the page around it, but for what is data: a page may be dark."""
    words = {"labelColor": "currentColor", "titleColor": "currentColor"}
    lines = dict.fromkeys(("domainColor", "tickColor", "gridColor"), "currentColor")
    return chart.configure(
        background="transparent", axis=words | lines, legend=words, view={"stroke": None}
    )


def _layers(rows: tuple[tuple[int, float, float, float], ...]) -> alt.LayerChart:
    """Colours are the page's own: the text's, and for line and band what its style says."""
    values = [dict(zip(("layer", "share", "low", "high"), row, strict=True)) for row in rows]
    plain: dict[str, Any] = {"ticks": False, "labelPadding": 6, "labelFontSize": 13}
    plain |= {"titleFontSize": 13, "titleFontWeight": "normal"}
    layers = alt.Axis(grid=False, tickMinStep=1, tickCount=12, labelFlush=False, **plain)
    half = {"condition": {"test": "datum.value == 0.5", "value": [4, 4]}, "value": []}
    shares = alt.Axis(
        values=[0, 0.5, 1],
        format="g",
        domain=False,
        gridDash=half,
        gridOpacity=0.4,
        **plain,
    )
    to_last = alt.Scale(domain=[0, rows[-1][0]], nice=False)
    along = alt.X("layer:Q", scale=to_last, axis=layers)
    up = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=shares, title=None)
    base = alt.Chart(alt.InlineData(values=values)).encode(x=along, y=up)
    ink = {"color": "currentColor", "aria": False}
    band = base.mark_area(opacity=0.22, **ink).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(strokeWidth=2, **ink)
    return alt.layer(band, line).properties(width=WIDTH, height=HEIGHT)


def _summary(shares: tuple[float, ...]) -> str:
    best, last = max(range(len(shares)), key=shares.__getitem__), len(shares) - 1
    return (
        f"Line of the share after each of {len(shares)} layers, with a band for its 95 % "
        f"interval: {shares[0]:.2f} after layer 0, {shares[best]:.2f} at its highest (layer "
        f"{best}), {shares[last]:.2f} after the last layer ({last})."
    )
