"""What the page of one claim tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.articles.experiments import PublishedFigure
from replication.articles.slips import SLIPS, Slip
from replication.articles.sources import published_of
from replication.judging.claims import ClaimRecord
from replication.judging.findings import ChanceFinding, ClaimNorm, Finding, Findings
from replication.judging.parts import Part, Weight
from replication.judging.rates import NullRate
from replication.pages.report.charts import Chart, chart
from replication.pages.report.depths import Depths, depths
from replication.pages.report.deviations import deviations
from replication.pages.report.figures import DrawnFigure
from replication.pages.report.firm import rests_on
from replication.pages.report.runs import Run, run_of

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
    run: Run | None
    """The run of its own that it is of, where it was taken in."""
    crossed: tuple[str, ...]
    """What the texts' clusters are, where they are of two kinds."""

    @property
    def by_weight(self) -> tuple[tuple[str, tuple[Part, ...]], ...]:
        """The parts of each weight, the core first, under what the weight means."""
        found = ((WEIGHTS[w], tuple(p for p, _ in self.parts if p.weight == w)) for w in WEIGHTS)
        return tuple((meaning, parts) for meaning, parts in found if parts)

    @property
    def shares(self) -> tuple[tuple[Part, Chart | None, tuple[tuple[str, str], ...]], ...]:
        """The parts that are shares over many texts, with their charts and what they rest on."""
        return tuple(
            (part, drawn, tuple(rests_on(part.spread, self.crossed)))
            for part, drawn in self.parts
            if part.spread
        )

    def nulls(self, beaten: bool | None) -> tuple[NullRate, ...]:
        """The kinds of null that do not show it, that show it too, or (None) that cannot."""
        return tuple(rate for rate in self.finding.nulls if rate.beaten is beaten)


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
    def null_columns(self) -> tuple[tuple[str, ClaimNorm], ...]:
        """The models and norms of its nulls."""
        return tuple(dict.fromkeys((one.model, one.norm) for one in self.controls))

    @property
    def null_rows(self) -> tuple[tuple[str, tuple[ChanceFinding | None, ...]], ...]:
        """For each kind of null what was found on it, under each of ``null_columns``."""
        found = {(one.rate.kind, one.model, one.norm): one for one in self.controls}
        kinds = dict.fromkeys(one.rate.kind for one in self.controls)
        return tuple(
            (kind, tuple(found.get((kind, *column)) for column in self.null_columns))
            for kind in kinds
        )

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
                judged(claim, finding, run_of(findings, finding.subject))
                for finding in findings.findings
                if finding.claim == claim.id
            ),
            controls=tuple(c for c in findings.controls if c.claim == claim.id),
            figures=tuple(drawn for drawn in figures if drawn.bears_on(claim)),
            slips=tuple(slip for slip in SLIPS if slip.claim == claim.id),
            depths=depths(findings, claim.id),
        )
        for claim in findings.claims
    )


def judged(claim: ClaimRecord, finding: Finding, run: Run | None = None) -> Judged:
    """A finding with its charts and its deviations, and the run that it was taken in from."""
    return Judged(
        finding=finding,
        parts=tuple((part, _chart(part)) for part in finding.parts),
        deviations=tuple(deviations(claim, finding)),
        run=run,
        crossed=claim.crossed,
    )


def _chart(part: Part) -> Chart | None:
    profile = part.spread.profile if part.spread else None
    return chart(profile) if profile else None
