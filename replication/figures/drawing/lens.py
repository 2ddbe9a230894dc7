"""Drawing the variants of the logit lens: ``draw_*(result, ax) -> ax``, and pages of them."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from replication.figures.drawing.cells import (
    LONGEST,
    MONO,
    SHARE_COLOURS,
    TEXT,
    along_layers,
    cells,
    colour_key,
    height,
    label_tokens,
    points,
    shortened,
    text_width,
    visible,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Line, Results, panel_of
from replication.figures.drawing.sparklines import factor_colour
from replication.results.lens import PositionGrid, Stage, Uncertainty, WordProbabilities

Measure = Literal["entropy", "divergence"]
MEASURES: tuple[Measure, ...] = ("entropy", "divergence")
LEAST = 1e-8  # smaller probabilities are drawn at the foot of the axis
DARK = (4, 5, 2, 6, 0, 7)  # of the factors' colours, those that a line can be seen in
FRAME = "#56b4e9"  # stands out from all of magma
# Inches: a layer's height; a token's width and what the names of layers take, where grids stand
# side by side; the height of a drawing of lines.
ROW, COLUMN, NAMES, CURVES = 0.16, 0.68, 0.98, 2.1


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
    return ax


def _colour(column: int) -> str:
    return factor_colour(DARK[column % len(DARK)])


def _name_lines(ax: Axes, words: Sequence[str], ends: Float[np.ndarray, " word"]) -> None:
    """Name the lines at their right ends, moved apart where these lie close together."""
    wanted = height(ax) * (1 - np.log(ends) / np.log(LEAST))
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
    letters = int(0.96 * room / text_width("x", TEXT, MONO))
    if letters > 1:
        write(ax, image, [[visible(t, letters) for t in row] for row in grid.best], family=MONO)
    for stage, position in np.argwhere(grid.next_ranks == 1):
        corner = position - 0.47, stage - 0.45
        ax.add_patch(Rectangle(corner, 0.94, 0.9, fill=False, edgecolor=FRAME, linewidth=1.4))
    ax.set_yticks(range(len(grid.stages)), [_named(stage) for stage in grid.stages])
    label_tokens(ax, shortened(grid.tokens))
    return ax


def draw_uncertainty(
    found: Uncertainty, ax: Axes, measure: Measure = "entropy", highest: float | None = None
) -> Axes:
    """Draw entropy, or divergence from the model's output, along the layers: black for the last
    position, grey for each of those before it. Divergences above 1 bit are on a logarithmic axis.
    The axis ends above ``highest``, which is the greatest value unless drawings share a scale.
    """
    values, label, above = found.entropy, "entropy (bits)", 1.05
    if measure == "divergence":
        values, label, above = found.divergence, "KL(final || layer) (bits)", 1.4
        ax.set_yscale("symlog", linthresh=1)
        ax.yaxis.set_major_formatter("{x:,g}")
    places = _places(found.stages)
    ax.plot(places, values[:, :-1], color="0.72", linewidth=0.8, clip_on=False)
    ax.plot(places, values[:, -1], color="black", linewidth=1.6, clip_on=False, zorder=3)
    ax.set(ylim=(0, above * (highest or float(values.max()) or 1)), ylabel=label)
    _along_layers(ax, places)
    return ax


def words_page(results: Results, title: str) -> Figure:
    """A page of word probabilities: one result for each way to read the states, side by side."""
    return page(title, [_beside(results, draw_word_probabilities)], "Dots: the best of all tokens.")


def uncertainty_page(results: Results, title: str) -> Figure:
    """A page of entropies above divergences, a column for each result."""
    shown = [one for one in chain.from_iterable(results.values()) if isinstance(one, Uncertainty)]
    lines = []
    for measure in MEASURES:
        highest = max((float(getattr(one, measure).max()) for one in shown), default=1.0)
        draw = partial(draw_uncertainty, measure=measure, highest=highest)
        lines.append(_beside(results, draw))
    return page(title, lines, "Black: the last position. Grey: those before it.")


def _beside(results: Results, draw: Callable[[Any, Axes], Axes]) -> Line:
    shown = chain.from_iterable(results.values())
    return [panel_of(one, partial(draw, one), CURVES) for one in shown]


def positions_page(results: Results, title: str) -> Figure:
    """A page of position grids, side by side where the cells are wide enough for tokens so."""
    shown = list(chain.from_iterable(results.values()))
    grids = [one for one in shown if isinstance(one, PositionGrid)]
    width = len(shown) * NAMES + sum(len(grid.tokens) for grid in grids) * COLUMN
    high = ROW * max((len(grid.stages) for grid in grids), default=1)
    panels = [panel_of(one, partial(draw_position_grid, one), high) for one in shown]
    figure = page(title, [panels] if width <= WHOLE else [[panel] for panel in panels])
    label = "framed: what really comes next   colour: probability"
    colour_key(figure, Normalize(0, 1), SHARE_COLOURS, label)
    return figure


def _places(stages: Sequence[Stage]) -> Float[np.ndarray, " stage"]:
    """Where stages lie along an axis of layers."""
    return np.array([stage.layer - 0.5 * (stage.part == "attention") for stage in stages])


def _named(stage: Stage) -> str:
    return str(stage) if stage.part == "attention" else f"Layer {stage}"


def _along_layers(ax: Axes, places: Float[np.ndarray, " stage"]) -> None:
    ax.set(xlim=(places[0] - 0.5, places[-1]))
    along_layers(ax)
    ax.yaxis.label.set_fontsize(TEXT)
    ax.grid(axis="y", color="0.9", linewidth=0.6)
