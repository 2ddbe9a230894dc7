"""Drawing factors along a text: as sparklines, and as colours of the text itself."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from replication.figures.drawing.boxes import Place, draw_box, flow, hang
from replication.figures.drawing.cells import (
    MONO,
    TEXT,
    label_tokens,
    points,
    shortened,
    text_width,
    visible,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Line, Panel, Results, lines_of
from replication.figures.drawing.sparklines import SPARK, factor_colour, sparklines
from replication.results.factors import Factors

WORD, LINE = 11.5, 22.0  # points: the height of a token's box in coloured text, and of a line
FOLDED = 0.7  # columns are made where they leave at most so much of the height
NUMBER = TEXT - 1  # the size of factors' numbers
NOTE = (
    "How active each factor is along the text. Every row has a scale of its own, and factors of "
    "different panels have nothing but their number in common. Below, each token has the colour "
    "and number of the factor that is nearest to its own maximum there."
)


def draw_sparklines(factors: Factors, ax: Axes) -> Axes:
    """Draw the activity of factors over the tokens, a row for each, the first on top.

    Each row has a scale of its own, from 0 to the factor's greatest activity: activities of
    different factors cannot be compared. A dotted line parts input from generated tokens.
    """
    names = [f"factor {number + 1}" for number in range(len(factors.activity))]
    sparklines(factors.activity, names, ax)
    if factors.n_input < len(factors.tokens):
        ax.axvline(factors.n_input - 0.5, color="0.2", linewidth=0.9, linestyle=":")
    label_tokens(ax, shortened(factors.tokens))
    return ax


def strongest(factors: Factors) -> Int[np.ndarray, " token"]:
    """The factor nearest to its own greatest activity at each token, or -1 where none is active."""
    greatest = factors.activity.max(axis=1, keepdims=True)
    relative = factors.activity / np.where(greatest > 0, greatest, 1)
    return np.where(relative.max(axis=0) > 0, relative.argmax(axis=0), -1)


def draw_text(factors: Factors, ax: Axes) -> Axes:
    """Draw the text with each token in the colour of its ``strongest`` factor, whose number stands
    below where it begins. A line of the text begins a line here.
    """
    hang(ax)
    labels, widths, places = _boxes(factors, points(ax))
    chosen = [int(factor) for factor in strongest(factors)]
    for label, (left, line), width, factor in zip(labels, places, widths, chosen, strict=True):
        colour = "white" if factor < 0 else factor_colour(factor)
        words = label.lstrip("␣") or label
        corner, blanks = (left, line * LINE), len(label) - len(words)
        draw_box(ax, corner, (width, WORD), words, to_rgba(colour), TEXT, blanks)
    style: dict[str, Any] = {"va": "top", "fontsize": NUMBER, "color": "0.25"}
    for (left, line), factor in _beginnings(places, chosen):
        number = ax.text(left + 0.5, line * LINE + WORD + 0.5, str(factor + 1), **style)
        number.set_in_layout(False)
    return ax


def _boxes(factors: Factors, room: float) -> tuple[list[str], list[float], list[Place]]:
    """Tokens as they are written, how wide their boxes are, and where."""
    longest = int((room / 2 - 9) / text_width("x", TEXT, MONO))
    labels = [visible(token, longest) for token in factors.tokens]
    number = text_width(str(len(factors.activity)), NUMBER) + 1
    widths = [max(text_width(label, TEXT, MONO) + 3, number) for label in labels]
    ends = ["\n" in token for token in factors.tokens]
    return labels, widths, _in_columns(widths, room, ends)


def _in_columns(widths: Sequence[float], room: float, ends: Sequence[bool]) -> list[Place]:
    """Lines as long as the page, or in two columns where most lines are short."""
    whole, narrow = flow(widths, room, ends), flow(widths, room / 2 - 6, ends)
    half = narrow[-1][1] // 2 + 1
    if half > FOLDED * (whole[-1][1] + 1):
        return whole
    return [(left + line // half * (room / 2 + 6), line % half) for left, line in narrow]


def _beginnings(places: Sequence[Place], factors: Sequence[int]) -> Iterator[tuple[Place, int]]:
    """Where another factor takes over, and where a line begins with one."""
    before = pairwise([((0.0, -1), -1), *zip(places, factors, strict=True)])
    for ((_, last_line), last), (place, factor) in before:
        if factor >= 0 and (factor != last or place[1] != last_line):
            yield place, factor


def factors_page(results: Results, title: str) -> Figure:
    """A page of factors: for each result its sparklines, then its text in the factors' colours."""
    return page(title, lines_of(results, _lines), NOTE)


def _lines(factors: Factors) -> list[Line]:
    high, source = len(factors.activity) * SPARK, factors.provenance
    lines = 1 + max(line for _, line in _boxes(factors, WHOLE * 72)[2])
    text = Panel(partial(draw_text, factors), lines * LINE / 72, flush=True)
    return [[Panel(partial(draw_sparklines, factors), high, source=source)], [text]]
