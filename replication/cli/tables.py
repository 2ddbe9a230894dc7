"""Tables of numbers as text for a terminal."""

from collections.abc import Iterable, Sequence

WIDEST = 100_000
"""Characters of a line: a terminal folds it, and no number is cut."""


def as_lines(
    columns: Sequence[str], rows: Iterable[Sequence[str]], last: Sequence[str] | None = None
) -> str:
    """A table with its numbers on the right of their columns.

    ``last`` is the heading of a column of text on the left, and then the cells of it. Nothing in a
    heading or a cell is taken for markup.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(column), justify="right", no_wrap=True)
    if last is not None:
        table.add_column(Text(last[0]), no_wrap=True)
    for number, row in enumerate(rows):
        ends = [] if last is None else [last[number + 1]]
        table.add_row(*map(Text, [*row, *ends]))
    console = Console(width=WIDEST)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
