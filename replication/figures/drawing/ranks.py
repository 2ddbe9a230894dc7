"""Drawing ranks and top tokens layer by layer: ``draw_*(result, ax) -> ax``, and pages of them.

Published and measured numbers come in one type and are drawn by one function on one colour scale;
dark is what a layer puts first.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    MONO,
    RANK_COLOURS,
    SANS,
    SHARE_COLOURS,
    TEXT,
    cells,
    colour_key,
    label_tokens,
    percent,
    points,
    shortened,
    text_width,
    visible,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Line, Panel, Results, panel_of
from replication.results.ranks import RankGrid, TopTokens

BAR_COLOUR = RANK_COLOURS(0.3)
# Inches: a layer's height; a rank's width, at least and at most; that of what is no grid; what a
# panel takes for the names of its layers.
ROW, CELL, WIDEST, COLUMN, NAMES = 0.16, 0.38, 0.8, 2.2, 0.68


def draw_ranks(grid: RankGrid, ax: Axes, vocabulary: int | None = None) -> Axes:
    """Draw ranks: layers down, tokens across, each cell with its rank.

    Colours are logarithmic from 1 to ``vocabulary``, which is the grid's own unless panels are to
    share a scale. A rank that does not fit its cell is given in thousands (``43k``), or not at all;
    the image holds the exact one.
    """
    room = points(ax) / len(grid.tokens)
    image = cells(ax, grid.ranks, LogNorm(1, vocabulary or grid.vocabulary), RANK_COLOURS)
    write(ax, image, [[_fitting(int(rank), room) for rank in row] for row in grid.ranks])
    label_tokens(ax, shortened(grid.tokens))
    return ax


def draw_top_tokens(top: TopTokens, ax: Axes, layers: Sequence[int] | None = None) -> Axes:
    """Draw the best tokens of some layers (all, if none are named): layers down, ranks across,
    each cell with its token and probability; colours are linear from 0 to 1.
    """
    every = range(top.layers)
    chosen = list(every if layers is None else (every[layer] for layer in layers))
    shares = top.probabilities[chosen]
    image = cells(ax, shares, Normalize(0, 1), SHARE_COLOURS)
    room = points(ax) / shares.shape[1]
    numbers = [[percent(share) for share in row] for row in shares]
    if text_width("100.0%") > 0.92 * room:
        numbers = [["" for _ in row] for row in shares]
    tokens = [
        [_beside(number, token, room) for token, number in zip(top.tokens[layer], row, strict=True)]
        for layer, row in zip(chosen, numbers, strict=True)
    ]
    write(ax, image, tokens, shift=-0.46, align="left", family=MONO)
    write(ax, image, numbers, shift=0.46, align="right")
    ax.set_yticks(range(len(chosen)), [f"Layer {layer}" for layer in chosen])
    label_tokens(ax, [f"rank {rank + 1}" for rank in range(shares.shape[1])], "rank", SANS)
    return ax


def draw_candidates(top: TopTokens, ax: Axes, layer: int = -1) -> Axes:
    """Draw the best tokens of one layer as bars, the best on top, as long as their probability."""
    layer = range(top.layers)[layer]
    shares, tokens = top.probabilities[layer], top.tokens[layer]
    bars = ax.barh(range(len(tokens)), shares, height=0.75, color=BAR_COLOUR)
    ax.bar_label(bars, [percent(share) for share in shares], padding=3, fontsize=TEXT)
    labels = shortened(tokens)
    ax.set_yticks(range(len(tokens)), labels, parse_math=False)
    ax.set(xlim=(0, 1), ylim=(len(tokens) - 0.5, -0.5), xticks=[])
    ax.set_xlabel(f"probability after layer {layer}", fontsize=TEXT)
    ax.tick_params(length=0, labelsize=TEXT + 1, labelfontfamily=MONO)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    return ax


def ranks_page(results: Results, title: str, last_layer: bool = False) -> Figure:
    """A page of ranks and top tokens: those of one question next to each other, under its prompt.

    Narrow panels stand side by side and equally high, so that the same depth is at the same
    height; wide ones stand one below the other. All share one colour scale. Of top tokens those of
    the ``last_layer`` are drawn as bars, if they alone are asked for.
    """
    shown = list(chain.from_iterable(results.values()))
    vocabulary = max((one.vocabulary for one in shown if isinstance(one, RankGrid)), default=0)
    groups = [
        [_panel(one, vocabulary, last_layer, heading=n == 0) for n, one in enumerate(group)]
        for group in results.values()
    ]
    figure = page(title, list(_lines(groups)))
    if vocabulary:
        colour_key(figure, LogNorm(1, vocabulary), RANK_COLOURS, "rank (1 is best)")
    elif any(isinstance(one, TopTokens) for one in shown) and not last_layer:
        colour_key(figure, Normalize(0, 1), SHARE_COLOURS, "probability")
    return figure


def _panel(result: Any, vocabulary: int, last_layer: bool, heading: bool) -> tuple[Panel, float]:
    """A panel, and how wide it is at least."""
    said = visible(result.provenance.prompt).replace("␣", " ")
    heading_said = f"after “{said}”" if heading else ""
    if isinstance(result, RankGrid):
        columns, draw = len(result.tokens), partial(draw_ranks, result, vocabulary=vocabulary)
        size = result.layers * ROW, min(WHOLE, columns * WIDEST)
        return panel_of(result, draw, *size, heading=heading_said), max(0.75, columns * CELL)
    if isinstance(result, TopTokens) and not last_layer:
        draw = partial(draw_top_tokens, result)
        return panel_of(result, draw, result.layers * ROW, WHOLE, heading=heading_said), WHOLE
    draw = partial(draw_candidates, result)
    return panel_of(result, draw, 12 * ROW, COLUMN, heading=heading_said), COLUMN


def _lines(groups: Sequence[Sequence[tuple[Panel, float]]]) -> Iterator[Line]:
    """Groups side by side as long as they fit; one too wide by itself, a panel to a line."""
    line: list[Panel] = []
    taken = 0.0
    for group in groups:
        whole = sum(least + NAMES for _, least in group)
        for part in [group] if whole <= WHOLE else [[panel] for panel in group]:
            more = sum(least + NAMES for _, least in part)
            if line and taken + more > WHOLE:
                yield line
                line, taken = [], 0.0
            line, taken = [*line, *(panel for panel, _ in part)], taken + more
    if line:
        yield line


def _beside(number: str, token: str, room: float) -> str:
    """As much of a token as leaves place for a number in a cell ``room`` points wide."""
    letters = int((0.92 * room - text_width(number) - 4) / text_width("x", TEXT, MONO))
    return visible(token, letters) if letters > 1 else ""


def _fitting(rank: int, room: float) -> str:
    if len(str(rank)) * text_width("0") <= room - 1.5:  # all digits are equally wide
        return str(rank)
    thousands = f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k"
    return thousands if rank >= 1000 and text_width(thousands) <= room - 1.5 else ""
