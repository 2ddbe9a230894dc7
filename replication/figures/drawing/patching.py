"""Drawing activation patching: heat maps of single effects.

As in ``replication.figures.drawing.cells``, nothing is computed or judged here.
"""

from functools import partial
from itertools import chain

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    TEXT,
    cells,
    colour_key,
    label_tokens,
    points,
    shortened,
    text_width,
    visible,
    wrapped,
    write,
)
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import Line, Panel, Results, lines_of
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
ROW = 0.16  # inches


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
    label_tokens(ax, _labels(found))
    ax.set_title(NAMES[site], loc="left", fontsize=TEXT, pad=4)
    return ax


def effects_page(results: Results, title: str) -> Figure:
    """A page of pairs: all sites side by side on one scale."""
    shown = chain.from_iterable(results.values())
    found = [_greatest(one) for one in shown if isinstance(one, PatchingEffects)]
    limit = max(found, default=1.0)
    figure = page(title, lines_of(results, partial(_lines, greatest=limit)), NOTE)
    key = colour_key(figure, Normalize(-limit, limit), EFFECT_COLOURS, "effect")
    key.set_xticks([-1, 0, 1], ["−1", "0", "1 (clean)"])
    key.get_xticklabels()[-1].set_horizontalalignment("right")
    key.axvline(1, color="black", linewidth=1)
    return figure


def _lines(found: PatchingEffects, greatest: float) -> list[Line]:
    draws = [partial(draw_effects, found, site, greatest=greatest) for site in SITES]
    said = Panel(partial(_say_differences, found), ROW, source=found.provenance, flush=True)
    return [[said], [Panel(draw, ROW * found.effects.shape[1]) for draw in draws]]


def _say_differences(found: PatchingEffects, ax: Axes) -> None:
    right, wrong = (visible(word) for word in found.words)
    clean, corrupted = map(_signed, found.differences)
    said = (
        f"Logit of {right} less that of {wrong}: {clean} after the clean prompt, {corrupted} after "
        "the corrupted one."
    )
    lines = wrapped(said, points(ax))
    ax.text(0, 1, "\n".join(lines), va="top", fontsize=TEXT, parse_math=False)
    ax.set_axis_off()


def _greatest(found: PatchingEffects) -> float:
    return max(1.0, float(np.abs(found.effects).max()))


def _labels(found: PatchingEffects) -> list[str]:
    return [
        short if clean == corrupted else f"{shortened([corrupted])[0]}→{short}"
        for clean, corrupted, short in zip(
            found.clean, found.corrupted, shortened(found.clean), strict=True
        )
    ]


def _fitting(value: float, room: float) -> str:
    """An effect with as many decimals as fit into ``room`` points, or nothing."""
    for decimals in (2, 1):
        text = _signed(value, decimals) if round(abs(value), decimals) else "0"
        if text_width(text) <= room - 1:
            return text
    return ""


def _signed(value: float, decimals: int = 2) -> str:
    return f"{value:.{decimals}f}".replace("-", "−")
