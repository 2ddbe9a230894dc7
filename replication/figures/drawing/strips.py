"""Drawing a text itself: its tokens in boxes, coloured by share or by factor.

``draw_*(result, ax) -> ax`` as in ``plots``; nothing is computed or judged here. A drawing of lines
of text has points for units and hangs from the top of its axes.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, to_rgba
from matplotlib.patches import Rectangle

from replication.figures.drawing.cells import (
    DIGIT,
    LETTER,
    LONGEST,
    MONO,
    SHARE_COLOURS,
    TEXT,
    needs_light,
    points,
    visible,
)
from replication.figures.drawing.sparklines import factor_colour
from replication.results.factors import Factors
from replication.results.saliency import Saliency

BOX, STRIP = 15.0, 32.0  # points: the height of a token's box in a strip, and of a line
WORD, LINE = 11.5, 22.0  # the same of coloured text
FOLDED = 0.7  # columns are made where they leave at most so much of the height
NUMBER = TEXT - 1  # the size of factors' numbers
Place = tuple[float, int]
"""Where a box begins: points from the left, and its line."""


def flow(widths: Sequence[float], room: float, ends: Sequence[bool] = ()) -> list[Place]:
    """Set boxes side by side on lines ``room`` wide; ``ends`` are those that end their line."""
    places: list[Place] = []
    left, line = 0.0, 0
    for number, width in enumerate(widths):
        if left and left + width > room:
            left, line = 0.0, line + 1
        places.append((left, line))
        left += width
        if ends and ends[number]:
            left, line = 0.0, line + 1
    return places


def strip_height(saliency: Saliency, generated: int, room: float) -> float:
    """How high a strip is, in points, on a page with ``room`` points for its lines."""
    return STRIP * (_strip_places(saliency, generated, room)[-1][1] + 1)


def _strip_labels(saliency: Saliency, generated: int) -> list[str]:
    """The tokens before a generated one, then that one itself."""
    end = range(saliency.n_input, len(saliency.tokens))[generated]
    return [visible(token, LONGEST) for token in saliency.tokens[: end + 1]]


def _strip_widths(labels: Sequence[str]) -> list[float]:
    number = len("99.9%") * DIGIT * TEXT
    return [max(len(label) * LETTER * (TEXT + 1), number) + 6 for label in labels]


def _strip_places(saliency: Saliency, generated: int, room: float) -> list[Place]:
    return flow(_strip_widths(_strip_labels(saliency, generated)), room)


def draw_strip(
    saliency: Saliency, ax: Axes, generated: int = 0, highest: float | None = None
) -> Axes:
    """Draw what one generated token owes to the tokens before it: each in a box coloured by its
    share, which stands below; the generated token comes last, in a frame.
    """
    _hang(ax)
    row = saliency.row(range(len(saliency.shares))[generated])  # -1 is the last
    shades = SHARE_COLOURS(Normalize(0, highest or float(row.max()))(np.append(row, 0)))
    shades[-1] = (1, 1, 1, 1)
    labels = _strip_labels(saliency, generated)
    widths = _strip_widths(labels)
    below = [*(f"{share:.1%}" for share in row), "output"]
    places = _strip_places(saliency, generated, points(ax))
    for (left, line), width, label, number, shade in zip(
        places, widths, labels, below, shades, strict=True
    ):
        corner = left + 1, line * STRIP
        _box(ax, corner, (width - 2, BOX), label, tuple(shade), TEXT + 1)
        style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": TEXT}
        ax.text(left + width / 2, line * STRIP + BOX + 1.5, number, color="0.25", **style)
    ax.patches[-1].set(edgecolor="black", linewidth=1.2)
    return ax


def strongest(factors: Factors) -> Int[np.ndarray, " token"]:
    """The factor nearest to its own greatest activity at each token, or -1 where none is active."""
    greatest = factors.activity.max(axis=1, keepdims=True)
    relative = factors.activity / np.where(greatest > 0, greatest, 1)
    return np.where(relative.max(axis=0) > 0, relative.argmax(axis=0), -1)


def text_height(factors: Factors, room: float) -> float:
    """How high coloured text is, in points, on lines with ``room`` points."""
    return LINE * (1 + max(line for _, line in _text_places(factors, room)[1]))


def _text_places(factors: Factors, room: float) -> tuple[list[str], list[Place], list[float]]:
    """Tokens as they are written, where, and how wide."""
    longest = int((room / 2 - 9) / (LETTER * TEXT))
    labels = [visible(token, longest) for token in factors.tokens]
    widths = [max(len(label) * LETTER * TEXT + 3, 2 * DIGIT * NUMBER + 1) for label in labels]
    ends = ["\n" in token for token in factors.tokens]
    return labels, _in_columns(widths, room, ends), widths


def _in_columns(widths: Sequence[float], room: float, ends: Sequence[bool]) -> list[Place]:
    """Lines as long as the page, or in two columns where most lines are short."""
    whole, narrow = flow(widths, room, ends), flow(widths, room / 2 - 6, ends)
    half = narrow[-1][1] // 2 + 1
    if half > FOLDED * (whole[-1][1] + 1):
        return whole
    return [(left + line // half * (room / 2 + 6), line % half) for left, line in narrow]


def draw_text(factors: Factors, ax: Axes) -> Axes:
    """Draw the text with each token in the colour of its ``strongest`` factor, whose number stands
    below where it begins. A line of the text begins a line here.
    """
    _hang(ax)
    labels, places, widths = _text_places(factors, points(ax))
    chosen = [int(factor) for factor in strongest(factors)]
    for label, (left, line), width, factor in zip(labels, places, widths, chosen, strict=True):
        colour = "white" if factor < 0 else factor_colour(factor)
        words = label.lstrip("␣") or label
        corner = left, line * LINE
        _box(ax, corner, (width, WORD), words, to_rgba(colour), TEXT, len(label) - len(words))
    style: dict[str, Any] = {"va": "top", "fontsize": NUMBER, "color": "0.25"}
    for (left, line), factor in _beginnings(places, chosen):
        ax.text(left + 0.5, line * LINE + WORD + 0.5, str(factor + 1), **style)
    return ax


def _beginnings(places: Sequence[Place], factors: Sequence[int]) -> Iterator[tuple[Place, int]]:
    """Where another factor takes over, and where a line begins with one."""
    before = pairwise([((0.0, -1), -1), *zip(places, factors, strict=True)])
    for ((_, last_line), last), (place, factor) in before:
        if factor >= 0 and (factor != last or place[1] != last_line):
            yield place, factor


def _hang(ax: Axes) -> None:
    """Axes in points, from the top left corner."""
    figure = ax.get_figure(root=True)
    assert figure
    ax.set(xlim=(0, points(ax)), ylim=(ax.bbox.height / figure.dpi * 72, 0))
    ax.set_axis_off()


def _box(
    ax: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    label: str,
    colour: tuple[float, ...],
    points: float,
    blanks: int = 0,
) -> None:
    """A token in a coloured box; ``blanks`` are spaces before it that are left unwritten."""
    ax.add_patch(Rectangle(corner, *size, facecolor=colour, edgecolor="white", linewidth=0.6))
    ink = "white" if needs_light(np.array([colour]))[0] else "black"
    middle = corner[0] + (size[0] + blanks * LETTER * points) / 2
    place: dict[str, Any] = {"ha": "center", "va": "center_baseline", "family": MONO}
    ax.text(
        middle,
        corner[1] + size[1] / 2,
        label,
        fontsize=points,
        color=ink,
        parse_math=False,
        **place,
    )
