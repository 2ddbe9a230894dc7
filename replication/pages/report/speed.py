"""Tables of what work takes, for the report, for Markdown and for the terminal."""

from collections.abc import Iterator
from pathlib import Path

from replication.results.speed import Row, Speed, Table

KINDS = {
    "ours": "this package",
    "peer": "another tool",
    "naive": "plain route",
    "limit": "limit",
    "other": "",
}


def read(folder: Path) -> tuple[Speed, ...]:
    """All works measured, from the files of a folder, in the order of their names."""
    files = sorted(folder.glob("*.json"), key=lambda path: (path.stem[0] != "w", path.stem))
    return tuple(Speed.model_validate_json(path.read_text("utf-8")) for path in files)


def columns(table: Table) -> tuple[str, ...]:
    """What the columns of a table are; those that nothing fills are left out."""
    return tuple(cells(table, table.rows[0]))


def stages(table: Table) -> tuple[str, ...]:
    """The stages of the package's own route, but for making the network ready."""
    ours = next((row for row in table.rows if row.kind == "ours" and row.runs), None)
    names = ours.runs[0].stages if ours else ()
    return tuple(name for name in names if not name.startswith("ready"))


def cells(table: Table, row: Row) -> dict[str, str]:
    """A row by column."""
    found = {"route": row.route, "kind": KINDS[row.kind]}
    for name in stages(table):
        found[f"{name}, s"] = _seconds(row.seconds(name))
        if name == table.compared:
            found["from – to"] = _spread(row, name)
            found["times ours"] = _times(table, row)
    if any(one.peak for one in table.rows):
        found["MB above the network"] = _whole(row.above(table.compared))
        found["MB of the process"] = _whole(row.peak)
    if any(one.agreement for one in table.rows):
        found["against ours"] = row.agreement
    found["runs"] = str(len(row.runs)) if row.runs else row.failed
    return found


def aims(table: Table) -> Iterator[tuple[str, str, str]]:
    """What was to be reached: the words, what was reached, whether it was and else why not."""
    for aim in table.aims:
        yield aim.says, f"{aim.reached:.3g}", "yes" if aim.met else f"no: {aim.why}".rstrip(": ")


def about(speed: Speed) -> str:
    """When, on what and with what a work was measured."""
    on, rows = speed.machine, [row for table in speed.tables for row in table.rows]
    packages = sorted({f"{name} {number}" for row in rows for name, number in row.versions.items()})
    return (
        f"`{speed.command}`, {speed.made_on}: {on.processor}, {on.cores} cores, {on.memory:g} GB, "
        f"{on.system}, Python {on.python}, {', '.join(packages)}."
    )


def as_markdown(speed: Speed) -> str:
    """All tables of a work."""
    parts = [f"## {speed.tables[0].title}", speed.tables[0].asked + "."]
    for table in speed.tables:
        parts.append(f"{table.shape}:")
        rows = [list(cells(table, row).values()) for row in table.rows]
        parts.append(_markdown(columns(table), rows))
        if table.aims:
            parts.append(_markdown(("wanted", "reached", "met"), list(map(list, aims(table)))))
    return "\n\n".join([*parts, about(speed)]) + "\n"


def _markdown(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _times(table: Table, row: Row) -> str:
    ours, taken = table.fastest("ours"), table.taken(row)
    base = table.taken(ours) if ours else None
    return f"{taken / base:.2f}" if base and taken else ""


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _spread(row: Row, name: str) -> str:
    times = [stage.seconds for stage in row.stage(name)]
    return f"{min(times):.3g} – {max(times):.3g}" if len(times) > 1 else ""


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
