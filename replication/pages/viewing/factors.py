"""Where factors of the neurons are active, as sparklines and a text."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from replication.pages.templating import readable
from replication.pages.viewing.arrays import number
from replication.pages.viewing.figure import figure, piece
from replication.pages.viewing.heat import Cell, Heat, cells_of
from replication.pages.viewing.strips import shown, strip_of
from replication.results.factors import Factors

# The figures' colours of factors (replication.figures.drawing.sparklines), written down so that a
# view needs no matplotlib.
COLOURS = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"),
    *("#8a5f00", "#1f6f9c", "#7fd6bb", "#a89d00", "#9cc7e4", "#f5b48a", "#8a3b66", "#4d4d4d"),
    *("#f7d68c", "#00543d"),
)
LEAST = 0.01
"""Of a factor's greatest activity: less does not shade the text."""


def factors_view(factors: Factors) -> str:
    """A row of bars for each factor and the text, each telling where the other is pointed at."""
    count, length = factors.activity.shape
    names = [readable(token) for token in factors.tokens]
    rows = [f"factor {place + 1}" for place in range(count)]
    cells = [[Cell(number(value)) for value in row] for row in factors.activity.T]
    parted = f" The first {factors.n_input} are input, the others generated."
    return figure(
        factors,
        f"Where {count} factors of the neurons are active, over {length} tokens",
        "Point at a bar, or at a token for its place; choose a factor to shade the text by it. "
        f"Each row has a scale of its own.{parted if factors.n_input < length else ''}",
        [
            piece("bars", _bars(factors, names, rows)),
            piece("strip", strip_of(factors.tokens), ()),
            piece("numbers", Heat("token", names, rows, cells)),
        ],
        lambda id: _rules(id, factors.activity),
    )


def _bars(factors: Factors, names: Sequence[str], rows: Sequence[str]) -> Heat:
    heights = 100 * _of_greatest(factors.activity)

    def style(factor: int, place: int) -> str:
        # The colour is for viewers that leave out styles of pages, and with them the bars.
        height = heights[factor, place]
        colour = f"{COLOURS[factor % len(COLOURS)]}{round(2.55 * height):02x}"
        return f"background-color:{colour};--h:{height:.0f}" if height >= 0.5 else ""

    def tip(factor: int, place: int) -> str:
        value = number(factors.activity[factor, place])
        return f"factor {factor + 1}, token {place + 1} {names[place]}: {value}"

    cells = cells_of([[""] * len(names)] * len(rows), style, tip)
    return Heat("factor", rows, (), cells)


def _of_greatest(activity: Float[np.ndarray, "factor token"]) -> Float[np.ndarray, "factor token"]:
    greatest = activity.max(axis=1, keepdims=True)
    return activity / np.where(greatest > 0, greatest, 1)


def _rules(id: str, activity: Float[np.ndarray, "factor token"]) -> Markup:
    """Shade tokens by how active the factor is, and mark the place of the token pointed at."""
    return Markup("\n").join(map(Markup, _each_rule(id, activity)))


def _each_rule(id: str, activity: Float[np.ndarray, "factor token"]) -> Iterator[str]:
    for factor, row in enumerate(_of_greatest(activity)):
        colour = COLOURS[factor % len(COLOURS)]
        shades = (f".t{p}{{--s:{v:.2g}}}" for p, v in enumerate(row.tolist()) if v >= LEAST)
        yield f"#{id} .f{factor}{{--c:{colour}}}"
        yield f"{shown(id, f'f{factor}')}{{.strip{{--hue:{colour}}}{''.join(shades)}}}"
    for place in range(activity.shape[1]):
        yield f"#{id}:has(.t{place}:hover) td:nth-child({place + 2}){{outline:1.5px solid}}"
