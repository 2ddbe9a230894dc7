"""Drawing what different formulas of the logit lens make of one word."""

from functools import partial
from itertools import chain

from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    LONGEST,
    RANK_COLOURS,
    TEXT,
    cells,
    colour_key,
    percent,
    visible,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.results.lens import FORMULAS, FormulaVariants

ROW, COLUMN = 0.16, 1.35  # inches
NOTE = (
    "Rank of one word among the whole vocabulary after every layer, with its probability, by three "
    "formulas: the product with the unembedding alone, as it is commonly published; the model's "
    "own way, the final norm first; and the final norm twice, which is what comes of norming the "
    "last of transformers' hidden states, normed already."
)


def draw_formulas(found: FormulaVariants, ax: Axes, worst: int) -> Axes:
    """Draw ranks with probabilities: layers down, formulas across, dark where the rank is good.

    Colours are logarithmic from 1 to ``worst``.
    """
    image = cells(ax, found.ranks, LogNorm(1, worst), RANK_COLOURS)
    write(ax, image, [[f"{rank:,}" for rank in row] for row in found.ranks], -0.05, "right")
    shares = [[percent(share) for share in row] for row in found.probabilities]
    write(ax, image, shares, 0.05, "left")
    ax.set_xticks(range(len(FORMULAS)), FORMULAS)
    ax.tick_params(axis="x", labelsize=TEXT)
    word = visible(found.word, LONGEST)
    ax.set_xlabel(f"rank and probability of {word}", fontsize=TEXT, parse_math=False)
    return ax


def formulas_page(results: Results, title: str) -> Figure:
    """A page of formulas, one drawing for each result."""
    found = [
        one for one in chain.from_iterable(results.values()) if isinstance(one, FormulaVariants)
    ]
    worst = max((int(one.ranks.max()) for one in found), default=2)
    figure = page(title, lines_of(results, partial(_lines, worst=worst)), NOTE)
    colour_key(figure, LogNorm(1, worst), RANK_COLOURS, "rank (1 is best)")
    return figure


def _lines(found: FormulaVariants, worst: int) -> list[Line]:
    draw, size = partial(draw_formulas, found, worst=worst), (len(found.ranks), len(FORMULAS))
    return [[Panel(draw, size[0] * ROW, size[1] * COLUMN, found.provenance)]]
