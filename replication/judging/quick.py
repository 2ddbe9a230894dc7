"""Claims judged on one subject without its nulls: a table to look at beside a figure.

What nulls show as well is uninformative. That is told by ``pytest claims``, which asks them; what
it told last of the subject, by the table of verdicts, stands beside the finding of now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from replication.base.norms import Norm
from replication.judging.findings import Finding, judge
from replication.judging.suite import claims_in
from replication.judging.verdicts import SYMBOLS, UNFIRM, called
from replication.questions.subjects import Case, Published, Subject

FOLDER = Path(__file__).parents[2] / "claims"
TABLE = Path(__file__).parents[2] / "docs" / "verdicts.md"
HEADINGS = ("claim", "what it says", "on", "norm", "verdict", "with nulls", "measured")
LEFT = 'style="text-align: left; vertical-align: top"'
NOTE = (
    "Judged here without nulls. A claim that untrained or shuffled networks bear out too is "
    "uninformative: the column beside the verdict has what docs/verdicts.md says, where nulls of "
    "the model were asked."
)


@dataclass(frozen=True, repr=False)
class Judged:
    """Findings with what their claims say; it shows itself as a table."""

    findings: tuple[Finding, ...]
    says: tuple[str, ...]
    """What the claim of each finding says."""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A row for each finding, under ``HEADINGS``."""
        told = with_nulls()
        return [
            (
                *(one.claim, says, one.subject, one.norm, one.verdict.replace("_", " ")),
                *(told.get((one.claim, column_of(one)), ""), one.measured),
            )
            for one, says in zip(self.findings, self.says, strict=True)
        ]

    def __repr__(self) -> str:
        told = [
            f"{claim} ({on}, norm {norm}): {verdict}; with nulls: {nulls or '-'}\n    {measured}"
            for claim, _, on, norm, verdict, nulls, measured in self.rows
        ]
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


def column_of(finding: Finding) -> str:
    """The column of the table of verdicts that a finding is in; a claim to which norms are all
    alike is in each of them.
    """
    return f"{called(finding.subject)}, {finding.norm.replace('either', 'final')}"


def with_nulls() -> dict[tuple[str, str], str]:
    """The verdicts of the committed table, by claim and column; none where there is no table."""
    if not TABLE.is_file():
        return {}
    words = {symbol: verdict.replace("_", " ") for verdict, symbol in SYMBOLS.items()}
    words[SYMBOLS["generalises"]] = "generalises"  # of models that the articles did not use
    text = TABLE.read_text("utf-8")
    table = text[text.index("| claim") :].partition("\n\n")[0].splitlines()
    headings, _, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    return {
        (line[0], heading.partition(":")[0]): words.get(cell.rstrip(UNFIRM), "")
        for line in lines
        for heading, cell in zip(headings, line, strict=True)
    }


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
