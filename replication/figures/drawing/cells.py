"""What drawings have in common: colours, cells, and text that is measured in its font."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

# Magma is perceptually uniform and safe for the colour-blind; its ends, black and nearly white,
# are left out so that the best cells keep a hue and the worst still stand out from the page.
RANK_COLOURS = ListedColormap(matplotlib.colormaps["magma"](np.linspace(0.16, 0.97, 256)))
SHARE_COLOURS = RANK_COLOURS.reversed()
TEXT = 7.0  # points
SANS, MONO = "sans-serif", "monospace"  # DejaVu, which matplotlib brings
DOTS = 150  # per inch, as pages are saved: letters are as wide as the dots they take
LONGEST = 14  # characters of a token's label


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


def shortened(tokens: Sequence[str]) -> list[str]:
    """Tokens as they name rows and columns."""
    return [visible(token, LONGEST) for token in tokens]


@cache
def _in_font() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont(MONO)).get_charmap())


def percent(share: float) -> str:
    """A probability in percent, with about as many digits as the article gives."""
    return f"{share:.2%}" if share < 0.01 else f"{share:.1%}"


def points(ax: Axes) -> float:
    """How wide a drawing is, in points."""
    figure = ax.get_figure(root=True)
    return float(ax.bbox.width / figure.dpi * 72) if figure else 0.0


def height(ax: Axes) -> float:
    """How high a drawing is, in points."""
    return points(ax) * float(ax.bbox.height / ax.bbox.width)


@lru_cache(maxsize=100_000)
def text_width(text: str, size: float = TEXT, family: str = SANS, weight: str = "normal") -> float:
    """How wide a line of text is in its font, in points."""
    font = FontProperties(family=family, size=size, weight=weight)
    return _renderer().get_text_width_height_descent(text, font, ismath=False)[0] * 72 / DOTS


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, DOTS)


def wrapped(
    text: str, room: float, size: float = TEXT, family: str = SANS, weight: str = "normal"
) -> list[str]:
    """Text in lines at most ``room`` points wide; words that are wider are broken."""

    def fits(line: str) -> bool:
        return text_width(line, size, family, weight) <= room

    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if fits(longer):
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for part in [word] if fits(word) else word:
            lines += [] if fits(lines[-1] + part) or not lines[-1] else [""]
            lines[-1] += part
    return lines


def along_layers(ax: Axes) -> None:
    """An axis of layers below a drawing of lines."""
    ax.set_xlabel("after layer", fontsize=TEXT)
    # Without the number of the very last, which would stick out.
    steps = MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, prune="upper")
    ax.xaxis.set_major_locator(steps)
    ax.tick_params(labelsize=TEXT, length=2)
    ax.spines[["top", "right"]].set_visible(False)


def label_tokens(ax: Axes, labels: Sequence[str], kind: str = "token", family: str = MONO) -> None:
    """Name the columns of a drawing, by their tokens for instance, turned where these are too long;
    where there is no room for all of them either way, number every twentieth.
    """
    room = points(ax) / len(labels)
    wide = max(text_width(label, TEXT, family) for label in labels) > room
    if wide and room < 1.2 * TEXT:
        numbers = {
            mark: str(mark + 1) if mark else f"{kind} 1" for mark in range(0, len(labels), 20)
        }
        end = (len(labels) - 0.5) * room
        fit = {m: said for m, said in numbers.items() if m * room + text_width(said) / 2 <= end}
        ax.set_xticks(list(fit), list(fit.values()))
        ax.tick_params(axis="x", length=3, color="0.5")
        return
    ax.set_xticks(range(len(labels)), labels, parse_math=False)
    ax.tick_params(axis="x", labelrotation=90 if wide else 0, labelfontfamily=family)


def cells(ax: Axes, values: np.ndarray, norm: Normalize, colours: ListedColormap) -> ScalarMappable:
    """Draw an array as cells, a row for each layer."""
    rows, columns = values.shape
    image = ax.imshow(values, colours, norm, aspect="auto", interpolation="nearest")
    ax.set_yticks(range(rows), [f"Layer {layer}" for layer in range(rows)])
    across = [((-0.5, row + 0.5), (columns - 0.5, row + 0.5)) for row in range(rows - 1)]
    down = [((column + 0.5, -0.5), (column + 0.5, rows - 0.5)) for column in range(columns - 1)]
    ax.add_collection(LineCollection([*across, *down], colors="white", linewidth=0.8), False)
    ax.tick_params(length=0, labelsize=TEXT)
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
    """Write into the cells of an image, light on dark and dark on light; nothing where a text is
    empty. What is in a cell has no part in the layout, which would take too long.
    """
    light = needs_light(image.to_rgba(np.asarray(image.get_array())))
    style: dict[str, Any] = {"ha": align, "va": "center_baseline", "family": family}
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            if not text:
                continue
            ink, place = "white" if light[row, column] else "black", (column + shift, row)
            written = ax.text(*place, text, color=ink, fontsize=TEXT, parse_math=False, **style)
            written.set_in_layout(False)


def needs_light(colours: np.ndarray) -> np.ndarray:
    """Whether text on these colours is better read in white than in black."""
    red_green_blue = colours[..., :3]
    linear = np.where(red_green_blue <= 0.04, red_green_blue / 12.9, red_green_blue**2.2)
    # Contrast with white and with black is the same at a luminance of 0.18 (WCAG 2).
    return linear @ (0.2126, 0.7152, 0.0722) < 0.18


def colour_key(figure: Figure, norm: Normalize, colours: ListedColormap, label: str) -> Axes:
    """The colour scale, in the top right corner of a page."""
    wide, high = figure.get_size_inches()
    ax = figure.add_axes((1 - 2.5 / wide, 1 - 0.24 / high, 2.3 / wide, 0.12 / high))
    bar = figure.colorbar(ScalarMappable(norm, colours), ax, orientation="horizontal")
    ax.minorticks_off()
    ax.tick_params(labelsize=TEXT, length=2, pad=1.5)
    bar.outline.set_visible(False)
    if isinstance(norm, LogNorm):
        ticks = {1: "1", 10: "10", 100: "100", 1000: "1k", 10_000: "10k", 100_000: "100k"}
        inside = [tick for tick in ticks if tick <= (norm.vmax or 1)]
        bar.set_ticks(inside, labels=[ticks[tick] for tick in inside])
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(label, (0, 0.5), (-6, 0), ha="right", va="center", fontsize=TEXT, **place)
    return ax
