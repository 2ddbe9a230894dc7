"""What the start page tells of all findings: tallies, failures, surprises."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, combinations
from typing import get_args

from replication.judging.claims import ClaimRecord, Level
from replication.judging.findings import ChanceFinding, Finding, Findings
from replication.judging.rules import Verdict
from replication.judging.verdicts import Column, columns_of, rows_of

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
    """Two findings that one would expect to agree, and that do not."""

    first: Finding
    second: Finding


@dataclass(frozen=True)
class Failure:
    """A claim that does not hold on some model under some norm."""

    claim: ClaimRecord
    findings: tuple[Finding, ...]
    """Those that do not hold."""

    @property
    def whole(self) -> bool:
        """Whether there is a finding of which no part holds."""
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
    """Claims that do not hold on models, those first of which nothing holds somewhere."""
    failed: dict[str, list[Finding]] = {}
    for finding in findings.findings:
        if finding.holds is False and finding.kind != "published":
            failed.setdefault(finding.claim, []).append(finding)
    found = [
        Failure(claim, tuple(failed[claim.id])) for claim in findings.claims if claim.id in failed
    ]
    return tuple(sorted(found, key=lambda failure: not failure.whole))


def by_chance(findings: Findings) -> tuple[ChanceFinding, ...]:
    """Claims that hold on most nulls of a kind, and not because they must."""
    return tuple(
        control
        for control in findings.controls
        if control.rate.beaten is False and not findings.record(control.claim).definitional
    )


def norm_decides(findings: Findings) -> tuple[Contrast, ...]:
    """Claims that hold under one norm and not under another."""
    pairs: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings.findings:
        pairs.setdefault((finding.claim, finding.subject), []).append(finding)
    return _contrasts(chain.from_iterable(combinations(found, 2) for found in pairs.values()))


def texts_decide(findings: Findings) -> tuple[Contrast, ...]:
    """Claims that hold on the article's text and not over many, or the other way round."""
    found = {finding.key: finding for finding in findings.findings}
    return _contrasts(
        (finding, found[many.id, subject, norm])
        for (claim, subject, norm), finding in found.items()
        for many in findings.claims
        if many.generalizes == claim and (many.id, subject, norm) in found
    )


def _contrasts(pairs: Iterable[tuple[Finding, Finding]]) -> tuple[Contrast, ...]:
    return tuple(
        Contrast(*pair) for pair in pairs if {finding.holds for finding in pair} == {True, False}
    )
