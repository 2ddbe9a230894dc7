"""Tables for a terminal: what is in one, and how it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from replication.results.provenance import Provenance

WIDEST = 100_000
"""Characters of a line: a terminal folds it, and no number is cut."""


@dataclass(frozen=True)
class Table:
    """A result as a table."""

    says: str
    """What the numbers are."""
    corner: str
    """The heading of the rows' names."""
    rows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    cells: Sequence[Sequence[str]] = ()
    """(row, column) numbers."""
    words: str = ""
    """The heading of a column of words, on the left of its cells."""
    word_cells: Sequence[str] = ()
    """(row,)"""

    def shortened(self, rows: int, width: int) -> "Table":
        """The first and the last rows, ``rows`` of them at most, and the first columns: as many as
        fit into ``width`` characters. An ellipsis stands for what is left out.
        """
        kept: list[int | None] = [*range(len(self.rows))]
        if len(kept) > rows:
            kept[rows - rows // 2 : -(rows // 2)] = [None]
        fitting = self._fitting(width - max(map(len, (self.corner, *self.rows)), default=0))
        more = len(fitting) < len(self.columns)

        def row(number: int | None) -> list[str]:
            found = ["…" if number is None else self.cells[number][place] for place in fitting]
            return [*found, "…"] if more else found

        return replace(
            self,
            rows=tuple("…" if number is None else self.rows[number] for number in kept),
            columns=(*(self.columns[place] for place in fitting), *["…"] * more),
            cells=[row(number) for number in kept] if self.cells else (),
            word_cells=[
                "" if number is None else _cut(self.word_cells[number], width) for number in kept
            ]
            if self.words
            else (),
        )

    def _fitting(self, room: int) -> range:
        """The first columns that fit, one at least."""
        for place, name in enumerate(self.columns):
            room -= 2 + max(map(len, (name, *(row[place] for row in self.cells))))
            if room < 3:
                return range(max(place, 1))
        return range(len(self.columns))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def heading(source: Provenance) -> str:
    """What was read by which model, in one line."""
    norm = f", norm: {source.norm}" if source.norm else ""
    return (
        f"{source.prompt!r} read by {source.model} ({source.weights}; start token: "
        f"{source.start_token}){norm}"
    )


def printed(tables: Sequence[Table]) -> str:
    """Tables with the same rows as one; nothing in a heading or a cell is taken for markup."""
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=None, pad_edge=False, header_style="bold")
    drawn.add_column(Text(tables[0].corner), justify="right", no_wrap=True)
    for table in tables:
        for column in table.columns:
            drawn.add_column(Text(column), justify="right", no_wrap=True)
        if table.words:
            drawn.add_column(Text(table.words), no_wrap=True)
    for number, name in enumerate(tables[0].rows):
        drawn.add_row(Text(name), *(Text(cell) for table in tables for cell in _row(table, number)))
    console = Console(width=WIDEST)
    with console.capture() as captured:
        console.print(drawn)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([*(f"{table.says}\n" for table in tables if table.says), *lines])


def _row(table: Table, number: int) -> Iterator[str]:
    if table.cells:
        yield from table.cells[number]
    if table.words:
        yield table.word_cells[number]
