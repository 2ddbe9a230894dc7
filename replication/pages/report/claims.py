"""What the page of one claim tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.articles.experiments import PublishedFigure
from replication.articles.slips import SLIPS, Slip
from replication.articles.sources import published_of
from replication.judging.claims import ClaimRecord
from replication.judging.comparisons import Part, Weight
from replication.judging.findings import ChanceFinding, Finding, Findings
from replication.pages.report.charts import Chart, chart
from replication.pages.report.depths import Depths, depths
from replication.pages.report.deviations import deviations
from replication.pages.report.figures import DrawnFigure

WEIGHTS: dict[Weight, str] = {
    "core": "Core: what the sentence asserts",
    "further": "Further: what the sentence adds",
    "beside": "Beside: shown, and of no weight in the verdict",
}
"""What each weight means for a reader, in the order in which parts are shown."""


@dataclass(frozen=True)
class Judged:
    """A finding, with what is worked out from it for a reader."""

    finding: Finding
    parts: tuple[tuple[Part, Chart | None], ...]
    """Each with its chart, where layers are looked at."""
    deviations: tuple[str, ...]
    """In what the check departs from the article's own experiment."""

    @property
    def by_weight(self) -> tuple[tuple[str, tuple[Part, ...]], ...]:
        """The parts of each weight, the core first, under what the weight means."""
        found = ((WEIGHTS[w], tuple(p for p, _ in self.parts if p.weight == w)) for w in WEIGHTS)
        return tuple((meaning, parts) for meaning, parts in found if parts)


@dataclass(frozen=True)
class ClaimPage:
    """A claim with all that is known of it."""

    record: ClaimRecord
    published: tuple[PublishedFigure, ...]
    judged: tuple[Judged, ...]
    controls: tuple[ChanceFinding, ...]
    figures: tuple[DrawnFigure, ...]
    slips: tuple[Slip, ...]
    depths: Depths | None
    """The picture of what crosses, where something does."""

    @property
    def address(self) -> str:
        """Within the report."""
        return f"claims/{self.record.id}.html"

    @property
    def command(self) -> str:
        """What judges this claim alone. The bracket keeps claims out whose ids begin like it."""
        return f'pytest claims/ -k "{self.record.id}["'


def claim_pages(findings: Findings, figures: Sequence[DrawnFigure]) -> tuple[ClaimPage, ...]:
    """A page for every claim, in the order of their ids."""
    return tuple(
        ClaimPage(
            record=claim,
            published=published_of(claim.figures),
            judged=tuple(
                judged(claim, finding) for finding in findings.findings if finding.claim == claim.id
            ),
            controls=tuple(c for c in findings.controls if c.claim == claim.id),
            figures=tuple(drawn for drawn in figures if drawn.bears_on(claim)),
            slips=tuple(slip for slip in SLIPS if slip.claim == claim.id),
            depths=depths(findings, claim.id),
        )
        for claim in findings.claims
    )


def judged(claim: ClaimRecord, finding: Finding) -> Judged:
    """A finding with its charts and its deviations."""
    return Judged(
        finding=finding,
        parts=tuple((part, _chart(part)) for part in finding.parts),
        deviations=tuple(deviations(claim, finding)),
    )


def _chart(part: Part) -> Chart | None:
    profile = part.spread.profile if part.spread else None
    return chart(profile) if profile else None
