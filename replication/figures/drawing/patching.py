"""Drawing activation patching: heat maps of single effects.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    DIGIT,
    LINE,
    LONGEST,
    MARGIN,
    MONO,
    TEXT,
    cells,
    points,
    upright,
    visible,
    write,
)
from replication.figures.drawing.pages import WHOLE, Block, above_of, below_of, blocks_of, page
from replication.figures.drawing.panels import EDGE, ROW, colour_key
from replication.results.patching import SITES, PatchingEffects, Site

# Brown is negative and purple positive, which the colour-blind tell apart; white is no effect.
EFFECT_COLOURS = ListedColormap(matplotlib.colormaps["PuOr"](np.linspace(0.04, 0.96, 255)))
NAMES: dict[Site, str] = {
    "residual": "residual stream after the block",
    "attention": "attention output",
    "feed-forward": "feed-forward output",
}
NOTE = (
    "The share of the logit difference that comes back when one activation of the clean run is put "
    "into the corrupted one: 0 as if nothing were done, 1 as in the clean run."
)
LEFT, BETWEEN = MARGIN, 0.1  # inches


def draw_effects(
    found: PatchingEffects, site: Site, ax: Axes, greatest: float | None = None
) -> Axes:
    """Draw the effects at one site: layers down, positions across.

    Colours run from ``-greatest`` to ``greatest``, the greatest effect of all sites, or 1, unless
    drawings share a scale. A token that differs is named as ``corrupted→clean``.
    """
    values = found.of(site)
    limit = greatest or _greatest(found)
    image = cells(ax, values, Normalize(-limit, limit), EFFECT_COLOURS)
    room = points(ax) / len(found.clean)
    write(ax, image, [[_fitting(value, room) for value in row] for row in values])
    labels = _labels(found)
    ax.set_xticks(range(len(labels)), labels, parse_math=False)
    rotation = 90 if upright(labels, room) else 0
    ax.tick_params(axis="x", labelrotation=rotation, labelfontfamily=MONO)
    ax.set_title(NAMES[site], loc="left", fontsize=TEXT, pad=4)
    return ax


def effects_page(results: Mapping[str, Sequence[Any]], title: str) -> Figure:
    """A page of pairs: all sites side by side on one scale."""
    shown = chain.from_iterable(results.values())
    found = [_greatest(one) for one in shown if isinstance(one, PatchingEffects)]
    limit = max(found, default=1.0)
    figure = page(title, NOTE, blocks_of(results, partial(_blocks, greatest=limit)))
    colour_key(figure, Normalize(-limit, limit), EFFECT_COLOURS, "effect")
    key = figure.axes[-1]
    key.set_xticks([-1, 0, 1], ["−1", "0", "1 (clean)"])
    key.axvline(1, color="black", linewidth=1)
    return figure


def _blocks(found: PatchingEffects, greatest: float) -> list[Block]:
    slot = WHOLE / len(SITES)
    width = slot - LEFT - BETWEEN
    said = partial(_say_differences, found)
    line = Block(said, LINE, found.provenance, above_of(found.provenance), 0.25)
    return [line] + [
        Block(
            partial(draw_effects, found, site, greatest=greatest),
            ROW * found.effects.shape[1],
            below=below_of(_labels(found), width),
            left=EDGE + number * slot + LEFT,
            width=width,
            beside=number > 0,
        )
        for number, site in enumerate(SITES)
    ]


def _say_differences(found: PatchingEffects, ax: Axes) -> None:
    right, wrong = (visible(word) for word in found.words)
    clean, corrupted = map(_signed, found.differences)
    said = (
        f"Logit of {right} less that of {wrong}: {clean} after the clean prompt, {corrupted} after "
        "the corrupted one."
    )
    ax.text(0, 0, said, fontsize=TEXT, parse_math=False)
    ax.set_axis_off()


def _greatest(found: PatchingEffects) -> float:
    return max(1.0, float(np.abs(found.effects).max()))


def _labels(found: PatchingEffects) -> list[str]:
    return [
        visible(clean, LONGEST)
        if clean == corrupted
        else f"{visible(corrupted, LONGEST)}→{visible(clean, LONGEST)}"
        for clean, corrupted in zip(found.clean, found.corrupted, strict=True)
    ]


def _fitting(value: float, room: float) -> str:
    """An effect with as many decimals as fit into ``room`` points, or nothing."""
    for decimals in (2, 1):
        text = _signed(value, decimals) if round(abs(value), decimals) else "0"
        if len(text) * DIGIT * TEXT <= room - 1:
            return text
    return ""


def _signed(value: float, decimals: int = 2) -> str:
    return f"{value:.{decimals}f}".replace("-", "−")
