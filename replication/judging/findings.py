"""Findings: what became of claims, judged on one subject under one norm each.

What each verdict means is in ``replication.judging.rules``. "Replicated" is used as ACM's artifact
terminology (version 1.1) has it: another team, by its own code.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import model_validator

from replication.base.environment import Environment
from replication.base.norms import Norm
from replication.base.records import Record
from replication.judging.claims import Claim, ClaimRecord
from replication.judging.firmness import Firmness, firmness_of
from replication.judging.parts import Part, describe
from replication.judging.rates import NullRate
from replication.judging.readings import Readings
from replication.judging.rules import Verdict, all_hold, core_holds, verdict_of
from replication.models.nulls import NullKind
from replication.questions.question import Text
from replication.questions.subjects import Case
from replication.results.provenance import Provenance, SubjectKind
from replication.results.untestable import NotTestable

ClaimNorm = Literal["none", "final", "tuned", "either"]
"""``either``: the norm makes no difference, since the claim is on the last layer alone, which all
read alike, or on no lens at all."""


TOLD = 60
"""Characters of a claim's own text that are told of to whoever asked it of another."""


class Finding(Record):
    """A claim judged on one subject under one norm."""

    claim: str
    subject: str
    kind: SubjectKind
    model: str
    revision: str
    weights: str
    start_token: str
    norm: ClaimNorm
    verdict: Verdict
    holds: bool | None
    """Whether every part holds that bears on the verdict; None where not testable."""
    core_holds: bool | None
    """Whether every part of the core does."""
    measured: str
    """The parts in a line, or why the claim is not testable."""
    margin: float | None
    """Of the weakest part, in that part's unit; negative where it fails."""
    margin_unit: str | None
    parts: tuple[Part, ...]
    nulls: tuple[NullRate, ...] = ()
    """How often the core holds on the nulls of the same model, kind by kind."""
    firmness: Firmness | None = None
    """How far it is from turning; None where it is not testable."""
    known_negative: str | None = None
    """The reason given in ``claims/known_negatives.toml``, where the finding is listed there."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Names the finding: claim, subject and norm."""
        return self.claim, self.subject, self.norm

    @property
    def not_beaten(self) -> tuple[NullRate, ...]:
        """The kinds of null that show the core too."""
        return tuple(rate for rate in self.nulls if rate.beaten is False)

    @property
    def p_corrected(self) -> float | None:
        """The largest corrected p-value of its core; None where no part of that has one."""
        core = [part.spread for part in self.parts if part.weight == "core" and part.spread]
        return max((spread.p_corrected for spread in core), default=None)


class ChanceFinding(Record):
    """A claim judged on all nulls of one kind of a model under one norm."""

    claim: str
    model: str
    norm: ClaimNorm
    rate: NullRate
    subjects: tuple[str, ...]
    """The names of the nulls that it was judged on."""
    not_testable: str | None = None
    """Why the first of those cannot show it that cannot; None where all can."""
    known_negative: str | None = None


class OtherRun(Record):
    """A run of its own whose findings were taken in, on models that the rest is not on."""

    subjects: tuple[str, ...]
    environment: Environment
    readings: Readings | None


class Findings(Record):
    """The whole of ``claims.json``."""

    format: Literal[3] = 3
    environment: Environment
    complete: bool
    """False where a part of the claims was selected."""
    readings: Readings | None = None
    """By which readings and rules; None where the claims stand in no folder."""
    text: str | None = None
    """The text that all were judged on instead of the claims' own, where one was given."""
    reused: int = 0
    """How many answers were kept from earlier runs of the same code, and not measured in this."""
    rates_of: date | None = None
    """The day of the run that rates of nulls were taken from; None where all were measured here."""
    measured_by: str | None = None
    """The sha256 of the code, data and packages that answers depend on."""
    others: tuple[OtherRun, ...] = ()
    """Runs whose findings are among these, beside the one that the rest is of."""
    claims: tuple[ClaimRecord, ...]
    """All that were judged, in the order of their ids."""
    findings: tuple[Finding, ...]
    controls: tuple[ChanceFinding, ...]

    @model_validator(mode="after")
    def _claims_are_those_judged(self) -> "Findings":
        table = {claim.id for claim in self.claims}
        judged = {f.claim for f in self.findings} | {c.claim for c in self.controls}
        if table != judged:
            raise ValueError(
                f"claims {sorted(table)} and findings of {sorted(judged)}: expected the same"
            )
        return self

    def record(self, claim: str) -> ClaimRecord:
        """What is written down of a claim; ``KeyError`` where it was not judged."""
        return {record.id: record for record in self.claims}[claim]


