"""Drawing the variants of the logit lens: ``draw_*(result, ax) -> ax``, and pages of them.

As in ``replication.figures.drawing.cells`` nothing is computed or judged here.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from replication.figures.drawing.cells import (
    LETTER,
    LONGEST,
    MONO,
    SHARE_COLOURS,
    TEXT,
    cells,
    draw_untestable,
    entitled,
    points,
    upright,
    visible,
    write,
)
from replication.figures.drawing.panels import EDGE, GAP, HEADER, ROW, WIDTH, colour_key
from replication.figures.drawing.sparklines import factor_colour
from replication.results.lens import PositionGrid, Stage, Uncertainty, WordProbabilities
from replication.results.untestable import Untestable

Results = Mapping[str, Sequence[Any]]
"""By question, one result for each way to read the states."""
Measure = Literal["entropy", "divergence"]
MEASURES: tuple[Measure, ...] = ("entropy", "divergence")
LEAST = 1e-8  # smaller probabilities are drawn at the foot of the axis
DARK = (4, 5, 2, 6, 0, 7)  # of the factors' colours, those that a line can be seen in
FRAME = "#56b4e9"  # stands out from all of magma
# Inches: left of a drawing, for "12 attention" or an axis with its name; its heading; a drawing of
# lines and the names below it; the width of a token's cell.
LEFT, ABOVE, CURVES, BELOW, COLUMN = 0.85, 0.36, 2.1, 0.45, 0.68


def draw_word_probabilities(found: WordProbabilities, ax: Axes) -> Axes:
    """Draw a line for each word along the layers, its probability on a logarithmic axis.

    A dot stands where the word is the best of all. Stages inside blocks lie halfway.
    """
    places = _places(found.stages)
    shares = np.maximum(found.probabilities, LEAST)
    for column in range(len(found.words)):
        colour, best = _colour(column), found.ranks[:, column] == 1
        ax.plot(places, shares[:, column], color=colour, linewidth=1.4, clip_on=False)
        ax.plot(places[best], shares[best, column], "o", color=colour, markersize=4, clip_on=False)
    ax.set(yscale="log", ylim=(LEAST, 1), ylabel="probability")
    ticks = {1: "100%", 1e-2: "1%", 1e-4: "0.01%", 1e-6: "0.0001%", LEAST: "less"}
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.minorticks_off()
    _along_layers(ax, places)
    _name_lines(ax, found.words, shares[-1])
    return entitled(ax, found.provenance, LEFT - EDGE)


def _colour(column: int) -> str:
    return factor_colour(DARK[column % len(DARK)])


def _name_lines(ax: Axes, words: Sequence[str], ends: Float[np.ndarray, " word"]) -> None:
    """Name the lines at their right ends, moved apart where these lie close together."""
    height = points(ax) * ax.bbox.height / ax.bbox.width
    wanted = height * (1 - np.log(ends) / np.log(LEAST))
    for column, place in enumerate(apart(wanted.tolist(), TEXT + 2)):
        at: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
        style: dict[str, Any] = {"family": MONO, "fontsize": TEXT + 1, "parse_math": False}
        word, colour = visible(words[column], LONGEST), _colour(column)
        ax.annotate(word, (1, 0), (8, place), color=colour, va="center", **at, **style)


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Places moved up as little as leaves a gap between each and the next below it."""
    moved = list(places)
    for lower, upper in pairwise(np.argsort(moved, kind="stable")):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    return moved


def draw_position_grid(grid: PositionGrid, ax: Axes) -> Axes:
    """Draw the best tokens: layers down, the tokens read across, each cell with the token that is
    expected next, coloured by its probability, and framed where it is the one that comes.
    """
    image = cells(ax, grid.probabilities, Normalize(0, 1), SHARE_COLOURS)
    room = points(ax) / len(grid.tokens)
    fitting = int(0.96 * room / (LETTER * TEXT))
    write(ax, image, [[visible(token, fitting) for token in row] for row in grid.best], family=MONO)
    for stage, position in np.argwhere(grid.next_ranks == 1):
        corner = position - 0.47, stage - 0.45
        ax.add_patch(Rectangle(corner, 0.94, 0.9, fill=False, edgecolor=FRAME, linewidth=1.4))
    ax.set_yticks(range(len(grid.stages)), [_named(stage) for stage in grid.stages])
    labels = [visible(token, LONGEST) for token in grid.tokens]
    ax.set_xticks(range(len(labels)), labels, parse_math=False)
    rotation = 90 if upright(labels, room) else 0
    ax.tick_params(axis="x", labelrotation=rotation, labelfontfamily=MONO)
    return entitled(ax, grid.provenance, LEFT - EDGE)


