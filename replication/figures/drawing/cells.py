"""Drawing results: ``draw_*(result, ax) -> ax``; ``panels`` sets several on one page.

Nothing is computed, judged, saved or shown here. Published and measured numbers come in one type
and are drawn by one function on one colour scale; dark is what a layer puts first.
"""

from collections.abc import Sequence
from functools import cache
from textwrap import wrap
from typing import Any

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize

from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import Untestable

# Magma is perceptually uniform and safe for the colour-blind; its ends, black and nearly white,
# are left out so that the best cells keep a hue and the worst still stand out from the page.
RANK_COLOURS = ListedColormap(matplotlib.colormaps["magma"](np.linspace(0.16, 0.97, 256)))
SHARE_COLOURS = RANK_COLOURS.reversed()
BAR_COLOUR = RANK_COLOURS(0.3)
TEXT = 7.0  # points
SANS, MONO = "sans-serif", "monospace"  # DejaVu, which matplotlib brings
DIGIT, LETTER = 0.64, 0.602  # how wide they are in these fonts, in units of the size
LONGEST = 14  # characters of a token's label

# Inches; shown 900 pixels wide, a page of panels has 100 pixels to an inch, 1.4 to a point.
MARGIN = 0.55  # left of a drawing, for the layers' names
LINE = 0.13  # a line of text


Result = RankGrid | TopTokens | Untestable


def visible(token: str, longest: int = 1000) -> str:
    r"""A token as it can be read in a figure, cut after ``longest`` characters.

    A space is written ``␣``; what prints nothing, or is not in the figures' font, by its escape.

    >>> visible(" Chile"), visible("\n"), visible(""), visible(" Luxembourg", 5)
    ('␣Chile', '\\n', '(empty)', '␣Lux…')
    """
    shown = (
        letter if letter.isprintable() and ord(letter) in _in_font() else ascii(letter)[1:-1]
        for letter in token.replace(" ", "␣")
    )
    text = "".join(shown) or "(empty)"
    return text if len(text) <= longest else text[: max(longest, 2) - 1] + "…"


@cache
def _in_font() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont(MONO)).get_charmap())


def percent(share: float) -> str:
    """A probability in percent, with about as many digits as the article gives."""
    return f"{share:.2%}" if share < 0.01 else f"{share:.1%}"


def draw_ranks(grid: RankGrid, ax: Axes, vocabulary: int | None = None) -> Axes:
    """Draw ranks: layers down, tokens across, each cell with its rank.

    Colours are logarithmic from 1 to ``vocabulary``, which is the grid's own unless panels are to
    share a scale. A rank that does not fit its cell is given in thousands (``43k``); the image
    holds the exact one.
    """
    room = points(ax) / len(grid.tokens)
    image = cells(ax, grid.ranks, LogNorm(1, vocabulary or grid.vocabulary), RANK_COLOURS)
    write(ax, image, [[_fitting(int(rank), room) for rank in row] for row in grid.ranks])
    labels = [visible(token, LONGEST) for token in grid.tokens]
    ax.set_xticks(range(len(labels)), labels, parse_math=False)
    rotation = 90 if upright(labels, room) else 0
    ax.tick_params(axis="x", labelrotation=rotation, labelfontfamily=MONO)
    return entitled(ax, grid.provenance)


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
    tokens = [
        [_beside(number, token, room) for token, number in zip(top.tokens[layer], row, strict=True)]
        for layer, row in zip(chosen, numbers, strict=True)
    ]
    write(ax, image, tokens, shift=-0.46, align="left", family=MONO)
    write(ax, image, numbers, shift=0.46, align="right")
    ax.set_yticks(range(len(chosen)), [f"Layer {layer}" for layer in chosen])
    ranks = range(shares.shape[1])
    ax.set_xticks(ranks, [f"rank {rank + 1}" for rank in ranks])
    return entitled(ax, top.provenance)


def draw_candidates(top: TopTokens, ax: Axes, layer: int = -1) -> Axes:
    """Draw the best tokens of one layer as bars, the best on top, as long as their probability."""
    layer = range(top.layers)[layer]
    shares, tokens = top.probabilities[layer], top.tokens[layer]
    bars = ax.barh(range(len(tokens)), shares, height=0.75, color=BAR_COLOUR)
    ax.bar_label(bars, [percent(share) for share in shares], padding=3, fontsize=TEXT)
    labels = [visible(token, LONGEST) for token in tokens]
    ax.set_yticks(range(len(tokens)), labels, parse_math=False)
    ax.set(xlim=(0, 1), ylim=(len(tokens) - 0.5, -0.5), xticks=[])
    ax.set_xlabel(f"probability after layer {layer}", fontsize=TEXT)
    ax.tick_params(length=0, labelsize=TEXT + 1, labelfontfamily=MONO)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    return entitled(ax, top.provenance)


