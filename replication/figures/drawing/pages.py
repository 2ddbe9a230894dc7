"""Pages of the article on saliency, neurons and factors: drawings one below the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    LETTER,
    LINE,
    LONGEST,
    MARGIN,
    SHARE_COLOURS,
    TEXT,
    draw_untestable,
    entitled,
    heading_lines,
    upright,
    visible,
)
from replication.figures.drawing.maps import draw_firing, draw_saliency
from replication.figures.drawing.panels import EDGE, GAP, WIDTH, colour_key
from replication.figures.drawing.sparklines import draw_clusters, draw_sparklines, tokens_fit
from replication.figures.drawing.strips import draw_strip, draw_text, strip_height, text_height
from replication.results.factors import Factors
from replication.results.neurons import Firing
from replication.results.provenance import Provenance
from replication.results.saliency import Saliency
from replication.results.untestable import Untestable

Shown = Saliency | Factors | Firing | Untestable
# Inches, as in replication.figures.drawing.panels.
HEADER = 0.42
SIDE = 0.95  # left of a drawing, for tokens or names of rows
ROOM = WIDTH - EDGE - SIDE - GAP  # the greatest width of a drawing with labels
WHOLE = WIDTH - 2 * EDGE - 0.05  # and without
SHARE, WIDEST = 0.17, 0.62  # a row of shares; a column's greatest width
SPARK = 0.26  # a row of sparklines
NEURON = 0.024  # a neuron's row
NOTES = {
    Saliency: "How much each token counts for a token generated after it: gradient x input, in "
    "percent of all tokens before it. Boxes: for the framed output token. Cells: a row for each "
    "output token.",
    Factors: "How active each factor is along the text. Every row has a scale of its own, and "
    "factors of different panels have nothing but their number in common. Below, each token has "
    "the colour and number of the factor that is nearest to its own maximum there.",
    Firing: "Activations of one feed-forward layer, a row for each neuron, while each token was "
    "written (negative ones as 0, dark is high). Sparklines: the mean of each k-means cluster of "
    "all neurons of the layer, every row on a scale of its own, its greatest value on the right.",
}


@dataclass(frozen=True)
class Block:
    """One drawing of a page and its place, in inches."""

    draw: Callable[[Axes], object]
    height: float
    source: Provenance | None = None
    """Named above the drawing."""
    above: float = 0.0
    below: float = 0.1
    left: float = EDGE
    width: float = WHOLE
    beside: bool = False
    """It stands in one line with the block before it."""


def page(title: str, note: str, blocks: Sequence[Block]) -> Figure:
    """Set blocks below a title and a note on how to read them."""
    lines = wrap(note, int(WHOLE * 72 / (0.53 * (TEXT + 1))))
    bottom, tops = HEADER + LINE * 1.2 * len(lines), []
    for block in blocks:
        if not block.beside:
            tops.append(bottom + block.above)
            bottom = tops[-1] + block.height + block.below
        else:
            tops.append(tops[-1])
    figure = Figure(figsize=(WIDTH, bottom + GAP))
    high = float(figure.get_figheight())
    style: dict[str, Any] = {"va": "top", "parse_math": False}
    figure.text(EDGE / WIDTH, 1 - 0.12 / high, title, fontsize=12, weight="bold", **style)
    place = EDGE / WIDTH, 1 - HEADER / high
    figure.text(*place, "\n".join(lines), fontsize=TEXT + 1, linespacing=1.3, **style)
    for block, top in zip(blocks, tops, strict=True):
        corner = block.left / WIDTH, 1 - (top + block.height) / high
        ax = figure.add_axes((*corner, block.width / WIDTH, block.height / high))
        block.draw(ax)
        if block.source:
            entitled(ax, block.source, block.left - EDGE)
    return figure


def saliency_page(
    results: Mapping[str, Sequence[Shown]], title: str, chosen: Sequence[int] = (0,)
) -> Figure:
    """A page of saliency: strips for some output tokens and a heat map, on one colour scale.

    ``chosen`` are numbers of generated tokens of the first result; the others show the token at
    the same place of the text.
    """
    shown = chain.from_iterable(results.values())
    maps = [result for result in shown if isinstance(result, Saliency)]
    highest = max((float(result.shares.max()) for result in maps), default=1.0)

    def draw(result: Saliency) -> list[Block]:
        numbers = [at_same_place(maps[0], number, result) for number in chosen]
        return _saliency_blocks(result, list(dict.fromkeys(numbers)), highest)

    figure = page(title, NOTES[Saliency], blocks_of(results, draw))
    colour_key(figure, Normalize(0, 100 * highest), SHARE_COLOURS, "share in percent")
    return figure


def at_same_place(first: Saliency, generated: int, other: Saliency) -> int:
    """The generated token of ``other`` that holds the first letter of one of ``first``."""
    index = range(first.n_input, len(first.tokens))[generated]
    token = first.tokens[index]
    place = len("".join(first.tokens[first.n_input : index]))
    place += len(token) - len(token.lstrip(" "))
    ends = accumulate(map(len, other.tokens[other.n_input :]))
    return next((number for number, end in enumerate(ends) if end > place), len(other.shares) - 1)


def _saliency_blocks(saliency: Saliency, numbers: Sequence[int], highest: float) -> list[Block]:
    blocks = [
        Block(
            partial(draw_strip, saliency, generated=number, highest=highest),
            strip_height(saliency, number, WHOLE * 72) / 72,
            None if place else saliency.provenance,
            0.0 if place else above_of(saliency.provenance),
            0.0,
        )
        for place, number in enumerate(numbers)
    ]
    rows, columns = saliency.shares.shape
    width = min(ROOM, columns * WIDEST)
    below = below_of(saliency.tokens, width)
    draw = partial(draw_saliency, saliency, highest=highest)
    return [*blocks, Block(draw, rows * SHARE, None, 0.08, below, EDGE + SIDE, width)]


def factors_page(results: Mapping[str, Sequence[Shown]], title: str) -> Figure:
    """A page of factors: for each result its sparklines, then its text in the factors' colours."""
    return page(title, NOTES[Factors], blocks_of(results, _factor_blocks))


