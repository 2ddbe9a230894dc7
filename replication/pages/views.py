"""Every result as a view: a piece of a page, or of a notebook, that needs nothing else.

It is HTML and CSS without any script, so it works in a notebook that is not trusted, in a page that
``nbconvert`` wrote and in a page of the report. What tokens say is escaped.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, singledispatch
from hashlib import sha256
from typing import Any

import numpy as np
from jinja2 import Template
from markupsafe import Markup

from replication.pages import strips
from replication.pages.arrays import arrays_of, number, others_of
from replication.pages.heat import Cell, Heat, cells_of, heats_of, rank_style, share_style
from replication.pages.tables import table_of
from replication.pages.templating import percent, readable, templates
from replication.pages.terminal import heading, printed
from replication.results.factors import Factors
from replication.results.ranks import RankGrid, TopGrid, TopTokens
from replication.results.saliency import Saliency

MOST_CELLS = 1500
"""Of an array that has no view of its own: beyond, its medians are shown."""
FACTOR_COLOURS = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"),
    *("#8a5f00", "#1f6f9c", "#7fd6bb", "#a89d00", "#9cc7e4", "#f5b48a", "#8a3b66", "#4d4d4d"),
    *("#f7d68c", "#00543d"),
)
ROWS, WIDTH = 12, 100
"""Of a table in a terminal."""


def view_text(result: Any) -> str:
    """A result in a terminal: what stands behind it, and the beginning and end of its table."""
    source = getattr(result, "provenance", None)
    said = f"{type(result).__name__}: {heading(source)}" if source else type(result).__name__
    return f"{said}\n{printed([table_of(result).shortened(ROWS, WIDTH)])}"


def view_html(result: Any, details: TopGrid | None = None) -> str:
    """A result as a self-contained piece of HTML: numbers to point at.

    ``details`` add to a rank grid the best tokens of every cell; ``ValueError`` if they are of
    another shape or of another subject.
    """
    if details is not None:
        return _rank_view(result, details)
    return _view(result)


@singledispatch
def _view(result: Any) -> str:
    """A result that has no view of its own: its arrays as tables, and what else it holds."""
    arrays = [array.fitting(MOST_CELLS) for array in arrays_of(result) if array.axes]
    heats = [heat for array in arrays for heat in heats_of(array)]
    readable_heats = map(_readable, heats)
    body = [_part("heat", heat) for heat in readable_heats]
    body.append(_part("held", list(others_of(result).items())))
    return _whole(result, type(result).__name__, "", body)


@_view.register
def _rank_view(grid: RankGrid, details: TopGrid | None = None) -> str:
    if details and details.probabilities.shape[:2] != grid.ranks.shape:
        raise ValueError(
            f"details of shape {details.probabilities.shape} do not fit ranks of shape "
            f"{grid.ranks.shape}: expected (layers, tokens, candidates)"
        )
    if details and details.provenance != grid.provenance:
        raise ValueError(f"details of {details.provenance}, but ranks of {grid.provenance}")
    names = [readable(token) for token in grid.tokens]

    def style(layer: int, column: int) -> str:
        return rank_style(int(grid.ranks[layer, column]), grid.vocabulary)

    def tip(layer: int, column: int) -> str:
        told = [f"{names[column]}, layer {layer}: rank {grid.ranks[layer, column]:,}"]
        if details:
            best = details.tokens[layer][column], details.probabilities[layer, column]
            told += [
                f"{readable(token)} {percent(share)}" for token, share in zip(*best, strict=True)
            ]
        return "\n".join(told)

    texts = [[_short(rank) for rank in row] for row in grid.ranks.tolist()]
    rows = tuple(map(str, range(grid.layers)))
    heat = Heat("layer", rows, names, cells_of(texts, style, tip))
    what = "the words" if grid.kind == "watched" else "each token"
    more = " and what that layer would say first" if details else ""
    return _whole(
        grid,
        f"The rank of {what} after every layer, 1 is best of {grid.vocabulary:,}",
        f"Point at a cell for its rank{more}.",
        [_part("heat", heat)],
    )


@_view.register
def _(top: TopTokens) -> str:
    def style(layer: int, place: int) -> str:
        return share_style(float(top.probabilities[layer, place]))

    def tip(layer: int, place: int) -> str:
        share = percent(float(top.probabilities[layer, place]))
        return f"layer {layer}, number {place + 1}: {readable(top.tokens[layer][place])} {share}"

    texts = [[readable(token) for token in row] for row in top.tokens]
    rows = tuple(map(str, range(top.layers)))
    numbers = [str(place + 1) for place in range(top.probabilities.shape[1])]
    heat = Heat("layer", rows, numbers, cells_of(texts, style, tip))
    title = f"The best tokens after every layer, where the text has {readable(top.target)}"
    return _whole(top, title, "Point at a token for its probability.", [_part("heat", heat)])


@_view.register
def _(saliency: Saliency) -> str:
    rows = [saliency.row(generated) for generated in range(len(saliency.shares))]
    names = [readable(token) for token in saliency.tokens]
    outputs = range(saliency.n_input, len(names))
    texts = [[*map(percent, row), *[""] * (len(names) - 1 - len(row))] for row in rows]
    table = Heat("generated", [names[at] for at in outputs], names[:-1], _plain(texts))
    return _whole(
        saliency,
        f"What each generated token owes to those before it ({saliency.method})",
        "Point at a framed token, or choose one, for the shares of the tokens before it.",
        [
            _part("strip", strips.strip_of(saliency.tokens), outputs, "generated"),
            _part("numbers", table),
        ],
        lambda id: strips.share_rules(id, rows, saliency.n_input),
    )


@_view.register
def _(factors: Factors) -> str:
    count, length = factors.activity.shape
    names = [readable(token) for token in factors.tokens]
    greatest = factors.activity.max(axis=1)
    heights = factors.activity / np.where(greatest > 0, greatest, 1)[:, None]
    colours = [FACTOR_COLOURS[each % len(FACTOR_COLOURS)] for each in range(count)]

    def style(factor: int, place: int) -> str:
        return f"--h:{100 * heights[factor, place]:.0f};--c:{colours[factor]}"

    def tip(factor: int, place: int) -> str:
        value = number(factors.activity[factor, place])
        return f"factor {factor + 1}, token {place + 1} {names[place]}: {value}"

    rows = [f"factor {each + 1}" for each in range(count)]
    bars = Heat("", rows, [""] * length, cells_of([[""] * length] * count, style, tip))
    texts = [[number(value) for value in row] for row in factors.activity.T]
    parted = f" The first {factors.n_input} are input, the others generated."
    return _whole(
        factors,
        f"Where {count} factors of the neurons are active, over {length} tokens",
        "Point at a bar, or at a token for its place. Choose a factor to shade the text by it. "
        f"Each row has a scale of its own.{parted if factors.n_input < length else ''}",
        [
            _part("heat", bars, "bars"),
            _part("choices", rows, "factor", colours),
            _part("strip", strips.strip_of(factors.tokens), (), "token"),
            _part("numbers", Heat("token", names, rows, _plain(texts))),
        ],
        lambda id: (
            strips.factor_rules(id, factors.activity, colours)
            + Markup("\n")
            + strips.place_rules(id, length)
        ),
    )


def _short(rank: int) -> str:
    """A rank that fits its cell: in thousands where it is long."""
    if rank < 1000:
        return str(rank)
    return f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k"


def _plain(texts: Iterable[Iterable[str]]) -> list[list[Cell]]:
    return [[Cell(text) for text in row] for row in texts]


def _readable(heat: Heat) -> Heat:
    """With names of rows and columns as they can be read."""
    return replace(
        heat,
        rows=[readable(name) if name else "" for name in heat.rows],
        columns=[readable(name) for name in heat.columns],
    )


def _whole(
    result: Any,
    title: str,
    how: str,
    body: Iterable[Markup],
    rules: Callable[[str], str] = lambda _: "",
) -> str:
    content = Markup("").join(body)
    source = getattr(result, "provenance", None)
    id = f"view-{sha256(f'{title}{content}{source}'.encode()).hexdigest()[:10]}"
    kind = type(result).__name__.lower()
    return str(_part("view", id, kind, title, how, content, source, rules(id))).strip()


@cache
def _template() -> Template:
    return templates().get_template("view.html")


def _part(name: str, *values: Any) -> Markup:
    """What a macro of the template makes; everything that is not ``Markup`` is escaped."""
    return Markup(getattr(_template().module, name)(*values))
