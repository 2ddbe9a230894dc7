"""Tables of what work takes, for the report, for Markdown and for the terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from replication.results.speed import Row, Speed, Table

KINDS = {
    "ours": "this package",
    "peer": "another tool",
    "naive": "plain route",
    "limit": "limit",
    "other": "",
}
WHOLE = "whole"
"""The stage of whole commands, which do different things and are not compared."""
MARKS = ("<!-- speed -->", "<!-- end of speed -->")
GROWTH = "growth"
"""The name of the picture, without its ending."""


def read(folder: Path) -> tuple[Speed, ...]:
    """All works measured, from the files of a folder: W1 to W6, then others by name."""
    files = sorted(folder.glob("*.json"), key=lambda path: (path.stem[0] != "w", path.stem))
    return tuple(Speed.model_validate_json(path.read_text("utf-8")) for path in files)


def growth_of(works: Iterable[Speed]) -> Table | None:
    """The table that is drawn, if it was measured."""
    return next((table for speed in works for table in speed.tables if table.points), None)


def lines(table: Table) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns of a table and its rows; columns that nothing fills are left out."""
    rows = _by_point(table) if table.points else [_cells(table, row) for row in table.rows]
    return tuple(rows[0]), [tuple(row.values()) for row in rows]


def _cells(table: Table, row: Row) -> dict[str, str]:
    """A route, by column."""
    found = {"route": row.route, "kind": KINDS[row.kind]}
    for name in table.stages:
        found[f"{name}, s"] = _short(row.seconds(name))
        if name == table.compared:
            found["from – to"] = _spread(row, name)
            if table.compared != WHOLE:
                found["times ours"] = _times(table, row)
    if any(one.peak for one in table.rows):
        found["MB above the network"] = _whole(row.above(table.compared))
        found["MB of the process"] = _whole(row.peak)
    if any(one.agreement for one in table.rows):
        found["against ours"] = row.agreement
    return found | {"runs": row.failed or str(len(row.runs))}


def _by_point(table: Table) -> list[dict[str, str]]:
    """What varies and its value, with seconds and megabytes of each route."""
    return [
        {"": point}
        | {f"{row.route}, s": _short(row.seconds(point)) for row in table.rows}
        | {f"{row.route}, MB": _whole(row.above(point)) for row in table.rows}
        for point in table.points
    ]


def aims(table: Table) -> list[tuple[str, ...]]:
    """What was to be reached: the words, what was reached, and whether it was, else why not."""
    return [
        (aim.says, f"{aim.reached:.3g}", "yes" if aim.met else f"no: {aim.why}".removesuffix(": "))
        for aim in table.aims
    ]


def about(speed: Speed) -> str:
    """When, on what and with what a work was measured."""
    on, rows = speed.machine, [row for table in speed.tables for row in table.rows]
    packages = sorted({f"{name} {number}" for row in rows for name, number in row.versions.items()})
    return (
        f"{speed.made_on}, {on.processor}, {on.cores} cores (load {on.load:g} before), "
        f"{on.memory:g} GB, {', '.join([on.system, f'Python {on.python}', *packages])}"
    )


def summary(works: Iterable[Speed]) -> str:
    """A row for each table: this package, the best of the others, and the command, in Markdown.

    Tables of whole commands are left out.
    """
    rows = []
    for speed in works:
        for table in speed.tables:
            ours, theirs = table.fastest("ours"), table.fastest("peer") or table.fastest("naive")
            if not (ours and theirs) or table.compared == WHOLE:
                continue
            rows.append(
                (
                    f"{table.asked} ({table.shape})",
                    f"{_short(table.taken(ours))} s",
                    f"{_short(table.taken(theirs))} s ({theirs.route})",
                    _times(table, theirs),
                    f"`{speed.command}`",
                )
            )
    return _markdown(("what", "this package", "best other route", "times as long", "command"), rows)


def as_markdown(speed: Speed) -> str:
    """All tables of a work."""
    parts = [f"## {speed.tables[0].title}", f"`{speed.command}`: {speed.tables[0].asked}."]
    for table in speed.tables:
        parts += [f"{table.shape}:", _markdown(*lines(table))]
        if table.aims:
            parts.append(_markdown(("wanted", "reached", "met"), aims(table)))
    return "\n\n".join([*parts, f"{about(speed)}."]) + "\n"


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])


def _times(table: Table, row: Row) -> str:
    ours, taken = table.fastest("ours"), table.taken(row)
    base = table.taken(ours) if ours else None
    return f"{taken / base:.2f}" if base and taken else ""


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _spread(row: Row, name: str) -> str:
    times = [stage.seconds for stage in row.stage(name)]
    return f"{min(times):.3g} – {max(times):.3g}" if len(times) > 1 else ""


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
