"""Claims judged on one subject without its nulls: a table to look at beside a figure.

What nulls show as well is uninformative; that is told by ``pytest claims`` alone, which asks them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from replication.base.norms import Norm
from replication.judging.findings import Finding, judge
from replication.judging.suite import claims_in
from replication.questions.subjects import Case, Published, Subject

FOLDER = Path(__file__).parents[2] / "claims"
HEADINGS = ("claim", "what it says", "on", "norm", "verdict", "measured")
LEFT = 'style="text-align: left; vertical-align: top"'
NOTE = (
    "No nulls were asked here. A claim that untrained or shuffled networks bear out too is "
    "uninformative: docs/verdicts.md has the verdicts with nulls."
)


@dataclass(frozen=True)
class Judged:
    """Findings with what their claims say; it shows itself as a table."""

    findings: tuple[Finding, ...]
    says: tuple[str, ...]
    """What the claim of each finding says."""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A row for each finding, under ``HEADINGS``."""
        return [
            (one.claim, says, one.subject, one.norm, one.verdict.replace("_", " "), one.measured)
            for one, says in zip(self.findings, self.says, strict=True)
        ]

    def __str__(self) -> str:
        told = [f"{row[0]} ({row[2]}, norm {row[3]}): {row[4]}\n    {row[5]}" for row in self.rows]
        return "\n".join([*told, NOTE])

    def _repr_html_(self) -> str:
        heads = "".join(f"<th {LEFT}>{escape(name)}</th>" for name in HEADINGS)
        lines, before = [], ""
        for claim, says, *others in self.rows:
            told = (claim, says) if claim != before else ("", "")
            cells = (f"<td {LEFT}>{escape(cell)}</td>" for cell in (*told, *others))
            lines.append(f"<tr>{''.join(cells)}</tr>")
            before = claim
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        return f"{table}<p>{escape(NOTE)}</p>"


def judged(ids: Iterable[str], subject: Subject, norms: Sequence[Norm]) -> Judged:
    """Judge claims on the published numbers, where they have some, and on a model.

    ``ValueError`` for ids that no claim has, and where the claims are not there.
    """
    claims = {claim.id: claim for claim in claims_in(FOLDER)}
    found, says = [], []
    for id in dict.fromkeys(ids):
        if id not in claims:
            raise ValueError(f"no claim {id!r} in {FOLDER}: expected one of {', '.join(claims)}")
        claim = claims[id]
        cases = [Case(Published(), "none")] if claim.figures else []
        cases += [Case(subject, norm) for norm in claim.norms(norms)]
        found += [judge(claim, case) for case in cases]
        says += [claim.says] * len(cases)
    return Judged(tuple(found), tuple(says))
