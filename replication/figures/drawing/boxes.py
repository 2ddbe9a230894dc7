"""Tokens of a text in boxes that flow into lines, as strips of saliency and texts of factors have
them. Units are points from the top left corner of the axes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from replication.figures.drawing.cells import MONO, needs_light, points, text_width

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


def hang(ax: Axes) -> None:
    """Axes in points, from the top left corner."""
    figure = ax.get_figure(root=True)
    assert figure
    ax.set(xlim=(0, points(ax)), ylim=(ax.bbox.height / figure.dpi * 72, 0))
    ax.set_axis_off()


def draw_box(
    ax: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    label: str,
    colour: tuple[float, ...],
    fontsize: float,
    blanks: int = 0,
) -> Rectangle:
    """A token in a coloured box; ``blanks`` are spaces before it that are left unwritten."""
    box = Rectangle(corner, *size, facecolor=colour, edgecolor="white", linewidth=0.6)
    ink = "white" if needs_light(np.array([colour]))[0] else "black"
    middle = corner[0] + (size[0] + blanks * text_width("x", fontsize, MONO)) / 2
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "family": MONO}
    style |= {"fontsize": fontsize, "color": ink, "parse_math": False}
    ax.text(middle, corner[1] + size[1] / 2, label, **style).set_in_layout(False)
    ax.add_patch(box)
    return box
