"""Charts of the explorables, as Vega-Lite; what is pointed at is in their own signals."""

from typing import Any

import altair as alt

from replication.figures.drawing.sparklines import STRONGEST, factor_colour
from replication.pages.fragments import readable
from replication.results.factors import Factors
from replication.results.ranks import RankGrid, TopGrid

COLUMN, ROW, SPARKLINE = 27, 18, 34  # pixels
RING = "#00b7eb"  # stands out from every colour of the ranks


def rank_chart(grid: RankGrid, tokens: list[str], details: TopGrid | None) -> dict[str, Any]:
    """The grid as a Vega-Lite chart, whose data have an entry for each token."""
    columns = [_column(grid, number, token, details) for number, token in enumerate(tokens)]
    cell = alt.selection_point(
        name="cell",
        fields=["layer", "number"],
        bind={
            "layer": alt.binding_range(min=0, max=grid.layers - 1, step=1, name="layer"),
            "number": alt.binding_range(min=1, max=len(tokens), step=1, name="token"),
        },
        value=[{"layer": grid.layers - 1, "number": 1}],
        on="pointerover",
        clear=False,
    )
    base = (
        alt.Chart(alt.InlineData(values=columns, name="columns"))
        .transform_flatten([name for name, value in columns[0].items() if isinstance(value, list)])
        .encode(
            x=alt.X("number:O", title=None, axis=_token_axis()), y=alt.Y("layer:O", title="layer")
        )
    )
    told = _told(details.probabilities.shape[2] if details else 0)
    squares = base.mark_rect(tooltip=told).encode(color=_rank_colours(grid.vocabulary))
    ink = alt.ExprRef("luminance(scale('color', datum.rank)) < 0.18 ? 'white' : 'black'")
    numbers = base.mark_text(fontSize=9, fill=ink).encode(text="label:N")
    ring = base.transform_filter(cell).mark_rect(fillOpacity=0, stroke=RING, strokeWidth=2.5)
    layers = [squares.add_params(cell), numbers, ring]
    return _specification(layers, tokens, width=alt.Step(COLUMN), height=alt.Step(ROW))


def _token_axis() -> alt.Axis:
    """Tokens below their columns."""
    return alt.Axis(
        labelExpr="truncate(tokens[datum.value - 1], 16)",
        labelAngle=-90,
        labelLimit=140,
        labelFont="monospace",
        ticks=False,
        domain=False,
    )


def _column(grid: RankGrid, number: int, token: str, details: TopGrid | None) -> dict[str, Any]:
    """What the chart knows of a token; lists have an entry for each layer."""
    ranks = grid.ranks[:, number].tolist()
    column = {
        "number": number + 1,
        "token": token,
        "layer": list(range(grid.layers)),
        "rank": ranks,
        "label": [_short(rank) for rank in ranks],
    }
    if details:
        column["best"] = [[readable(best) for best in row[number]] for row in details.tokens]
        column["probability"] = details.probabilities[:, number].tolist()
    return column


def _short(rank: int) -> str:
    """A rank that fits its cell: in thousands where it is long."""
    if rank < 1000:
        return str(rank)
    return f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k"


def _rank_colours(vocabulary: int) -> alt.Color:
    """Those of the figures: magma without its ends, logarithmic."""
    return alt.Color(
        "rank:Q",
        title="rank",
        scale=alt.Scale(
            type="log",
            domain=[1, vocabulary],
            scheme=alt.SchemeParams(name="magma", extent=[0.16, 0.97]),
        ),
        legend=alt.Legend(orient="top", direction="horizontal", format=",d"),
    )


def _told(candidates: int) -> alt.ExprRef:
    """What stands under the pointer: a table of one line for each entry."""
    lines = ["token: datum.token", "layer: datum.layer", "rank: format(datum.rank, ',d')"]
    for number in range(candidates):
        share = f"datum.probability[{number}]"
        written = f"format({share}, {share} < 0.01 ? '.2%' : '.1%')"
        lines.append(f"'{number + 1}.': datum.best[{number}] + '   ' + {written}")
    return alt.ExprRef(f"{{{', '.join(lines)}}}")


