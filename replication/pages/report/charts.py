"""The chart of a share along the layers, as SVG for a page."""

from dataclasses import dataclass
from io import StringIO

import altair as alt
from markupsafe import Markup

from replication.judging.comparisons import LayerProfile
from replication.pages.charts import themed

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


def _layers(rows: tuple[tuple[int, float, float, float], ...]) -> alt.LayerChart:
    """Colours are the page's own: the text's, and for line and band what its style says."""
    values = [dict(zip(("layer", "share", "low", "high"), row, strict=True)) for row in rows]
    last = rows[-1][0]
    along = alt.X("layer:Q", scale=alt.Scale(domain=[0, last], nice=False)).axis(
        grid=False, ticks=False, tickMinStep=1, tickCount=12, labelFlush=False
    )
    up = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1])).axis(
        values=[0, 0.5, 1], format="g", gridOpacity=0.3, ticks=False, domain=False, labelPadding=5
    )
    base = alt.Chart(alt.InlineData(values=values)).encode(x=along, y=up)
    ink = {"color": "currentColor", "aria": False}
    band = base.mark_area(opacity=0.22, **ink).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(strokeWidth=2, **ink)
    return alt.layer(band, line).properties(width=WIDTH, height=HEIGHT)


def _summary(shares: tuple[float, ...]) -> str:
    best, last = max(range(len(shares)), key=shares.__getitem__), len(shares) - 1
    return (
        f"Line of the share after each of {len(shares)} layers, with a band for its 95 % "
        f"interval: {shares[0]:.2f} after layer 0, {shares[best]:.2f} at its highest (layer "
        f"{best}), {shares[last]:.2f} after the last layer ({last})."
    )
