"""Drawing what each layer contributes to the tokens of a continuation.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here.
"""

from functools import partial
from itertools import chain

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    TEXT,
    cells,
    colour_key,
    label_tokens,
    points,
    shortened,
    text_width,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.figures.drawing.patching import EFFECT_COLOURS
from replication.results.contributions import Contributions, greatest

RANK, SCORE = "halvings of the rank", "doublings of the probability"
NOTE = (
    "What each layer from the second on adds to a token: how often it halves its rank, and how "
    "often it doubles its probability; brown where it undoes some. Of each token, the layer that "
    "raises it most has its number, or a dot where there is no room for one."
)
LIMIT = 8.0
"""Halvings or doublings with the full colour: from rank 256 to 1."""
ROW = 0.16  # inches


def draw_contributions(
    steps: Float[np.ndarray, "step token"], tokens: tuple[str, ...], name: str, ax: Axes
) -> Axes:
    """Draw what layers add: layers down from layer 1, tokens across, a number at the greatest."""
    image = cells(ax, steps, Normalize(-LIMIT, LIMIT), EFFECT_COLOURS)
    ax.set_yticks(range(len(steps)), [f"Layer {row + 1}" for row in range(len(steps))])
    named, room = greatest(steps), points(ax) / len(tokens)
    texts = [
        [
            _fitting(value, room) if named[column] == row + 1 else ""
            for column, value in enumerate(line)
        ]
        for row, line in enumerate(steps)
    ]
    write(ax, image, texts)
    label_tokens(ax, shortened(tokens))
    ax.set_title(name, loc="left", fontsize=TEXT, pad=4)
    return ax


def contributions_page(results: Results, title: str) -> Figure:
    """A page of contributions: to ranks, and beside them to scores where there are some."""
    figure = page(title, lines_of(results, _lines), NOTE)
    if any(isinstance(one, Contributions) for one in chain.from_iterable(results.values())):
        colour_key(figure, Normalize(-LIMIT, LIMIT), EFFECT_COLOURS, "contribution")
    return figure


def _lines(found: Contributions) -> list[Line]:
    shown = [(RANK, found.by_rank), (SCORE, found.by_score)]
    height = ROW * (found.layers - 1)
    draws = [
        partial(draw_contributions, steps, found.tokens, name)
        for name, steps in shown
        if steps is not None
    ]
    sources = [found.provenance, None]
    return [
        [
            Panel(draw, height, source=source)
            for draw, source in zip(draws, sources[: len(draws)], strict=True)
        ]
    ]


def _fitting(value: float, room: float) -> str:
    text = f"{value:.0f}"
    return text if text_width(text) <= room - 1 else "·"