def draw_uncertainty(found: Uncertainty, ax: Axes, measure: Measure = "entropy") -> Axes:
    """Draw entropy, or divergence from the model's output, along the layers: black for the last
    position, grey for each of those before it. Divergences above 1 bit are on a logarithmic axis.
    """
    values, label = found.entropy, "entropy (bits)"
    if measure == "divergence":
        values, label = found.divergence, "KL(final || layer) (bits)"
        ax.set_yscale("symlog", linthresh=1)
        ax.yaxis.set_major_formatter("{x:,g}")
    places = _places(found.stages)
    ax.plot(places, values[:, :-1], color="0.72", linewidth=0.8, clip_on=False)
    ax.plot(places, values[:, -1], color="black", linewidth=1.6, clip_on=False, zorder=3)
    ax.set(ylim=(0, None), ylabel=label)
    _along_layers(ax, places)
    return entitled(ax, found.provenance, LEFT - EDGE)


def words_page(results: Results, title: str) -> Figure:
    """A page of word probabilities: one result for each way to read the states, side by side."""
    shown = list(chain.from_iterable(results.values()))
    figure, axes = _page(title, 1, len(shown), (CURVES, BELOW), right=0.75)
    for ax, found in zip(axes, shown, strict=True):
        draw = draw_untestable if isinstance(found, Untestable) else draw_word_probabilities
        draw(found, ax)
    _say(figure, "dot: the best of all tokens")
    return figure


def positions_page(results: Results, title: str) -> Figure:
    """A page of position grids, side by side where the cells are wide enough for tokens so."""
    grids: list[PositionGrid] = list(chain.from_iterable(results.values()))
    columns = sum(len(grid.tokens) for grid in grids)
    beside = len(grids) * (LEFT + GAP) + columns * COLUMN <= WIDTH
    lines, across = (1, len(grids)) if beside else (len(grids), 1)
    height = ROW * max(len(grid.stages) for grid in grids)
    longest = max(len(visible(token, LONGEST)) for grid in grids for token in grid.tokens)
    below = 0.15 + longest * LETTER * TEXT / 72  # enough for names that stand upright
    figure, axes = _page(title, lines, across, (height, below))
    for ax, grid in zip(axes, grids, strict=True):
        draw_position_grid(grid, ax)
    label = "framed: what really comes next   colour: probability"
    colour_key(figure, Normalize(0, 1), SHARE_COLOURS, label)
    return figure


def uncertainty_page(results: Results, title: str) -> Figure:
    """A page of entropies above divergences, a column for each result."""
    shown: list[Uncertainty] = list(chain.from_iterable(results.values()))
    figure, axes = _page(title, len(MEASURES), len(shown), (CURVES, BELOW))
    for row, measure in enumerate(MEASURES):
        line = axes[row * len(shown) :][: len(shown)]
        for ax, found in zip(line, shown, strict=True):
            draw_uncertainty(found, ax, measure)
        highest = max(ax.get_ylim()[1] for ax in line)
        for ax in line:
            ax.set_ylim(top=highest)
    _say(figure, "black: the last position   grey: those before it")
    return figure


def _page(
    title: str, lines: int, columns: int, heights: tuple[float, float], right: float = GAP
) -> tuple[Figure, list[Axes]]:
    """A page with places for drawings, line by line. In inches: ``heights`` of a drawing and of
    what is below it, and what is ``right`` of it.
    """
    line, slot = ABOVE + sum(heights), WIDTH / columns
    page = HEADER + lines * line
    figure = Figure(figsize=(WIDTH, page))
    style: dict[str, Any] = {"fontsize": 12, "weight": "bold", "va": "top", "parse_math": False}
    figure.text(EDGE / WIDTH, 1 - 0.12 / page, title, **style)
    size = (slot - LEFT - right) / WIDTH, heights[0] / page
    bottoms = [1 - (HEADER + row * line + ABOVE + heights[0]) / page for row in range(lines)]
    lefts = [(column * slot + LEFT) / WIDTH for column in range(columns)]
    return figure, [figure.add_axes((x, y, *size)) for y in bottoms for x in lefts]


def _say(figure: Figure, text: str) -> None:
    """Explain the marks, in the top right corner of a page."""
    top = 1 - 0.15 / figure.get_figheight()
    figure.text(1 - EDGE / WIDTH, top, text, fontsize=TEXT, ha="right", va="top")


def _places(stages: Sequence[Stage]) -> Float[np.ndarray, " stage"]:
    """Where stages lie along an axis of layers."""
    return np.array([stage.layer - 0.5 * (stage.part == "attention") for stage in stages])


def _named(stage: Stage) -> str:
    return str(stage) if stage.part == "attention" else f"Layer {stage}"


def _along_layers(ax: Axes, places: Float[np.ndarray, " stage"]) -> None:
    ax.set(xlim=(places[0] - 0.5, places[-1]))
    ax.set_xlabel("after layer", fontsize=TEXT)
    ax.yaxis.label.set_fontsize(TEXT)
    ax.tick_params(labelsize=TEXT, length=2)
    ax.grid(axis="y", color="0.9", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
