"""Drawing the tuned lens: how near its readings are to the output, and what it reads."""

from functools import partial, singledispatch
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.cells import TEXT, along_layers, visible
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
from replication.figures.drawing.sparklines import factor_colour
from replication.results.tuned import KINDS, LENSES, LensQuality, TextKind, WatchedReadings

COLOURS = (4, 5, 2, 6)  # of the factors' colours, those that a line can be seen in
HEIGHT = 1.9  # inches
NAMES = {"written": "texts that the model writes", "published": "texts of the articles"}
LINES = {"final": "the final norm alone", "tuned": "a tuned map, then the final norm"}
NOTE = (
    "Above: bits that the reading of each layer is away from the model's output, over texts that "
    "the lens was not fitted on. Bands: 95 % intervals from drawing texts again."
)


def draw_quality(found: LensQuality, ax: Axes, kind: TextKind = "written") -> Axes:
    """Draw the divergence from the output along the layers, before and after tuning."""
    for number, norm in enumerate(LENSES):
        profile = found.profile(norm, kind)
        layers, colour = np.arange(len(profile.estimate)), factor_colour(COLOURS[number])
        ax.fill_between(layers, profile.low, profile.high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(layers, profile.estimate, color=colour, linewidth=1.4, label=LINES[norm])
    highest = max(float(found.final.max()), float(found.tuned.max()), 1.0)
    ax.set_yscale("symlog", linthresh=1)
    ax.yaxis.set_major_formatter("{x:,g}")
    ax.set(xlim=(0, found.final.shape[1] - 1), ylim=(0, 1.4 * highest))
    ax.set_ylabel("KL(output || layer), bits", fontsize=TEXT)
    along_layers(ax)
    title = f"{found.texts(kind)} {NAMES[kind]}"
    ax.set_title(title, loc="right", fontsize=TEXT, weight="bold", pad=4)
    ax.legend(fontsize=TEXT, frameon=False, loc="lower left")
    return ax


def draw_readings(found: WatchedReadings, ax: Axes, norm: int = 0) -> Axes:
    """Draw the ranks of words along the layers under one norm, best on top."""
    for column, word in enumerate(found.words):
        colour = factor_colour(COLOURS[column % len(COLOURS)])
        ax.plot(found.ranks[norm, :, column], color=colour, linewidth=1.4, label=visible(word))
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:,g}")
    ax.set(xlim=(0, found.ranks.shape[1] - 1), ylim=(found.vocabulary, 0.8))
    along_layers(ax)
    ax.set_title(f"norm: {found.norms[norm]}", loc="right", fontsize=TEXT, weight="bold", pad=4)
    if norm == 0:
        ax.set_ylabel("rank", fontsize=TEXT)
        ax.legend(fontsize=TEXT, frameon=False, loc="lower left")
    return ax


def tuned_page(results: Results, title: str) -> Figure:
    """A page of qualities and readings: a line of drawings for each."""
    return page(title, lines_of(results, _lines), NOTE)


@singledispatch
def _lines(found: Any) -> list[Line]:
    raise TypeError(f"{type(found).__name__} is not of the tuned lens")


@_lines.register
def _(found: LensQuality) -> list[Line]:
    draws = [partial(draw_quality, found, kind=kind) for kind in KINDS]
    return [_line(draws, found)]


@_lines.register
def _(found: WatchedReadings) -> list[Line]:
    draws = [partial(draw_readings, found, norm=number) for number in range(len(found.norms))]
    return [_line(draws, found)]


def _line(draws: list[Any], found: LensQuality | WatchedReadings) -> Line:
    sources = [None if number else found.provenance for number in range(len(draws))]
    return [Panel(draw, HEIGHT, source=source) for draw, source in zip(draws, sources, strict=True)]