def draw_untestable(result: Untestable, ax: Axes) -> Axes:
    """Say why there is nothing to draw."""
    lines = wrap(f"not testable: {result.reason}", int(points(ax) / (LETTER * TEXT)))
    ax.text(0, 1, "\n".join(lines), va="top", fontsize=TEXT, parse_math=False)
    ax.set_axis_off()
    return entitled(ax, result.provenance)


def points(ax: Axes) -> float:
    """How wide a drawing is."""
    figure = ax.get_figure(root=True)
    return float(ax.bbox.width / figure.dpi * 72) if figure else 0.0


def upright(labels: Sequence[str], room: float) -> bool:
    """Whether labels have to be turned to fit into columns that are ``room`` points wide."""
    return max(map(len, labels)) * LETTER * TEXT > room


def _beside(number: str, token: str, room: float) -> str:
    """As much of a token as leaves place for a number in a cell ``room`` points wide."""
    return visible(token, int((0.92 * room / TEXT - len(number) * DIGIT - 0.6) / LETTER))


def _fitting(rank: int, room: float) -> str:
    if rank < 1000 or len(str(rank)) * DIGIT * TEXT <= room - 2.5:
        return str(rank)
    return f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k"


def cells(ax: Axes, values: np.ndarray, norm: Normalize, colours: ListedColormap) -> ScalarMappable:
    """Draw an array as cells, a row for each layer."""
    image = ax.imshow(values, colours, norm, aspect="auto", interpolation="nearest")
    ax.set_yticks(range(len(values)), [f"Layer {layer}" for layer in range(len(values))])
    ax.set_xticks(np.arange(0.5, values.shape[1] - 1), minor=True)
    ax.set_yticks(np.arange(0.5, len(values) - 1), minor=True)
    ax.grid(which="minor", color="white", linewidth=0.8)
    ax.tick_params(which="both", length=0, labelsize=TEXT)
    ax.spines[:].set_visible(False)
    return image


def write(
    ax: Axes,
    image: ScalarMappable,
    texts: Sequence[Sequence[str]],
    shift: float = 0.0,
    align: str = "center",
    family: str = SANS,
) -> None:
    """Write into the cells of an image, light on dark and dark on light."""
    light = needs_light(image.to_rgba(np.asarray(image.get_array())))
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            colour = "white" if light[row, column] else "black"
            place: dict[str, Any] = {
                "ha": align,
                "va": "center_baseline",
                "family": family,
                "fontsize": TEXT,
            }
            ax.text(column + shift, row, text, color=colour, parse_math=False, **place)


def needs_light(colours: np.ndarray) -> np.ndarray:
    """Whether text on these colours is better read in white than in black."""
    red_green_blue = colours[..., :3]
    linear = np.where(red_green_blue <= 0.04, red_green_blue / 12.9, red_green_blue**2.2)
    # Contrast with white and with black is the same at a luminance of 0.18 (WCAG 2).
    return linear @ (0.2126, 0.7152, 0.0722) < 0.18


def heading_lines(source: Provenance, room: float) -> tuple[list[str], list[str]]:
    """Who was measured and how, then with which weights, each in lines of a width in points."""
    letters = int(room / (0.6 * TEXT))
    lens = f", norm: {source.norm}" if source.norm else ""
    who = f"{source.subject}{lens}", f"{source.model}, {source.weights}"
    above, below = (wrap(text, letters, break_long_words=False) for text in who)
    return above, below


def entitled(ax: Axes, source: Provenance, margin: float = MARGIN) -> Axes:
    """Say above a drawing whose numbers it shows, from ``margin`` inches left of it on."""
    above, below = heading_lines(source, points(ax) + margin * 72)
    left = -margin * 72 / points(ax)
    style: dict[str, Any] = {"fontsize": TEXT, "linespacing": 1.3, "parse_math": False}
    pad = 5 + LINE * 72 * len(below)
    ax.set_title("\n".join(above), loc="left", x=left, pad=pad, weight="bold", **style)
    ax.annotate(
        "\n".join(below),
        xy=(left, 1),
        xytext=(0, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        color="0.35",
        **style,
    )
    return ax