def judge(claim: Claim, case: Case) -> Finding:
    """Judge a claim on one subject under one norm."""
    source = case.provenance(claim.questions[0])
    try:
        parts = tuple(claim.check(case))
    except NotTestable as error:
        return untestable(claim, source, case.norm, f"{error}{_own_text(claim, case)}")
    if not parts:
        raise ValueError(f"{claim.id} yields no part: a check that cannot fail is no check")
    return _finding(claim, source, case.norm, "; ".join(map(describe, parts)), parts)


def _own_text(claim: Claim, case: Case) -> str:
    """Of a claim asked of another text, what text to ask it of."""
    if not isinstance(case.instead, Text):
        return ""
    own = claim.questions[0].prompt
    told = own if len(own) <= TOLD else f"{own[:TOLD]}…"
    return f". Ask this of a text like the claim's own, {told!r}"


def untestable(claim: Claim, source: Provenance, norm: Norm, reason: str) -> Finding:
    """The finding of a claim that cannot be judged on a subject."""
    return _finding(claim, source, norm, reason, ())


def _finding(
    claim: Claim, source: Provenance, norm: Norm, measured: str, parts: tuple[Part, ...]
) -> Finding:
    weakest = min((p for p in parts if p.weight != "beside"), key=_strength, default=None)
    return Finding(
        claim=claim.id,
        subject=source.subject,
        kind=source.kind,
        model=source.model,
        revision=source.revision,
        weights=source.weights,
        start_token=source.start_token,
        norm=norm if claim.norm_matters else "either",
        verdict=verdict_of(parts, source.kind, definitional=claim.definitional),
        holds=all_hold(parts) if parts else None,
        core_holds=core_holds(parts) if parts else None,
        measured=measured,
        margin=weakest.margin if weakest else None,
        margin_unit=weakest.unit if weakest else None,
        parts=parts,
    )


def _strength(part: Part) -> tuple[bool, float]:
    # Failing parts first; within each, units differ, so margins are compared relative to bounds.
    return part.holds, part.margin / max(abs(part.bound), 1.0)


def chance(claim: Claim, kind: NullKind, model: str, cases: Iterable[Case]) -> ChanceFinding:
    """How often the core of a claim holds on nulls of a kind, which are all of one model and under
    one norm.
    """
    found = [judge(claim, case) for case in cases]
    silent = [finding.measured for finding in found if finding.core_holds is None]
    rate = NullRate(
        kind=kind,
        holds=sum(finding.core_holds is True for finding in found),
        not_testable=len(silent),
        draws=len(found),
    )
    return ChanceFinding(
        claim=claim.id,
        model=model,
        norm=found[0].norm,
        rate=rate,
        subjects=tuple(finding.subject for finding in found),
        not_testable=silent[0] if silent else None,
    )


def completed(
    finding: Finding, rates: tuple[NullRate, ...], definitional: bool, same: float | None
) -> Finding:
    """A finding with the rates of its model's nulls, the verdict that they leave it, and how firm
    it is; ``same`` is the share of noise draws with the same outcome.
    """
    shown = any(rate.beaten is False for rate in rates)
    verdict = verdict_of(
        finding.parts, finding.kind, definitional=definitional, shown_by_nulls=shown
    )
    firm = firmness_of(finding.parts, same)
    return finding.model_copy(update={"nulls": rates, "verdict": verdict, "firmness": firm})
