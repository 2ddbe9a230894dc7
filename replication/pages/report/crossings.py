"""What crosses, in which claim, and where on whom: the rows of the picture of crossing depths."""

from collections.abc import Iterator
from dataclasses import dataclass

from replication.judging.findings import Finding, Findings
from replication.judging.parts import Crossing
from replication.judging.verdicts import called
from replication.questions.subjects import Published

READINGS = {
    "none": "the articles' reading",
    "final": "final norm",
    "tuned": "tuned lens",
    "either": "no matter how read",
}
"""How inner layers are read, as the legend has it; in the order of a row's lanes."""


@dataclass(frozen=True)
class Mark:
    """Where something crosses on one subject under one reading."""

    subject: str
    norm: str
    crossing: Crossing

    @property
    def series(self) -> str:
        """Whose mark it is, as the legend has it."""
        return f"{called(self.subject)}, {READINGS[self.norm]}"


@dataclass(frozen=True)
class Row:
    """One thing that crosses, of one claim."""

    claim: str
    what: str
    article: float | None
    """Where it crosses in the article's own figure, where that has numbers."""
    marks: tuple[Mark, ...]
    """Subject by subject, and the readings of each in their order."""

    def mark(self, series: str) -> Mark | None:
        """What the row has of a series, if anything."""
        return next((mark for mark in self.marks if mark.series == series), None)


def crossings(finding: Finding) -> tuple[Crossing, ...]:
    """What crosses in a finding, each thing once."""
    found = (part.crossing for part in finding.parts if part.crossing)
    return tuple({crossing.what: crossing for crossing in found}.values())


def subjects_of(findings: Findings) -> list[str]:
    """The models on which something was judged, in the order of the findings."""
    found = dict.fromkeys(finding.subject for finding in findings.findings)
    return [subject for subject in found if subject != Published.name]


def rows_of(findings: Findings) -> tuple[Row, ...]:
    """One row for each claim and thing that crosses, in the order of the claims' ids."""
    return tuple(row for claim in findings.claims for row in _rows(claim.id, findings))


def _rows(claim: str, findings: Findings) -> Iterator[Row]:
    found = [
        Mark(finding.subject, finding.norm, crossing)
        for finding in findings.findings
        if finding.claim == claim
        for crossing in crossings(finding)
    ]
    subjects, readings = [Published.name, *subjects_of(findings)], [*READINGS]
    found.sort(key=lambda mark: (subjects.index(mark.subject), readings.index(mark.norm)))
    for what in dict.fromkeys(mark.crossing.what for mark in found):
        marks = [mark for mark in found if mark.crossing.what == what]
        measured = tuple(mark for mark in marks if mark.subject != Published.name)
        yield Row(claim, what, _article(marks), measured)


def _article(marks: list[Mark]) -> float | None:
    """The article's own value: as the claim gives it, or as the published numbers have it."""
    given = [mark.crossing.article for mark in marks if mark.crossing.article is not None]
    own = [mark.crossing.estimate for mark in marks if mark.subject == Published.name]
    return next(iter([*given, *own]), None)
