"""A page of drawings: results side by side or one below the other, under their prompts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    LETTER,
    LINE,
    LONGEST,
    MARGIN,
    MONO,
    RANK_COLOURS,
    SHARE_COLOURS,
    TEXT,
    Result,
    draw_ranks,
    draw_top_tokens,
    draw_untestable,
    heading_lines,
    upright,
    visible,
)
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import Untestable

# Inches, as in replication.figures.drawing.cells.
WIDTH, HEADER = 9.0, 0.5
GAP = 0.13  # between panels
EDGE = 0.06  # left of everything
ROW, CELL, WIDEST = 0.16, 0.38, 0.8  # a layer's height; a rank's width, usual and at most


@dataclass
class _Panel:
    """One result with its place on a page, in inches from the top left corner."""

    result: Result
    heading: str
    width: float
    widest: float
    height: float
    left: float = 0.0
    top: float = 0.0
    heading_top: float = 0.0

    @property
    def above(self) -> float:
        """The height of the title."""
        lines = heading_lines(self.result.provenance, (self.width + MARGIN) * 72)
        return 0.1 + LINE * sum(map(len, lines))

    @property
    def below(self) -> float:
        """The height of the tokens' labels."""
        if isinstance(self.result, RankGrid):
            labels = [visible(token, LONGEST) for token in self.result.tokens]
            if upright(labels, self.width / len(labels) * 72):
                return 0.15 + max(map(len, labels)) * LETTER * TEXT / 72
        return 0.3


def panels(
    results: Mapping[str, Sequence[Result]],
    title: str,
    draw_top: Callable[[TopTokens, Axes], Axes] = draw_top_tokens,
) -> Figure:
    """A page of results: those of one experiment next to each other, under its prompt.

    ``results`` holds lists of results by experiment; ``draw_top`` is how top tokens are drawn.
    Narrow panels stand side by side and equally high, so that the same depth is at the same
    height; wide ones stand one below the other. All share one colour scale.
    """
    groups = [
        [_panel(result, draw_top, heading=number == 0) for number, result in enumerate(group)]
        for group in results.values()
    ]
    bottom = HEADER
    for line in _lines(groups):
        bottom = _set(line, bottom)
    figure = Figure(figsize=(WIDTH, bottom))
    figure.text(EDGE / WIDTH, 1 - 0.12 / bottom, title, fontsize=12, weight="bold", va="top")
    grids = [
        result for group in results.values() for result in group if isinstance(result, RankGrid)
    ]
    vocabulary = max((grid.vocabulary for grid in grids), default=0)
    for panel in chain.from_iterable(groups):
        _draw(panel, figure, vocabulary, draw_top)
    if grids:
        colour_key(figure, LogNorm(1, vocabulary), RANK_COLOURS, "rank (1 is best)")
    elif draw_top is draw_top_tokens:
        colour_key(figure, Normalize(0, 1), SHARE_COLOURS, "probability")
    return figure


def _panel(result: Result, draw_top: Callable[..., Axes], heading: bool) -> _Panel:
    page = WIDTH - EDGE - MARGIN - GAP
    width, widest, height = 2.0, 2.2, 12 * ROW
    if isinstance(result, RankGrid):
        columns = len(result.tokens)
        width, widest, height = min(columns * CELL, page), columns * WIDEST, result.layers * ROW
    elif isinstance(result, TopTokens) and draw_top is draw_top_tokens:
        width, widest, height = page, page, result.layers * ROW
    prompt = visible(result.provenance.prompt).replace("␣", " ")
    return _Panel(result, f"after “{prompt}”" if heading else "", width, widest, height)


def _span(panels: Sequence[_Panel]) -> float:
    return EDGE + sum(max(panel.width, 0.75) + MARGIN + GAP for panel in panels)


def _lines(groups: Sequence[Sequence[_Panel]]) -> Iterator[list[_Panel]]:
    """Groups side by side as long as they fit; one too wide by itself, a panel to a line."""
    line: list[_Panel] = []
    for group in groups:
        whole = _span(group) <= WIDTH + 0.01
        for part in [group] if whole else [[panel] for panel in group]:
            if line and _span([*line, *part]) > WIDTH + 0.01:
                yield line
                line = []
            line += part
    yield line


def _set(line: Sequence[_Panel], top: float) -> float:
    """Place the panels of a line below ``top``, with its spare width shared; return its bottom."""
    spare = (WIDTH - _span(line)) / len(line)
    left = EDGE
    for panel in line:
        slot = _span([panel]) - EDGE + spare
        panel.left = left + MARGIN
        panel.width = min(slot - MARGIN - GAP, panel.widest)
        panel.height = max(other.height for other in line)
        left += slot
    headed = 1.5 * LINE if any(panel.heading for panel in line) else 0.0
    above = max(panel.above for panel in line)
    for panel in line:
        panel.heading_top, panel.top = top, top + headed + above
    return panel.top + panel.height + max(panel.below for panel in line) + GAP


def _draw(
    panel: _Panel, figure: Figure, vocabulary: int, draw_top: Callable[[TopTokens, Axes], Axes]
) -> None:
    page = float(figure.get_figheight())
    bottom = 1 - (panel.top + panel.height) / page
    ax = figure.add_axes((panel.left / WIDTH, bottom, panel.width / WIDTH, panel.height / page))
    match panel.result:
        case RankGrid() as grid:
            draw_ranks(grid, ax, vocabulary)
        case TopTokens() as top:
            draw_top(top, ax)
        case Untestable() as untestable:
            draw_untestable(untestable, ax)
    left, upper = (panel.left - MARGIN) / WIDTH, 1 - panel.heading_top / page
    style: dict[str, Any] = {"family": MONO, "fontsize": TEXT + 1, "va": "top", "parse_math": False}
    figure.text(left, upper, panel.heading, **style)


def colour_key(figure: Figure, norm: Normalize, colours: ListedColormap, label: str) -> None:
    """The colour scale, in the top right corner of a page."""
    page = float(figure.get_figheight())
    ax = figure.add_axes((1 - 2.5 / WIDTH, 1 - 0.24 / page, 2.3 / WIDTH, 0.12 / page))
    bar = figure.colorbar(ScalarMappable(norm, colours), ax, orientation="horizontal")
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=TEXT, length=2, pad=1.5)
    bar.outline.set_visible(False)
    if isinstance(norm, LogNorm):
        ticks = {1: "1", 10: "10", 100: "100", 1000: "1k", 10_000: "10k", 100_000: "100k"}
        inside = [tick for tick in ticks if tick <= (norm.vmax or 1)]
        bar.set_ticks(inside, labels=[ticks[tick] for tick in inside])
    ax.annotate(
        label,
        (0, 0.5),
        (-6, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=TEXT,
    )