def _factor_blocks(factors: Factors) -> list[Block]:
    fit = tokens_fit(factors.tokens, ROOM * 72)
    above, source = above_of(factors.provenance), factors.provenance
    height, below = len(factors.activity) * SPARK, below_of(factors.tokens, ROOM) if fit else 0.3
    lines = text_height(factors, WHOLE * 72) / 72
    return [
        Block(partial(draw_sparklines, factors), height, source, above, below, EDGE + SIDE, ROOM),
        Block(partial(draw_text, factors), lines),
    ]


def neurons_page(results: Mapping[str, Sequence[Shown]], title: str) -> Figure:
    """A page of neurons: as they come and cluster by cluster, then the clusters' means."""
    figure = page(title, NOTES[Firing], blocks_of(results, _firing_blocks))
    shown = chain.from_iterable(results.values())
    highest = [float(result.values.max()) for result in shown if isinstance(result, Firing)]
    if highest:
        colour_key(figure, Normalize(0, max(highest)), SHARE_COLOURS, "activation")
    return figure


def _firing_blocks(firing: Firing) -> list[Block]:
    source, height = firing.provenance, len(firing.values) * NEURON
    half = (WHOLE - 0.5) / 2
    below = below_of(firing.tokens, half) + LINE
    right = EDGE + half + 0.5
    clusters = partial(draw_firing, firing, by_cluster=True)
    rows = len(firing.means) * SPARK
    under = below_of(firing.tokens, ROOM - 0.3)
    return [
        Block(
            partial(draw_firing, firing), height, source, above_of(source) + 0.15, below, width=half
        ),
        Block(clusters, height, left=right, width=half, beside=True),
        Block(partial(draw_clusters, firing), rows, None, 0.25, under, EDGE + SIDE, ROOM - 0.3),
    ]


def blocks_of(
    results: Mapping[str, Sequence[Any]], blocks: Callable[[Any], list[Block]]
) -> list[Block]:
    """The blocks of all results; where there is nothing to draw, the reason instead."""
    shown = chain.from_iterable(results.values())
    each = (_reason(one) if isinstance(one, Untestable) else blocks(one) for one in shown)
    return list(chain.from_iterable(each))


def _reason(result: Untestable) -> list[Block]:
    draw, above = partial(draw_untestable, result), above_of(result.provenance)
    return [Block(draw, 0.1, None, above, 0.1, EDGE + MARGIN, WHOLE - MARGIN)]


def above_of(source: Provenance) -> float:
    """The height of the heading that says whose numbers are drawn."""
    return 0.15 + LINE * sum(map(len, heading_lines(source, WHOLE * 72)))


def below_of(tokens: Sequence[str], width: float) -> float:
    """The height of tokens under a drawing."""
    labels = [visible(token, LONGEST) for token in tokens]
    if upright(labels, width * 72 / len(labels)):
        return 0.2 + max(map(len, labels)) * LETTER * TEXT / 72
    return 0.35
