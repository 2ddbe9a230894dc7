"""Drawing saliency: what generated tokens owe to those before them.

``draw_*(result, ax) -> ax``; nothing is computed or judged here, and dark is more.
"""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.boxes import Place, draw_box, flow, hang
from replication.figures.drawing.cells import (
    MONO,
    SHARE_COLOURS,
    TEXT,
    cells,
    colour_key,
    label_tokens,
    points,
    shortened,
    text_width,
    visible,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Line, Panel, Results, lines_of
from replication.results.saliency import Saliency

ROW, WIDEST = 0.17, 0.62  # inches: a row of shares; a column's greatest width
BOX, STRIP = 15.0, 32.0  # points: the height of a token's box in a strip, and of a line
NOTE = (
    "How much each token counts for a token generated after it: gradient x input, in percent of "
    "all tokens before it. Boxes: for the framed output token. Cells: a row for each output token."
)


def draw_saliency(saliency: Saliency, ax: Axes, highest: float | None = None) -> Axes:
    """Draw shares: a row for each generated token, across the tokens before it.

    Numbers are percent, whole where more does not fit, none where they do not fit at all; the
    image holds the exact shares. Colours are linear from 0 to ``highest``, which is the greatest
    share unless drawings share a scale.
    """
    generated, before = saliency.shares.shape
    ahead = np.triu(np.ones((generated, before), bool), saliency.n_input)
    shares = np.ma.masked_array(saliency.shares, ahead)
    highest = highest or float(shares.max())
    image = cells(ax, shares, Normalize(0, highest), SHARE_COLOURS)
    form = _form(highest, points(ax) / before)
    rows = [saliency.row(number) for number in range(generated)]
    write(ax, image, [[form.format(100 * share) for share in row] for row in rows])
    labels = shortened(saliency.tokens[saliency.n_input :])
    ax.set_yticks(range(generated), labels, parse_math=False)
    ax.tick_params(axis="y", labelfontfamily=MONO)
    label_tokens(ax, shortened(saliency.tokens[:-1]))
    return ax


def _form(highest: float, room: float) -> str:
    """How to write percentages so that the greatest fits into ``room`` points."""
    for form in ("{:.1f}", "{:.0f}"):
        if text_width(form.format(100 * highest)) <= room - 1.5:
            return form
    return ""


def draw_strip(
    saliency: Saliency, ax: Axes, generated: int = 0, highest: float | None = None
) -> Axes:
    """Draw what one generated token owes to the tokens before it: each in a box coloured by its
    share, which stands below; the generated token comes last, in a frame.
    """
    hang(ax)
    row = saliency.row(range(len(saliency.shares))[generated])  # -1 is the last
    shades = SHARE_COLOURS(Normalize(0, highest or float(row.max()))(np.append(row, 0)))
    shades[-1] = (1, 1, 1, 1)
    labels, widths, places = _strip(saliency, generated, points(ax))
    below = [*(f"{share:.1%}" for share in row), "output"]
    style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": TEXT, "color": "0.25"}
    for (left, line), width, label, number, shade in zip(
        places, widths, labels, below, shades, strict=True
    ):
        corner = left + 1, line * STRIP
        box = draw_box(ax, corner, (width - 2, BOX), label, tuple(shade), TEXT + 1)
        written = ax.text(left + width / 2, line * STRIP + BOX + 1.5, number, **style)
        written.set_in_layout(False)
    box.set(edgecolor="black", linewidth=1.2)
    return ax


def _strip(
    saliency: Saliency, generated: int, room: float
) -> tuple[list[str], list[float], list[Place]]:
    """The tokens before a generated one, then that one itself, how wide they are, and where."""
    end = range(saliency.n_input, len(saliency.tokens))[generated]
    letter = text_width("x", TEXT + 1, MONO)
    longest = int((room - 5) / letter)
    labels = [visible(token, longest) for token in saliency.tokens[: end + 1]]
    below = [text_width("99.9%")] * (len(labels) - 1) + [text_width("output")]
    each = zip(labels, below, strict=True)
    widths = [max(text_width(label, TEXT + 1, MONO), number) + 5 for label, number in each]
    return labels, widths, flow(widths, room)


def saliency_page(results: Results, title: str, chosen: Sequence[int] = (0,)) -> Figure:
    """A page of saliency: strips for some output tokens and a heat map, on one colour scale.

    ``chosen`` are numbers of generated tokens of the first result; the others show the token at
    the same place of the text.
    """
    shown = chain.from_iterable(results.values())
    maps = [result for result in shown if isinstance(result, Saliency)]
    highest = max((float(result.shares.max()) for result in maps), default=1.0)

    def lines(result: Saliency) -> list[Line]:
        numbers = [at_same_place(maps[0], number, result) for number in chosen]
        return _lines(result, list(dict.fromkeys(numbers)), highest)

    figure = page(title, lines_of(results, lines), NOTE)
    colour_key(figure, Normalize(0, 100 * highest), SHARE_COLOURS, "share in percent")
    return figure


def at_same_place(first: Saliency, generated: int, other: Saliency) -> int:
    """The generated token of ``other`` that holds the first letter of one of ``first``."""
    index = range(first.n_input, len(first.tokens))[generated]
    token = first.tokens[index]
    place = len("".join(first.tokens[first.n_input : index]))
    place += len(token) - len(token.lstrip(" "))
    ends = accumulate(map(len, other.tokens[other.n_input :]))
    return next((number for number, end in enumerate(ends) if end > place), len(other.shares) - 1)


def _lines(saliency: Saliency, numbers: Sequence[int], highest: float) -> list[Line]:
    strips = [
        Panel(
            partial(draw_strip, saliency, generated=number, highest=highest),
            STRIP * (_strip(saliency, number, WHOLE * 72)[2][-1][1] + 1) / 72,
            source=None if place else saliency.provenance,
            flush=True,
        )
        for place, number in enumerate(numbers)
    ]
    rows, columns = saliency.shares.shape
    draw = partial(draw_saliency, saliency, highest=highest)
    cells = Panel(draw, rows * ROW, min(WHOLE, columns * WIDEST))
    return [[panel] for panel in (*strips, cells)]
