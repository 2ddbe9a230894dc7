"""Claims, and what became of them: the vocabulary in which findings are judged and written down.

A claim is a sentence of an article with a check. The check looks at one ``Case`` and yields
``Part`` s: comparisons with a measured value and a bound, each of which can fail. What comes out
for one subject under one norm is a ``Finding``.

Verdicts: ``replicated`` if every part holds, ``partially`` if some do, ``not_replicated`` if none
does, ``not_testable`` if the subject cannot show it. "Replicated" is used as ACM's artifact
terminology (version 1.1) has it: another team, by its own code.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from replication.base.environment import Environment
from replication.base.norms import Norm
from replication.base.records import Record
from replication.judging.comparisons import Part, describe
from replication.questions.question import Question
from replication.questions.subjects import Case
from replication.results.provenance import Provenance, SubjectKind
from replication.results.untestable import NotTestable

Verdict = Literal["replicated", "partially", "not_replicated", "not_testable"]
ClaimNorm = Literal["none", "final", "either"]
"""``either``: the norm makes no difference, since the claim is on the last layer alone, which both
read alike, or on no lens at all."""


Check = Callable[[Case], Iterable[Part]]


@dataclass(frozen=True)
class Claim:
    """A sentence of an article, and the check that stands for it."""

    id: str
    says: str
    figures: tuple[str, ...]
    """Ids of the published figures that it speaks of; none where nothing was published."""
    check: Check
    norm_matters: bool
    """False where only the last layer is looked at."""
    definitional: bool
    """True where the claim follows from how the experiment is made."""
    published_only: bool
    """True where the claim is about the published material itself."""
    questions: tuple[Question[Any], ...]
    """What the check asks; a figure that bears on the claim asks the same."""

    def norms(self, asked: Sequence[Norm]) -> Sequence[Norm]:
        """Of the norms asked for, those under which the claim is to be judged."""
        return asked if self.norm_matters else asked[:1]


def claim(
    id: str,
    *questions: Question[Any],
    norm_matters: bool = True,
    definitional: bool = False,
    published_only: bool = False,
) -> Callable[[Check], Claim]:
    """Make a claim of a check; the check's docstring is what the claim says."""

    def register(check: Check) -> Claim:
        says = " ".join((check.__doc__ or "").split())
        figures = tuple(dict.fromkeys(q.published for q in questions if q.published))
        return Claim(
            id, says, figures, check, norm_matters, definitional, published_only, questions
        )

    return register


class ChanceRate(Record):
    """On how many untrained controls a claim holds."""

    holds: int
    not_testable: int
    controls: int

    @property
    def rate(self) -> float:
        """The share of all controls on which the claim holds."""
        return self.holds / self.controls


class Finding(Record):
    """A claim judged on one subject under one norm."""

    claim: str
    says: str
    figures: tuple[str, ...]
    definitional: bool
    subject: str
    kind: SubjectKind
    model: str
    revision: str
    weights: str
    start_token: str
    norm: ClaimNorm
    verdict: Verdict
    holds: bool | None
    """Whether every part holds; None where not testable."""
    measured: str
    """The parts in a line, or why the claim is not testable."""
    margin: float | None
    """Of the weakest part, in that part's unit; negative where it fails."""
    margin_unit: str | None
    parts: tuple[Part, ...]
    chance: ChanceRate | None = None
    """How often the claim holds on untrained controls of the same architecture."""
    known_negative: str | None = None
    """The reason given in ``claims/known_negatives.toml``, where the finding is listed there."""


class ChanceFinding(Record):
    """A claim judged on all untrained controls of one model under one norm."""

    claim: str
    model: str
    norm: ClaimNorm
    seeds: tuple[int, ...]
    chance: ChanceRate
    definitional: bool
    known_negative: str | None = None


class Findings(Record):
    """The whole of ``claims.json``."""

    format: Literal[1] = 1
    environment: Environment
    complete: bool
    """False where a part of the claims was selected."""
    findings: tuple[Finding, ...]
    controls: tuple[ChanceFinding, ...]


def judge(claim: Claim, case: Case) -> Finding:
    """Judge a claim on one subject under one norm."""
    source = case.provenance(claim.questions[0])
    try:
        parts = tuple(claim.check(case))
    except NotTestable as error:
        return untestable(claim, source, case.norm, str(error))
    if not parts:
        raise ValueError(f"{claim.id} yields no part: a check that cannot fail is no check")
    return _finding(claim, source, case.norm, "; ".join(map(describe, parts)), parts)


def untestable(claim: Claim, source: Provenance, norm: Norm, reason: str) -> Finding:
    """The finding of a claim that cannot be judged on a subject."""
    return _finding(claim, source, norm, reason, ())


def _finding(
    claim: Claim, source: Provenance, norm: Norm, measured: str, parts: tuple[Part, ...]
) -> Finding:
    weakest = min(parts, key=_strength, default=None)
    return Finding(
        claim=claim.id,
        says=claim.says,
        figures=claim.figures,
        definitional=claim.definitional,
        subject=source.subject,
        kind=source.kind,
        model=source.model,
        revision=source.revision,
        weights=source.weights,
        start_token=source.start_token,
        norm=norm if claim.norm_matters else "either",
        verdict=verdict_of(parts),
        holds=all(part.holds for part in parts) if parts else None,
        measured=measured,
        margin=weakest.margin if weakest else None,
        margin_unit=weakest.unit if weakest else None,
        parts=parts,
    )


def verdict_of(parts: tuple[Part, ...]) -> Verdict:
    """The verdict that the parts of a finding add up to."""
    if not parts:
        return "not_testable"
    if all(part.holds for part in parts):
        return "replicated"
    return "partially" if any(part.holds for part in parts) else "not_replicated"


def _strength(part: Part) -> tuple[bool, float]:
    # Failing parts first; within each, units differ, so margins are compared relative to bounds.
    return part.holds, part.margin / max(abs(part.bound), 1.0)


def chance(claim: Claim, cases: Iterable[Case]) -> ChanceRate:
    """How often a claim holds on untrained controls."""
    findings = [judge(claim, case) for case in cases]
    return ChanceRate(
        holds=sum(finding.holds is True for finding in findings),
        not_testable=sum(finding.holds is None for finding in findings),
        controls=len(findings),
    )
