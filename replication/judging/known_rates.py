"""Rates of nulls that an earlier run measured by the same code, data, packages and readings.

Nulls take most of the time of a run, and the same code gives the same rates: they are taken from
the run that lies beside the claims (``replication.judging.committed``), and a sample is measured
again. What is to be published measures all.
"""

import random
from collections.abc import Iterable
from datetime import date

from replication.judging.findings import ChanceFinding, ClaimNorm, Findings
from replication.judging.readings import Readings
from replication.judging.suite import Job
from replication.models.nulls import NullKind

AGAIN = 100
"""One of so many known rates is measured again."""

Key = tuple[str, str, ClaimNorm, NullKind]


class StaleRate(Exception):
    """A kind of null is beaten in one of two runs of the same code and not in the other."""


class KnownRates:
    """The rates of runs that were made as one would be made today; without any, none are known."""

    def __init__(
        self, runs: Iterable[Findings], state: str, readings: Readings, seed: int | None = None
    ) -> None:
        same = [run for run in runs if run.measured_by == state and readings.same_as(run.readings)]
        self._known = {
            (one.claim, one.model, one.norm, one.rate.kind): one
            for run in same
            for one in run.controls
            if one.claim not in readings.asked_otherwise(run.readings)
        }
        self._days = [run.environment.made_on for run in same]
        self._seed = random.SystemRandom().randrange(2**32) if seed is None else seed
        self.taken = 0
        """How many were taken."""

    @property
    def day(self) -> date | None:
        """The day of the oldest run that rates were taken of; None where none were."""
        return min(self._days, default=None) if self.taken else None

    def has(self, job: Job) -> bool:
        """Whether the job's rate is known and not to be measured again."""
        key = _key(job)
        return key in self._known and random.Random(f"{self._seed} {key}").randrange(AGAIN) > 0

    def take(self, job: Job) -> ChanceFinding:
        """The known rate of a job."""
        self.taken += 1
        return self._known[_key(job)]

    def check(self, job: Job, found: ChanceFinding) -> None:
        """Hold a rate that was measured against the known one, if there is one: ``StaleRate`` where
        another verdict would follow. Another processor may move a single draw over a bound.
        """
        known = self._known.get(_key(job))
        if known and known.rate.beaten is not found.rate.beaten:
            raise StaleRate(
                f"{job.id}: {found.rate} is measured and {known.rate} was kept beside the claims, "
                "by the same code, weights and packages: judge all with --anew"
            )


def _key(job: Job) -> Key:
    assert job.null
    claim, _, norm = job.key
    return claim, job.subject, norm, job.null
