"""What a run found, put together: each finding with what nulls of its model show of the claim."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from replication.base.norms import READINGS
from replication.judging.claims import Claim, ClaimRecord, records_of
from replication.judging.findings import ChanceFinding, Finding, completed
from replication.judging.rates import NullRate
from replication.judging.suite import Job, jobs_of
from replication.models.nulls import OF_THE_LENS

Found = Mapping[Job, Finding | ChanceFinding]
Key = tuple[str, str, str]
"""Claim, model and norm."""


def collected(
    found: Found, noise: Mapping[Key, float]
) -> tuple[tuple[ClaimRecord, ...], tuple[Finding, ...], tuple[ChanceFinding, ...]]:
    """The claims that were judged; the findings, each with the rates of its own model's nulls; and
    what was found on nulls. ``noise`` has the share of noise draws with the same outcome.
    """
    controls = tuple(one for one in found.values() if isinstance(one, ChanceFinding))
    rates = _rates(controls)
    claims = records_of(job.claim for job in found)
    definitional = {claim.id for claim in claims if claim.definitional}
    findings = tuple(
        completed(one, tuple(rates[one.key]), one.claim in definitional, noise.get(one.key))
        for one in found.values()
        if isinstance(one, Finding)
    )
    return claims, findings, controls


def has_all(
    found: Found, suite: Iterable[Claim], models: Iterable[str], out_of_reach: Collection[str]
) -> bool:
    """Whether each claim of a suite was judged on all models whose weights can be had, their nulls
    and the published numbers, under every norm; False of no claims.
    """
    asked = list(models)
    jobs = (job for claim in suite for job in jobs_of(claim, asked, READINGS))
    wanted = {job.id for job in jobs if job.subject not in out_of_reach}
    return bool(wanted) and wanted <= {job.id for job in found}


def _rates(controls: Iterable[ChanceFinding]) -> Mapping[Key, list[NullRate]]:
    """What nulls of each kind show of each claim."""
    rates: dict[Key, list[NullRate]] = defaultdict(list)
    for one in controls:
        rates[one.claim, one.model, one.norm].append(one.rate)
        # No lens is tuned to nulls: what they show with the usual one counts for it. A blind lens
        # is none for it, since tuning would see through it.
        if one.norm == "final" and one.rate.kind not in OF_THE_LENS:
            rates[one.claim, one.model, "tuned"].append(one.rate)
    return rates
