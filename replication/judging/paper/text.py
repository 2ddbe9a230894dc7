"""The comparison of published figures with measured ones, for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from replication.judging.paper.records import FigureComparison, ModelComparison, Number, PaperReport
from replication.judging.verdicts import SYMBOLS

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 110
LEGEND = """\
exact  no further from the published number than half of its last digit
1 %    not exact, but within 1 % of the published number
first  the first layer with a number that is off"""
WHY = {"shown": "", "labelled": "named by the label", "not stated": "the article names no model"}


def as_text(report: PaperReport) -> str:
    """For each model a table of its figures, the numbers furthest off, and its findings."""
    from rich.console import Console

    console = Console(width=WIDTH, highlight=False, markup=False)
    with console.capture() as captured:
        for model in report.models:
            console.print(_heading(model), style="bold")
            if model.figures:
                console.print(_table(model.figures))
            for line in (*_worst(model), *_findings(model)):
                console.print(line)
            console.print()
        console.print(LEGEND)
    return captured.get()


def _heading(model: ModelComparison) -> str:
    if model.missing:
        return f"{model.name}: not measured: {model.missing}"
    own = [figure for figure in model.figures if figure.reading == "shown"]
    reproduced = sum(figure.reproduced for figure in own)
    return (
        f"{model.name}: {reproduced} of its {len(own)} figures reproduced "
        f"({model.model}, {model.weights}, revision {model.revision})"
    )


def _table(figures: tuple[FigureComparison, ...]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("figure", no_wrap=True)
    for heading in ("numbers", "exact", "1 %", "off", "first"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for figure in figures:
        first = "" if figure.first_layer_off is None else str(figure.first_layer_off)
        numbers = (figure.compared, figure.exact, figure.within_1_percent, figure.off)
        shown = map(str, numbers) if figure.rows else [""] * len(numbers)
        table.add_row(figure.id, *shown, first, Text("; ".join(_notes(figure))))
    return table


def _notes(figure: FigureComparison) -> Iterator[str]:
    if figure.reading != "shown":
        yield WHY[figure.reading]
    if figure.not_comparable:
        yield f"not comparable: {figure.not_comparable}"
    if figure.token_ids_agree is False:
        yield f"token ids differ from position {figure.first_token_off} on"
    if figure.correlations:
        yield f"factors correlate by {min(figure.correlations):.3f} or more"


def _worst(model: ModelComparison) -> Iterator[str]:
    for figure in model.figures:
        if figure.off:
            exact = " ".join(str(row.exact) for row in figure.by_row)
            yield f"{figure.id}, exact in each {figure.rows}: {exact}"
            yield from (f"  {figure.rows} {_place(number)}" for number in figure.worst)


def _place(number: Number) -> str:
    measured = "none" if number.measured is None else f"{number.measured:.6g}"
    return (
        f"{number.row}, token {number.column} {number.token!r}: "
        f"published {number.published:.6g}, measured {measured}"
    )


def _findings(model: ModelComparison) -> Iterator[str]:
    if not model.findings:
        if not model.missing:
            yield f"no findings on it: judge them with `pytest claims --subject {model.name}`"
        return
    same = [finding for finding in model.findings if finding.published == finding.measured]
    yield f"verdicts as on the published numbers: {len(same)} of {len(model.findings)} claims"
    for finding in model.findings:
        if finding not in same:
            published, measured = SYMBOLS[finding.published], SYMBOLS[finding.measured]
            yield f"  {finding.claim}  published {published}, measured {measured}"
