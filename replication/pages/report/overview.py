"""What the start page tells of all findings: tallies, failures, surprises."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from replication.judging.claims import ClaimRecord, Level
from replication.judging.findings import Finding, Findings
from replication.judging.rules import Verdict
from replication.judging.verdicts import Column, called, columns_of, rows_of
from replication.models.registry import find

LEVELS: dict[Level, str] = {
    "figure": "on the article's own text",
    "many texts": "over many texts",
}
"""Each as a reader sees it."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Tally:
    """How many claims came to each verdict on one subject under one norm."""

    column: Column
    level: Level
    counts: dict[Verdict, int]

    @property
    def total(self) -> int:
        """All claims judged."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Contrast:
    """Findings that one would expect to agree, and that do not."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Failure:
    """A claim that does not hold on some model under some norm, or not all of it."""

    claim: ClaimRecord
    findings: tuple[Finding, ...]
    """Those that do not hold."""

    @property
    def whole(self) -> bool:
        """Whether there is a finding whose core fails."""
        return any(finding.verdict == "not_replicated" for finding in self.findings)


def tallies(findings: Findings) -> tuple[Tally, ...]:
    """A tally for every level and column of a subject. As in the table, a claim on which the norm
    has no bearing counts under both.
    """
    columns, rows = columns_of(findings), rows_of(findings)
    found = []
    for level in LEVELS:
        for number, column in enumerate(columns):
            counts = dict.fromkeys(VERDICTS, 0)
            for row in rows:
                cell = row.cells[number]
                if isinstance(cell, Finding) and row.claim.level == level:
                    counts[cell.verdict] += 1
            tally = Tally(column, level, counts)
            if tally.total:
                found.append(tally)
    return tuple(found)


def failures(findings: Findings) -> tuple[Failure, ...]:
    """Claims that do not hold on models, those first whose core fails somewhere."""
    failed: dict[str, list[Finding]] = {}
    for finding in findings.findings:
        if finding.verdict in ("not_replicated", "partially") and finding.kind != "published":
            failed.setdefault(finding.claim, []).append(finding)
    found = [
        Failure(claim, tuple(failed[claim.id])) for claim in findings.claims if claim.id in failed
    ]
    return tuple(sorted(found, key=lambda failure: not failure.whole))


def uninformative(findings: Findings) -> tuple[Finding, ...]:
    """Findings that nulls show too."""
    return tuple(one for one in findings.findings if one.verdict == "uninformative")


def norm_decides(findings: Findings) -> tuple[Contrast, ...]:
    """Claims whose core holds under one norm and not under another."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings.findings:
        found.setdefault((finding.claim, finding.subject), []).append(finding)
    return _contrasts(found.values())


def texts_decide(findings: Findings) -> tuple[Contrast, ...]:
    """Claims whose core holds on the article's text and not over many, or the other way round."""
    found = {finding.key: finding for finding in findings.findings}
    return _contrasts(
        [finding, found[many.id, subject, norm]]
        for (claim, subject, norm), finding in found.items()
        for many in findings.claims
        if many.generalizes == claim and (many.id, subject, norm) in found
    )


def _contrasts(groups: Iterable[list[Finding]]) -> tuple[Contrast, ...]:
    return tuple(
        Contrast(tuple(group))
        for group in groups
        if {True, False} <= {finding.core_holds for finding in group}
    )


def preface(findings: Findings) -> str:
    """What the findings are on, and what may be said of each: the first words of the report."""
    kinds = {finding.subject: finding.kind for finding in findings.findings}
    own = [called(name) for name, kind in kinds.items() if kind == "paper"]
    others = [_described(name) for name, kind in kinds.items() if kind == "registry"]
    words = (
        f"Findings on {', '.join(own)}, of the articles' own family, are replicated or not."
        if own
        else "No GPT-2, the articles' own model, has been run here, so nothing here is replicated."
    )
    if others:
        words += f" On {' and '.join(others)} findings generalise or do not."
    return (
        f"{words} Where the articles published numbers, the column “published” says whether their "
        "words are consistent with their own figure, from which open words were read."
    )


def _described(subject: str) -> str:
    entry, _ = find(subject)
    told = [
        "tuned to follow instructions, but given plain text without a chat template"
        if "Instruct" in entry.title
        else "",
        f"weights rounded to {entry.quantization}" if entry.quantization else "",
        f"start token {entry.start_token}" if entry.start_token else "no start token",
    ]
    return f"{called(subject)} ({', '.join(filter(None, told))})"
