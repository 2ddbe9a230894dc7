"""What the page of one claim tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replication.articles.experiments import PublishedFigure
from replication.articles.slips import SLIPS, Slip
from replication.articles.sources import Level, Source, level_of, published_of, source_of
from replication.judging.comparisons import Part
from replication.judging.corrections import Key, corrected, key_of
from replication.judging.findings import ChanceFinding, Finding, Findings
from replication.judging.verdicts import rows_of
from replication.pages.report.charts import Chart, chart
from replication.pages.report.deviations import deviations
from replication.pages.report.figures import Shown, bears_on


@dataclass(frozen=True)
class Judged:
    """A finding, with what is worked out from it for a reader."""

    finding: Finding
    p_holm: float | None
    parts: tuple[tuple[Part, Chart | None], ...]
    """Each with its chart, where layers are looked at."""
    deviations: tuple[str, ...]
    """In what the check departs from the article's own experiment."""


@dataclass(frozen=True)
class ClaimPage:
    """A claim with all that is known of it."""

    id: str
    says: str
    definitional: bool
    level: Level
    source: Source | None
    published: tuple[PublishedFigure, ...]
    judged: tuple[Judged, ...]
    controls: tuple[ChanceFinding, ...]
    figures: tuple[Shown, ...]
    slips: tuple[Slip, ...]
    related: tuple[str, ...]
    """The same claim over many texts, or on the article's own."""

    @property
    def command(self) -> str:
        """What judges this claim alone. The bracket keeps claims out whose ids begin like it."""
        return f'pytest claims/ -k "{self.id}["'


def claim_pages(findings: Findings, figures: Sequence[Shown]) -> tuple[ClaimPage, ...]:
    """A page for every claim, in the order of their ids."""
    p_holm = corrected(findings.findings)
    rows = rows_of(findings)
    ids = {row.claim for row in rows}
    pages = []
    for row in rows:
        of_claim = [f for f in findings.findings if f.claim == row.claim]
        first = of_claim[0]
        pages.append(
            ClaimPage(
                id=row.claim,
                says=row.says,
                definitional=row.definitional,
                level=level_of(row.claim),
                source=source_of(row.claim, first.figures),
                published=published_of(first.figures),
                judged=tuple(judged(finding, p_holm) for finding in of_claim),
                controls=tuple(c for c in findings.controls if c.claim == row.claim),
                figures=tuple(shown for shown in figures if bears_on(shown, first)),
                slips=tuple(slip for slip in SLIPS if slip.claim == row.claim),
                related=tuple(sorted(related(row.claim) & ids)),
            )
        )
    return tuple(pages)


def judged(finding: Finding, p_holm: Mapping[Key, float]) -> Judged:
    """A finding with its corrected p-value, its charts and its deviations."""
    return Judged(
        finding=finding,
        p_holm=p_holm.get(key_of(finding)),
        parts=tuple((part, _chart(part)) for part in finding.parts),
        deviations=tuple(deviations(finding)),
    )


def _chart(part: Part) -> Chart | None:
    profile = part.spread.profile if part.spread else None
    return chart(profile) if profile else None


def related(claim: str) -> set[str]:
    """The ids under which the same question may be asked in another way."""
    if claim.endswith("-many"):
        return {claim.removesuffix("-many")}
    if claim.startswith("HS-Q1"):
        return {"HS-Q1", "HS-Q1-circuit", "HS-14", "HS-15"} - {claim}
    if claim == "HS-Q2":
        return {"HS-05", "HS-15"}
    return {f"{claim}-many", f"{claim}-apart", claim.removesuffix("-apart")} - {claim}
