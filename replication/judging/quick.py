"""Claims judged on one subject without its nulls: a table to look at beside a figure.

What nulls show as well is uninformative. That is told by ``pytest claims``, which asks them; what
it told last of the subject, by the table of verdicts, stands beside the finding of now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple

from replication.base.norms import Norm
from replication.judging.claims import Claim
from replication.judging.findings import judge
from replication.judging.suite import claims_in
from replication.judging.verdicts import SYMBOLS, UNFIRM, called
from replication.judging.written_verdicts import WrittenVerdict, written_verdicts
from replication.questions.subjects import Case, Published, Subject

FOLDER = Path(__file__).parents[2] / "claims"
TABLE = Path(__file__).parents[2] / "docs" / "verdicts.md"
HEADINGS = ("claim", "what it says", "on", "norm", "verdict", "with nulls", "measured")
WORDS = {symbol: verdict.replace("_", " ") for verdict, symbol in SYMBOLS.items()} | {
    SYMBOLS["generalises"]: "generalises"  # of models that the articles did not use
}
LEFT = 'style="text-align: left; vertical-align: top"'
NOTE = (
    "Judged here without nulls. A claim that untrained or shuffled networks bear out too is "
    "uninformative: the column beside the verdict has what docs/verdicts.md says, where nulls of "
    "the model were asked."
)


class Row(NamedTuple):
    """A claim on one subject under one norm, in words."""

    claim: str
    says: str
    subject: str
    norm: str
    verdict: str
    """By the findings of now; empty where they were not asked for."""
    with_nulls: str
    """By the committed table of verdicts; empty where that does not tell."""
    measured: str


@dataclass(frozen=True, repr=False)
class Judged:
    """What became of some claims; it shows itself as a table."""

    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        told = [
            f"{row.claim} ({row.subject}, norm {row.norm}): {row.verdict or '-'}; with nulls: "
            f"{row.with_nulls or '-'}\n    {row.measured}"
            for row in self.rows
        ]
        return "\n".join([*told, NOTE])

    def _repr_html_(self) -> str:
        heads = "".join(f"<th {LEFT}>{escape(name)}</th>" for name in HEADINGS)
        lines, before = [], ""
        for claim, says, *others in self.rows:
            told = (claim, says) if claim != before else ("", "")
            # An id is not to be cut at its hyphen.
            shown = (told[0].replace("-", "\N{NON-BREAKING HYPHEN}"), told[1], *others)
            cells = (f"<td {LEFT}>{escape(cell)}</td>" for cell in shown)
            lines.append(f"<tr>{''.join(cells)}</tr>")
            before = claim
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        return f"{table}<p>{escape(NOTE)}</p>"


def told_by(table: Mapping[str, WrittenVerdict], claim: str, case: Case) -> str:
    """The verdict of a claim on a model under a norm by a table, in words; empty where it does not
    tell, or no nulls of the model were asked.
    """
    column = f"{called(case.subject.name)}, {case.norm}"
    symbol = table[claim].symbols.get(column, "") if claim in table else ""
    return WORDS.get(symbol.rstrip(UNFIRM), "")


def judged(
    ids: Iterable[str], subject: Subject, norms: Sequence[Norm], *, measure: bool = True
) -> Judged:
    """Judge claims on the published numbers, where they have some, and on a model. Unless they are
    to ``measure``, which takes minutes for some, they are told of by the committed table alone.

    ``ValueError`` for ids that no claim has, and where the claims are not there.
    """
    claims = {claim.id: claim for claim in claims_in(FOLDER)}
    table = written_verdicts(TABLE) if TABLE.is_file() else {}
    rows = []
    for id in dict.fromkeys(ids):
        if id not in claims:
            raise ValueError(f"no claim {id!r} in {FOLDER}: expected one of {', '.join(claims)}")
        claim = claims[id]
        cases = [Case(Published(), "none")] if claim.figures else []
        cases += [Case(subject, norm) for norm in claim.norms(norms)]
        for case in cases:
            rows.append(_row(claim, case, told_by(table, id, case), measure))
    return Judged(tuple(rows))


def _row(claim: Claim, case: Case, told: str, measure: bool) -> Row:
    found = judge(claim, case) if measure else None
    return Row(
        claim=claim.id,
        says=claim.says,
        subject=case.subject.name,
        norm=case.norm if claim.norm_matters else "either",
        verdict=found.verdict.replace("_", " ") if found else "",
        with_nulls=told,
        measured=found.measured if found else f"by `pytest claims -k '{claim.id}['`",
    )
