"""Tables whose cells are shaded by their numbers and tell more under the pointer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped

from replication.pages.viewing.arrays import NamedArray, number

# The figures' colours of ranks, from the best to the worst (replication.figures.drawing.cells),
# written down so that a view needs no matplotlib.
RANK_COLOURS = (
    *("#29115a", "#38106c", "#471078", "#57157e", "#651a80", "#732081", "#812581", "#902a81"),
    *("#9e2f7f", "#ad347c", "#bc3978", "#ca3e72", "#d8456c", "#e44f64", "#ee5b5e", "#f56b5c"),
    *("#f97b5d", "#fc8c63", "#fe9d6c", "#feae77", "#febf84", "#fecf92", "#fde0a1", "#fcf0b2"),
)
FIRST_LIGHT = 12
"""The first of them on which black is better read than white."""
POSITIVE, NEGATIVE = "#27b", "#d60"
STRONGEST = 11
"""Of 15, how much covers what is behind: text stays readable in its own colour, light or dark."""
MOST_TOLD = 2000
"""Cells of a table that tell more under the pointer; a larger one tells by its headings alone."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    text: str
    style: str = ""
    """Inline, which viewers that take out styles of pages leave in."""
    tip: str = ""


@dataclass(frozen=True)
class Heat:
    """A table of cells."""

    corner: str
    """The heading of the rows' names."""
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    """(row, column)"""
    says: str = ""
    """What the numbers are."""


def cells_of(
    texts: Sequence[Sequence[str]],
    styles: Callable[[int, int], str],
    tips: Callable[[int, int], str],
) -> list[list[Cell]]:
    """Cells with these texts; they tell nothing more where there are too many."""
    told = sum(map(len, texts)) <= MOST_TOLD
    return [
        [
            Cell(text, styles(row, column), tips(row, column) if told else "")
            for column, text in enumerate(line)
        ]
        for row, line in enumerate(texts)
    ]


def rank_style(rank: float, vocabulary: int) -> str:
    """The colour of a rank between 1 and the size of the vocabulary, on a logarithmic scale."""
    place = np.log(rank) / np.log(vocabulary) if vocabulary > 1 else 0
    colour = min(int(place * len(RANK_COLOURS)), len(RANK_COLOURS) - 1)
    return f"background:{RANK_COLOURS[colour]};color:{'#fff' if colour < FIRST_LIGHT else '#000'}"


def share_style(share: float) -> str:
    """The colour of a share of the strongest, -1 to 1; nothing for nearly nothing."""
    strength = round(min(abs(share), 1) * STRONGEST) if np.isfinite(share) else 0
    return f"background:{NEGATIVE if share < 0 else POSITIVE}{strength:x}" if strength else ""


def heats_of(array: NamedArray) -> list[Heat]:
    """Any array as tables: one for each place of its first axis where there are three axes."""
    if array.values.ndim == 3:
        first, *axes = array.axes
        return [
            heat
            for place, values in zip(first.places, array.values, strict=True)
            for heat in heats_of(
                NamedArray(f"{array.name}, {first.name} {place}", values, tuple(axes))
            )
        ]
    values = array.values if array.values.ndim == 2 else array.values[None]
    rows = array.axes[0] if array.values.ndim == 2 else None
    columns = array.axes[-1]
    styles = _styles(array.name, values)
    corner = f"{rows.name} \\ {columns.name}" if rows else columns.name

    def tip(row: int, column: int) -> str:
        where = [f"{rows.name} {rows.places[row]}"] if rows else []
        where.append(f"{columns.name} {columns.places[column]}")
        return f"{', '.join(where)}\n{array.name} {number(values[row, column])}"

    texts = [[number(value) for value in line] for line in values]
    cells = cells_of(texts, lambda row, column: styles[row][column], tip)
    return [Heat(corner, rows.places if rows else ("",), columns.places, cells, array.name)]


def _styles(name: str, values: Shaped[np.ndarray, "row column"]) -> list[list[str]]:
    """By size; of ranks, by their logarithm."""
    lines = values.astype(float).tolist()
    if "rank" in name and values.size and values.min() >= 1:
        return [[rank_style(value, int(values.max())) for value in line] for line in lines]
    most = float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0
    return [[share_style(value / most) for value in line] for line in lines]
