"""The verdict table: claims down, subjects and norms across."""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from replication.base.norms import READINGS
from replication.judging.claims import ClaimRecord
from replication.judging.findings import Finding, Findings
from replication.judging.rates import NullRate
from replication.judging.rules import WHOLE, Verdict
from replication.models.nulls import KINDS, WITHOUT_NETWORK
from replication.models.registry import find
from replication.questions.subjects import Published

SYMBOLS: dict[Verdict, str] = {
    "replicated": "✓",
    "generalises": "✓",
    "consistent": "✓",
    "partially": "~",
    "not_replicated": "✗",
    "uninformative": "○",
    "by_definition": "=",
    "not_testable": "–",
}
LEGEND = (
    "A column's heading says what is asked of its subject. Published: are the article's words "
    "consistent with its own figure? A model that the articles used: is the finding replicated? "
    "Another model: does it generalise?  ✓ yes  ~ partially: the core holds, not all of the rest  "
    "✗ no: the core does not hold  ○ uninformative: nulls show it too  = by definition  "
    "– not testable  permuted k/n: the nulls of a kind on which the core holds, of those that can "
    "show it  none: it holds on none  no nulls: none were judged on that model, so that what nulls "
    "would show too is not told apart there"
)

UNFIRM = "†"
UNFIRM_LEGEND = (
    f"✓{UNFIRM} holds, but not under noise: in fewer than 8 of 10 draws of noise of the size that "
    "quantization rounded the weights by do the same parts of the claim hold (the report says in "
    "how many; a claim that was not asked so has no mark)"
)
FIRM = 0.8
"""The share of noise draws under which a finding that holds must come out the same, to go
unmarked."""

ON_EDGE = 0.2
"""Share of the nulls of a kind that another processor's float sums may tip over."""
MARKS = ("<!-- verdicts -->", "<!-- end of verdicts -->")


@dataclass(frozen=True)
class Column:
    """One subject under one norm; for a subject ``controls of X``, the rates on its nulls."""

    subject: str
    norm: str
    name: str
    """Subject and norm as they are to be read."""
    asks: Verdict | None
    """The verdict of a finding all of which holds on this subject; None for controls."""

    @property
    def title(self) -> str:
        """The column's heading: whose numbers these are, and what is asked of them."""
        return f"{self.name}: {self.asks}?" if self.asks else self.name


Cell = Finding | tuple[NullRate, ...] | None
"""A finding, or the rates on all kinds of null; None where nothing was judged."""


@dataclass(frozen=True)
class Row:
    """One claim with a cell for each column."""

    claim: ClaimRecord
    cells: tuple[Cell, ...]


def read(claims: Path) -> Findings:
    """The findings of a run; ``ValueError`` where there are none, or not as the schema has them."""
    if not claims.is_file():
        raise ValueError(f"no findings at {claims}: run `pytest claims/` first")
    return Findings.model_validate_json(claims.read_text("utf-8"))


def columns_of(findings: Findings) -> tuple[Column, ...]:
    """The columns: the published numbers, the models in their order, then their controls."""
    kinds = {finding.subject: finding.kind for finding in findings.findings}
    with_nulls = {control.model for control in findings.controls}
    columns = []
    for subject in sorted(kinds, key=lambda subject: subject != Published.name):
        judged = {f.norm for f in findings.findings if f.subject == subject}
        for norm in _norms(judged):
            name = called(subject) if subject == Published.name else f"{called(subject)}, {norm}"
            if subject not in with_nulls and subject != Published.name:
                name += ", no nulls"  # its ✓ may be what nulls show too
            columns.append(Column(subject, norm, name, WHOLE[kinds[subject]]))
    for model in dict.fromkeys(control.model for control in findings.controls):
        judged = {c.norm for c in findings.controls if c.model == model}
        for norm in _norms(judged):
            name = f"nulls of {called(model)}, {norm}"
            columns.append(Column(f"controls of {model}", norm, name, None))
    return tuple(columns)


def called(subject: str) -> str:
    """A subject as it is to be read: a model by its title, without its size.

    >>> called("smollm2"), called("smollm2-untrained-3"), called("gpt2")
    ('SmolLM2', 'SmolLM2 untrained 3', 'GPT-2 small')
    """
    if subject == Published.name:
        return subject
    entry, _ = find(subject)
    null = subject.removeprefix(entry.name).replace("-", " ")
    return re.sub(r"-\d+M.*", "", entry.title) + null


def _norms(judged: Collection[str]) -> list[str]:
    # A claim on the last layer alone is the same under all: it gets no column of its own,
    # unless nothing else was judged.
    return [norm for norm in READINGS if norm in judged] or ["either"]


