"""Drawing sparklines along a text, of factors and of clusters of neurons.

``draw_*(result, ax) -> ax`` as in ``plots``; nothing is computed or judged here.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from replication.figures.drawing.cells import LONGEST, TEXT, points, visible
from replication.figures.drawing.maps import label_tokens
from replication.results.factors import Factors
from replication.results.neurons import Firing

# Okabe and Ito's colours, safe for the colour-blind, then lighter and darker ones of the same hues;
# numbers stand beside them wherever they are used.
FACTOR_COLOURS = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"),
    *("#8a5f00", "#1f6f9c", "#7fd6bb", "#a89d00", "#9cc7e4", "#f5b48a", "#8a3b66", "#4d4d4d"),
    *("#f7d68c", "#00543d"),
)
STRONGEST = 0.86  # how much of its row a sparkline fills where it is highest


def factor_colour(factor: int) -> str:
    """The colour of a factor; they repeat after eighteen."""
    return FACTOR_COLOURS[factor % len(FACTOR_COLOURS)]


def draw_sparklines(factors: Factors, ax: Axes) -> Axes:
    """Draw the activity of factors over the tokens, a row for each, the first on top.

    Each row has a scale of its own, from 0 to the factor's greatest activity: activities of
    different factors cannot be compared. A dotted line parts input from generated tokens.
    """
    names = [f"factor {number + 1}" for number in range(len(factors.activity))]
    sparklines(factors.activity, names, ax)
    if factors.n_input < len(factors.tokens):
        ax.axvline(factors.n_input - 0.5, color="0.2", linewidth=0.9, linestyle=":")
    mark_tokens(ax, factors.tokens)
    return ax


def sparklines(values: Float[np.ndarray, "row token"], names: Sequence[str], ax: Axes) -> None:
    """Draw rows of values as steps, each as high as its greatest value, over its base line."""
    greatest = values.max(axis=1)
    edges = np.arange(values.shape[1] + 1) - 0.5
    for number, (row, highest) in enumerate(zip(values, greatest, strict=True)):
        base = len(values) - 1 - number
        heights = base + row / (highest or 1) * STRONGEST
        colour = factor_colour(number)
        ax.axhline(base, color="0.85", linewidth=0.6, zorder=0)
        ax.stairs(heights, edges, baseline=base, fill=True, facecolor=colour, linewidth=0)
        ax.stairs(heights, edges, baseline=base, color=_darker(colour), linewidth=0.6)
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-0.06, len(values)))
    ax.set_yticks(np.arange(len(values))[::-1] + 0.4, names, parse_math=False)
    ax.tick_params(length=0, labelsize=TEXT)
    ax.spines[:].set_visible(False)


def draw_clusters(firing: Firing, ax: Axes) -> Axes:
    """Draw the mean firing of clusters along the tokens, with their sizes and greatest values."""
    names = [f"{number + 1}: {size} neurons" for number, size in enumerate(firing.sizes)]
    sparklines(firing.means, names, ax)
    mark_tokens(ax, firing.tokens)
    end = firing.means.shape[1] - 0.3
    for number, highest in enumerate(firing.means.max(axis=1)):
        row = len(firing.means) - 0.6 - number
        ax.text(end, row, f"{highest:.2g}", va="center", fontsize=TEXT, color="0.35")
    return ax


def tokens_fit(tokens: Sequence[str], room: float) -> bool:
    """Whether every token can stand below its column, turned, on ``room`` points."""
    return len(tokens) * (TEXT + 0.6) <= room


def mark_tokens(ax: Axes, tokens: Sequence[str]) -> None:
    """Name the columns by their tokens where these fit, else number every twentieth."""
    if tokens_fit(tokens, points(ax)):
        label_tokens(ax, [visible(token, LONGEST) for token in tokens])
        return
    marks = range(0, len(tokens), 20)
    ax.set_xticks(marks, [f"token {mark + 1}" if not mark else str(mark + 1) for mark in marks])
    ax.tick_params(axis="x", length=3, color="0.5")


def _darker(colour: str) -> tuple[float, ...]:
    return tuple(0.6 * part for part in to_rgba(colour)[:3])