def factor_chart(factors: Factors, tokens: list[str]) -> dict[str, Any]:
    """The sparklines as a Vega-Lite chart, whose data have an entry for each factor."""
    count, length = factors.activity.shape
    every = list(range(1, count + 1))
    chosen = _pointed("chosen", "factor", alt.binding_radio(options=every, name="factor"))
    place = _pointed("place", "number", alt.binding_range(min=1, max=length, step=1, name="token"))
    base = _sparklines(factors)
    steps = base.mark_rect().encode(
        y=_down(count),
        x2="right:Q",
        y2="factor:Q",
        color=alt.Color(
            "factor:N",
            scale=alt.Scale(domain=every, range=[factor_colour(number - 1) for number in every]),
            legend=None,
        ),
        opacity=alt.condition(chosen, alt.value(1), alt.value(0.4)),
    )
    here = base.encode(y="above:Q", y2="factor:Q")
    mark = here.transform_filter(place).mark_rule(stroke="currentColor", strokeWidth=1.5)
    told = ["factor:O", "token:N", alt.Tooltip("activity:Q", format=".3g")]
    feel = here.mark_rect(fillOpacity=0).encode(x2="right:Q", tooltip=told)
    marks = [mark.encode(x="number:Q"), *_boundary(base, factors)]
    layers = [steps, *marks, feel.add_params(chosen, place)]
    return _specification(layers, tokens, width="container", height=SPARKLINE * count)


def _pointed(name: str, field: str, control: alt.Binding) -> alt.Parameter:
    """What is pointed at, with the pointer or a control; it stays until something else is."""
    return alt.selection_point(
        name=name, fields=[field], bind=control, value=1, on="pointerover", clear=False
    )


def _sparklines(factors: Factors) -> alt.Chart:
    """Each activity as a step, whose height is a share of the factor's greatest."""
    numbers = list(range(1, len(factors.tokens) + 1))
    rows = [
        {"factor": number, "number": numbers, "activity": row, "highest": max(row)}
        for number, row in enumerate(factors.activity.tolist(), 1)
    ]
    height = f"datum.highest > 0 ? {STRONGEST} * datum.activity / datum.highest : 0"
    along = alt.Scale(domain=[0.5, len(numbers) + 0.5], nice=False)
    axis = alt.Axis(tickMinStep=1, grid=False)
    return (
        alt.Chart(alt.InlineData(values=rows, name="factors"))
        .transform_flatten(["number", "activity"])
        .transform_calculate(
            token="tokens[datum.number - 1]",
            left="datum.number - 0.5",
            right="datum.number + 0.5",
            top=f"datum.factor - ({height})",
            above="datum.factor - 1",
        )
        .encode(x=alt.X("left:Q", title="token", scale=along, axis=axis))
    )


def _down(count: int) -> alt.Y:
    """Rows for factors, the first on top, named beside their middle."""
    axis = alt.Axis(
        values=[number + 0.6 for number in range(count)],
        labelExpr="'factor ' + round(datum.value + 0.4)",
        grid=False,
        ticks=False,
        domain=False,
    )
    scale = alt.Scale(domain=[0, count], reverse=True, nice=False)
    return alt.Y("top:Q", title=None, scale=scale, axis=axis)


def _boundary(base: alt.Chart, factors: Factors) -> list[alt.Chart]:
    """A dotted line between input and generated tokens, if there are any."""
    if factors.n_input == len(factors.tokens):
        return []
    once = base.transform_filter("datum.factor == 1 && datum.number == 1")
    line = once.mark_rule(stroke="currentColor", strokeDash=[2, 3])
    return [line.encode(x=alt.XDatum(factors.n_input + 0.5))]


def _specification(layers: list[alt.Chart], tokens: list[str], **size: Any) -> dict[str, Any]:
    """A chart as JSON."""
    chart = alt.layer(*layers).add_params(alt.param(name="tokens", value=tokens))
    return themed(chart.properties(**size)).to_dict()


def themed(chart: alt.LayerChart) -> alt.LayerChart:
    """The chart in the colours of the page around it, but for what is data: a page may be dark."""
    words = {"labelColor": "currentColor", "titleColor": "currentColor"}
    lines = dict.fromkeys(("domainColor", "tickColor", "gridColor"), "currentColor")
    return chart.configure(
        background="transparent", axis=words | lines, legend=words, view={"stroke": None}
    )
