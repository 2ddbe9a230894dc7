"""Drawing attention as heat maps: ``draw_*(result, ax) -> ax``, and a page of one layer.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here, and dark is more.
"""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    LONGEST,
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
from replication.results.attention import LayerAttention

NOTE = (
    "How much each token (a row) attends to the tokens before it and to itself (columns), head by "
    "head; every row sums to 1. Last, for the last token alone: a row for each head."
)
ACROSS = 3  # heads side by side
CELL, WIDEST = 0.21, 0.34  # inches: a token's row; a column's greatest width


def draw_head(attention: LayerAttention, ax: Axes, head: int) -> Axes:
    """Draw one head: queries down, keys across, nothing where a query cannot see."""
    weights = attention.weights[head]
    ahead = np.triu(np.ones(weights.shape, bool), 1)
    cells(ax, np.ma.masked_array(weights, ahead), Normalize(0, 1), SHARE_COLOURS)
    labels = shortened(attention.tokens)
    ax.set_yticks(range(len(labels)), labels, parse_math=False)
    ax.tick_params(axis="y", labelfontfamily=MONO)
    label_tokens(ax, shortened(attention.tokens))
    ax.set_title(f"layer {attention.layer}, head {head}", loc="right", fontsize=TEXT, pad=2)
    return ax


def draw_last_token(attention: LayerAttention, ax: Axes) -> Axes:
    """Draw what the last token attends to: heads down, keys across, in percent where that fits."""
    weights = attention.weights[:, -1]
    image = cells(ax, weights, Normalize(0, 1), SHARE_COLOURS)
    if text_width("100") <= points(ax) / weights.shape[1]:
        write(ax, image, [[f"{100 * weight:.0f}" for weight in row] for row in weights])
    ax.set_yticks(range(len(weights)), [f"head {head}" for head in range(len(weights))])
    label_tokens(ax, shortened(attention.tokens))
    last = visible(attention.tokens[-1], LONGEST)
    said = f"layer {attention.layer}, from the last token, {last}"
    ax.set_title(said, loc="left", fontsize=TEXT, pad=2, parse_math=False)
    return ax


def attention_page(results: Results, title: str) -> Figure:
    """A page of one layer's heads, then of what its last token attends to."""
    figure = page(title, lines_of(results, _lines), NOTE)
    colour_key(figure, Normalize(0, 1), SHARE_COLOURS, "weight")
    return figure


def _lines(attention: LayerAttention) -> list[Line]:
    heads, count = attention.weights.shape[:2]
    panels: list[Panel | None] = [
        Panel(
            partial(draw_head, attention, head=head),
            count * CELL,
            count * WIDEST,
            None if head else attention.provenance,
        )
        for head in range(heads)
    ]
    panels += [None] * (-heads % ACROSS)
    lines: list[Line] = [panels[at : at + ACROSS] for at in range(0, len(panels), ACROSS)]
    width = min(WHOLE, count * 2 * WIDEST)
    return [*lines, [Panel(partial(draw_last_token, attention), heads * CELL, width)]]
