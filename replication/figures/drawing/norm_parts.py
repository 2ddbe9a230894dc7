"""Drawing the final norm taken apart: ranks by each reading, gains and large dimensions."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    LONGEST,
    MONO,
    TEXT,
    along_layers,
    height,
    visible,
    wrapped,
)
from replication.figures.drawing.lens import apart
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.results.norm_parts import (
    BIAS,
    CENTRING,
    CLIPPED,
    GAIN,
    RAW,
    SCALE,
    SIGNS,
    SIZES,
    WHOLE,
    NormParts,
)

# Inches.
RANKS, LOWER, NAMES, SIDE = 2.6, 1.9, 1.9, 3.6
# Okabe and Ito's colours; where readings share a line, that of the last one.
COLOURS = {
    RAW: "#0072b2",
    SCALE: "#0072b2",
    CENTRING: "#e69f00",
    BIAS: "#999999",
    CLIPPED: "#d55e00",
    SIZES: "#009e73",
    SIGNS: "#cc79a7",
    GAIN: "#56b4e9",
    WHOLE: "black",
}
NAMED = 4  # dimensions that are named in the drawing of the gain, those greatest in the state
NOTE = (
    "Above: the rank of a word after every layer, read through parts of the final norm; readings "
    "that give the same ranks everywhere share a line. Below, left: each dimension's gain, and its "
    "greatest size in the state over all layers; pink where the gain is negative, so that the norm "
    "turns it round. Right: how much of the state's squared length lies in a few dimensions."
)


def draw_readings(found: NormParts, ax: Axes, word: int = 0) -> Axes:
    """Draw a line for each reading along the layers: the rank of a word, 1 at the top.

    Readings that agree in every layer are one line under both names. The whole norm's is black.
    """
    lines = _together(found, word)
    for names, ranks in lines:
        style: dict[str, Any] = {"linewidth": 2.0, "zorder": 3} if WHOLE in names else {}
        ax.plot(ranks, color=COLOURS[names[-1]], clip_on=False, **({"linewidth": 1.3} | style))
    highest = max(int(ranks.max()) for _, ranks in lines)
    ax.set(yscale="log", ylim=(1.6 * highest, 1), xlim=(0, len(found.share) - 1))
    ticks = [tick for tick in (1, 10, 100, 1000, 10_000, 100_000) if tick <= highest]
    ax.set_yticks(ticks or [1], [f"{tick:,}" for tick in ticks or [1]])
    ax.minorticks_off()
    ax.set_ylabel(f"rank of {visible(found.words[word], LONGEST)}", fontsize=TEXT, family=MONO)
    _name(ax, lines, 1.6 * highest)
    along_layers(ax)
    return ax


def _together(found: NormParts, word: int) -> list[tuple[tuple[str, ...], np.ndarray]]:
    same: dict[bytes, tuple[tuple[str, ...], np.ndarray]] = {}
    for reading in found.readings:
        ranks = np.ascontiguousarray(found.of(reading)[:, word])
        names, _ = same.get(ranks.tobytes(), ((), ranks))
        same[ranks.tobytes()] = (*names, reading), ranks
    return list(same.values())


def _name(ax: Axes, lines: Sequence[tuple[tuple[str, ...], np.ndarray]], highest: float) -> None:
    """Name the lines at their right ends, moved apart where these lie close together."""
    said = ["\n".join(wrapped(" = ".join(reversed(names)), 72 * NAMES)) for names, _ in lines]
    wanted = [height(ax) * (1 - float(np.log(ranks[-1]) / np.log(highest))) for _, ranks in lines]
    rows = max(text.count("\n") + 1 for text in said)
    at: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    for number, place in enumerate(apart(wanted, rows * (TEXT + 2))):
        colour = COLOURS[lines[number][0][-1]]
        ax.annotate(
            said[number], (1, 0), (8, place), color=colour, va="center", fontsize=TEXT, **at
        )


def draw_gain(found: NormParts, ax: Axes) -> Axes:
    """Draw a dot for each dimension: its gain across, its size in the state up, logarithmic.

    Those with a negative gain are pink; the ones greatest in the state, and those turned round,
    have their number beside them.
    """
    turned = found.gain < 0
    for chosen, colour, size in ((~turned, COLOURS[RAW], 5), (turned, COLOURS[SIGNS], 26)):
        ax.scatter(found.gain[chosen], found.size[chosen], size, colour, alpha=0.7, linewidths=0)
    greatest = np.argsort(found.size)[::-1][:NAMED]
    for dimension in dict.fromkeys([*greatest, *np.flatnonzero(turned)[:NAMED]]):
        ax.annotate(
            str(dimension),
            (found.gain[dimension], found.size[dimension]),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
            color=COLOURS[SIGNS] if turned[dimension] else "0.25",
        )
    ax.axvline(0, color="0.6", linewidth=0.6)
    ax.set_yscale("log")
    ax.set_xlabel(f"gain of each of {len(found.gain)} dimensions", fontsize=TEXT)
    ax.set_ylabel("size in the state\n(1: root mean square)", fontsize=TEXT)
    ax.tick_params(labelsize=TEXT, length=2)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_shares(found: NormParts, ax: Axes) -> Axes:
    """Draw how much of the squared length lies in the largest dimensions, and in those whose gain
    is negative, along the layers.
    """
    count, turned = found.largest.shape[1], int((found.gain < 0).sum())
    ax.plot(found.share, color=COLOURS[CLIPPED], linewidth=1.4, label=f"{count} largest dimensions")
    label = f"{turned} dimension{'s' * (turned != 1)} with a negative gain"
    ax.plot(found.share_turned, color=COLOURS[SIGNS], linewidth=1.4, label=label)
    ax.set(ylim=(0, 1), xlim=(0, len(found.share) - 1))
    ax.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
    ax.set_ylabel("share of squared length", fontsize=TEXT)
    ax.legend(loc="upper left", fontsize=TEXT, frameon=False, bbox_to_anchor=(0, 1.2))
    along_layers(ax)
    return ax


def norm_parts_page(results: Results, title: str) -> Figure:
    """A page of readings: for each result the ranks of each word above gains and shares."""
    return page(title, lines_of(results, _lines), NOTE)


def _lines(found: NormParts) -> list[Line]:
    sources = [found.provenance, *[None] * (len(found.words) - 1)]
    readings: list[Line] = [
        [Panel(partial(draw_readings, found, word=word), RANKS, source=source)]
        for word, source in enumerate(sources)
    ]
    lower = (draw_gain, draw_shares)
    return [*readings, [Panel(partial(draw, found), LOWER, SIDE) for draw in lower]]
