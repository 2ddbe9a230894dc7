"""Sparklines along a text, of factors and of clusters of neurons, and their colours."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from replication.figures.drawing.cells import TEXT

# Okabe and Ito's colours, safe for the colour-blind, then lighter and darker ones of the same hues;
# numbers stand beside them wherever they are used.
FACTOR_COLOURS = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"),
    *("#8a5f00", "#1f6f9c", "#7fd6bb", "#a89d00", "#9cc7e4", "#f5b48a", "#8a3b66", "#4d4d4d"),
    *("#f7d68c", "#00543d"),
)
SPARK = 0.26  # inches: a row's height
STRONGEST = 0.86  # how much of its row a sparkline fills where it is highest


def factor_colour(factor: int) -> str:
    """The colour of a factor; they repeat after eighteen."""
    return FACTOR_COLOURS[factor % len(FACTOR_COLOURS)]


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


def _darker(colour: str) -> tuple[float, ...]:
    return tuple(0.6 * part for part in to_rgba(colour)[:3])
