"""Drawing attention as heat maps: ``draw_*(result, ax) -> ax``, and a page of one layer.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here, and dark is more.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

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
    visible,
    write,
)
from replication.figures.drawing.maps import label_tokens
from replication.figures.drawing.pages import (
    ROOM,
    SIDE,
    WHOLE,
    Block,
    above_of,
    below_of,
    blocks_of,
    page,
)
from replication.figures.drawing.panels import EDGE, GAP, colour_key
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
    labels = [visible(token, LONGEST) for token in attention.tokens]
    _name_rows(ax, labels)
    label_tokens(ax, labels)
    # On the right: on the left the first head has the heading of the whole.
    ax.set_title(f"layer {attention.layer}, head {head}", loc="right", fontsize=TEXT, pad=2)
    return ax


def draw_last_token(attention: LayerAttention, ax: Axes) -> Axes:
    """Draw what the last token attends to: heads down, keys across, in percent."""
    weights = attention.weights[:, -1]
    image = cells(ax, weights, Normalize(0, 1), SHARE_COLOURS)
    write(ax, image, [[f"{100 * weight:.0f}" for weight in row] for row in weights])
    ax.set_yticks(range(len(weights)), [f"head {head}" for head in range(len(weights))])
    label_tokens(ax, [visible(token, LONGEST) for token in attention.tokens])
    last = visible(attention.tokens[-1], LONGEST)
    said = f"layer {attention.layer}, from the last token, {last}"
    ax.set_title(said, loc="left", fontsize=TEXT, pad=2, parse_math=False)
    return ax


def _name_rows(ax: Axes, labels: list[str]) -> None:
    ax.set_yticks(range(len(labels)), labels, parse_math=False)
    ax.tick_params(axis="y", labelfontfamily=MONO)


def attention_page(results: Mapping[str, Sequence[Any]], title: str) -> Figure:
    """A page of one layer's heads, then of what its last token attends to."""
    figure = page(title, NOTE, blocks_of(results, _blocks))
    colour_key(figure, Normalize(0, 1), SHARE_COLOURS, "weight")
    return figure


def _blocks(attention: LayerAttention) -> list[Block]:
    heads, count = attention.weights.shape[:2]
    slot = WHOLE / ACROSS
    width = min(slot - SIDE - GAP, count * WIDEST)
    below = below_of(attention.tokens, width) + 0.1
    height, above = count * CELL, above_of(attention.provenance) + 0.1
    blocks = [
        Block(
            partial(draw_head, attention, head=head),
            height,
            None if head else attention.provenance,
            above if head == 0 else 0.12,
            below,
            EDGE + SIDE + (head % ACROSS) * slot,
            width,
            beside=head % ACROSS > 0,
        )
        for head in range(heads)
    ]
    last = min(ROOM, count * 2 * WIDEST)
    under = below_of(attention.tokens, last)
    rows = Block(
        partial(draw_last_token, attention), heads * CELL, None, 0.2, under, EDGE + SIDE, last
    )
    return [*blocks, rows]