def rows_of(findings: Findings) -> tuple[Row, ...]:
    """One row per claim, in the order of their ids."""
    columns = columns_of(findings)
    cells: dict[tuple[str, str, str], Cell] = {one.key: one for one in findings.findings}
    rates: dict[tuple[str, str, str], tuple[NullRate, ...]] = defaultdict(tuple)
    for control in findings.controls:
        rates[control.claim, f"controls of {control.model}", control.norm] += (control.rate,)
    cells |= rates
    return tuple(
        Row(
            claim=claim,
            cells=tuple(
                cells.get((claim.id, column.subject, column.norm))
                or cells.get((claim.id, column.subject, "either"))
                for column in columns
            ),
        )
        for claim in findings.claims
    )


def symbol(cell: Cell) -> str:
    """A cell in a character or a few words."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return told(cell)
    return SYMBOLS[cell.verdict] + (UNFIRM if unfirm(cell) else "")


def unfirm(finding: Finding) -> bool:
    """Whether a finding holds in full, and comes out otherwise under too many draws of noise."""
    same = finding.firmness.same_under_noise if finding.firmness else None
    return finding.verdict in WHOLE.values() and same is not None and same < FIRM - 1e-9


def told(rates: Sequence[NullRate]) -> str:
    """The kinds of null on some of which the core holds, and the networks that cannot show it."""
    testable = [rate for rate in rates if rate.testable]
    silent = [r for r in rates if not r.testable and r.kind not in WITHOUT_NETWORK]
    if not testable:
        return SYMBOLS["not_testable"]
    shown = [f"{rate.kind} {rate.holds}/{rate.testable}" for rate in testable if rate.holds]
    return ", ".join([*(shown or ["none"]), *(f"{rate.kind} –" for rate in silent)])


def as_markdown(findings: Findings) -> str:
    """The verdict table in Markdown, as the README shows it."""
    columns = columns_of(findings)
    lines = [
        "| claim | what it says | " + " | ".join(column.title for column in columns) + " |",
        "|---|---|" + ":-:|" * len(columns),
    ]
    for row in rows_of(findings):
        says = row.claim.says.replace("|", "\\|") + (
            " *(follows from how it is made)*" if row.claim.definitional else ""
        )
        lines.append(f"| {row.claim.id} | {says} | " + " | ".join(map(symbol, row.cells)) + " |")
    return "\n".join([*lines, "", LEGEND, "", UNFIRM_LEGEND, ""])


def put(table: str, text: str, path: Path, marks: tuple[str, str] = MARKS) -> str:
    """A text with the table put between its marks; ``path`` is where the text is from."""
    before, first, rest = text.partition(marks[0])
    _, second, after = rest.partition(marks[1])
    if not (first and second):
        raise ValueError(f"{path} has no lines {marks[0]} and {marks[1]} to put the table between")
    return f"{before}{first}\n\n{table}\n{second}{after}"


def agree(one: str, other: str) -> bool:
    """Whether two texts with the table say the same, up to what another processor's float sums
    change: a fifth of the nulls of a kind, which may stand on the edge of a claim, and measured
    numbers by a twentieth.
    """
    ours, theirs = (re.split(r"[|\n]", text) for text in (one, other))
    return len(ours) == len(theirs) and all(map(_alike, ours, theirs))


def _alike(one: str, other: str) -> bool:
    """Whether two cells agree; a kind that is not named holds on none."""
    if one == other:
        return True
    if all(re.match(r" *(-?\d|depth \d)", cell) for cell in (one, other)):
        return _near(one, other)
    count = re.compile(rf"(?:, )?({'|'.join(KINDS)}) (\d+)/(\d+)")
    ours, theirs = (
        {kind: (int(held), int(of)) for kind, held, of in count.findall(cell)}
        for cell in (one, other)
    )
    rest = [count.sub("", cell).replace("none", "").strip() for cell in (one, other)]
    return rest[0] == rest[1] and all(
        abs(ours.get(kind, (0, 0))[0] - theirs.get(kind, (0, 0))[0]) <= math.ceil(ON_EDGE * of)
        for kind, (_, of) in (ours | theirs).items()
    )


def _near(one: str, other: str) -> bool:
    """Whether two cells of measured numbers have the same words, and near numbers."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    ours, theirs = ([float(found) for found in number.findall(cell)] for cell in (one, other))
    return number.sub("", one) == number.sub("", other) and all(
        math.isclose(mine, your, rel_tol=0.05, abs_tol=0.01)
        for mine, your in zip(ours, theirs, strict=True)
    )


def as_text(findings: Findings, says_width: int = 64) -> str:
    """The verdict table for a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("claim", no_wrap=True)
    table.add_column("what it says", max_width=says_width)
    columns = columns_of(findings)
    for column in columns:
        table.add_column(column.title.replace(" ", "\n"), justify="center", vertical="bottom")
    for row in rows_of(findings):
        cells = (Text(symbol(cell)) for cell in row.cells)
        table.add_row(row.claim.id, Text(row.claim.says), *cells)
    console = Console(width=says_width + 12 + 13 * len(columns))
    with console.capture() as captured:
        console.print(table)
        console.print(LEGEND, soft_wrap=True)
        console.print(UNFIRM_LEGEND, soft_wrap=True)
    return captured.get()
