"""Judges claims on subjects, and keeps what comes out.

A ``Runner`` is told which claims there are and turns each into jobs: the claim on one subject under
one norm, or on the nulls of one kind of a model. Whoever runs it (``claims/conftest.py`` under
pytest, or a loop of two lines) calls ``start`` with the jobs it will judge and ``judge`` with each,
best sorted by ``place``.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from replication.base.environment import environment
from replication.base.norms import NORMS, READINGS, Norm
from replication.judging.claims import Claim
from replication.judging.collected import collected, has_all
from replication.judging.findings import (
    ChanceFinding,
    Finding,
    Findings,
    chance,
    judge,
    untestable,
)
from replication.judging.known_rates import KnownRates
from replication.judging.negatives import Known
from replication.judging.reach import Reach
from replication.judging.readings import Readings
from replication.judging.suite import Job, can_be_read_on, jobs_of, names_of_nulls
from replication.models import weights
from replication.models.nulls import KINDS, WITHOUT_NETWORK, NullKind
from replication.models.registry import DEFAULT_MODEL, find, provenance
from replication.questions.controls import Controls
from replication.questions.kept import Kept, code_state
from replication.questions.measured import Wanted, subject
from replication.questions.subjects import (
    Case,
    Instead,
    Published,
    Subject,
    put_instead,
    told,
)

NO_WEIGHTS = "weights not available"


class Runner:
    """One run: of these models beside the published numbers, under these norms.

    ``ValueError`` for an unknown model or kind of null. ``processes`` limits how many nulls are
    measured at once. With a text of your own ``instead``, the claims that are on one text are
    judged on it; with ``FreshSets`` those that are on sets. Answers that are ``kept``
    are taken, and the others kept there; without it all are measured. ``rates`` of nulls that are
    known are taken too.
    """

    def __init__(
        self,
        models: Iterable[str] = (DEFAULT_MODEL,),
        norms: Sequence[Norm] = READINGS,
        known: Known | None = None,
        processes: int | None = None,
        instead: Instead | None = None,
        nulls: Collection[NullKind] = KINDS,
        kept: Kept | None = None,
        rates: KnownRates | None = None,
    ) -> None:
        self.models = [name for name in dict.fromkeys(models) if name != Published.name]
        for name in self.models:
            find(name)
        if unknown := set(nulls) - set(KINDS):
            raise ValueError(f"unknown null {min(unknown)!r}: expected some of {', '.join(KINDS)}")
        self.norms = norms
        self.known = {} if instead else known or {}
        self.instead = instead
        self.nulls = nulls
        self.kept = kept
        self.rates = None if instead else rates
        self.reused: dict[str, int] = {}
        """How many answers of each subject were kept from earlier runs."""
        self.jobs: list[Job] = []
        self.found: dict[Job, Finding | ChanceFinding] = {}
        self._reach = Reach()
        self._processes = processes
        self._controls: Controls | None = None
        self._subject: Subject | None = None

    @property
    def out_of_reach(self) -> Mapping[str, str]:
        """Why the weights of some models cannot be had."""
        return self._reach.out_of_reach

    def add(self, claim: Claim) -> list[Job]:
        """A claim of this run; its jobs, of which there are none where a text of your own is to be
        read and the claim is not on one text.
        """
        every = jobs_of(claim, self.models, self.norms)
        jobs = [job for job in every if job.null is None or job.null in self.nulls]
        if self.instead:
            fits = can_be_read_on(claim, self.instead)
            jobs = [job for job in jobs if job.subject != Published.name and fits]
        self.jobs += jobs
        return jobs

    def place(self, job: Job) -> tuple[bool, int, int]:
        """Sorts jobs: subject by subject, so that each trained model is in memory for its own jobs
        only; then the controls, which are measured meanwhile.
        """
        published = job.subject == Published.name
        order = KINDS.index(job.null) if job.null else -1
        return bool(job.null), -1 if published else self.models.index(job.subject), order

    def start(self, jobs: Iterable[Job]) -> Controls:
        """Get ready for these jobs: nulls begin to measure what they ask."""
        import torch

        # Beside other processes two threads wait for each other longer than they save; and one
        # thread gives the same numbers as in the figures, down to ranks in the ten thousands.
        torch.set_num_threads(1)
        asked: dict[str, dict[Wanted, None]] = defaultdict(dict)
        for job in sorted(jobs, key=self.place):
            if job.subject == Published.name or job.null in WITHOUT_NETWORK or self._knows(job):
                continue
            with suppress(weights.WeightsError):  # the jobs on them will tell
                self._reach.fetch(job.subject)
                null = job.null and names_of_nulls(job.claim, job.subject, job.null)
                for name in null or [job.subject]:
                    asked[name] |= {
                        (job.norm, put_instead(q, self.instead).under(self._beside(job))): None
                        for q in job.claim.questions
                    }
        models = {name: list(asked.pop(name)) for name in self.models if name in asked}
        wants = {name: list(each) for name, each in asked.items()}
        self._controls = Controls(wants, self._processes, self.kept)
        self._controls.start(asked)
        if self.kept and not asked:  # else the other cores are at work already
            for name, wanted in models.items():
                self._controls.ahead(name, wanted)
        return self._controls

    def judge(self, job: Job) -> Finding | ChanceFinding | None:
        """Judge, and keep what came out.

        Where a model's weights cannot be had, findings are not testable and there are no controls
        (None); but those of the default model, which everyone can have, raise ``WeightsError``.
        """
        try:
            found = self._chance(job, job.null) if job.null else self._finding(job)
        except weights.WeightsError:
            if job.subject == DEFAULT_MODEL:
                raise
            if job.null:
                return None
            source = provenance(job.subject, *find(job.subject), "", job.norm)
            found = untestable(job.claim, source, job.norm, NO_WEIGHTS)
        listed = self.known.get(job.key)
        self.found[job] = found.model_copy(update={"known_negative": listed and listed.reason})
        return self.found[job]

    def findings(
        self,
        suite: Iterable[Claim] = (),
        readings: Readings | None = None,
        noise: Mapping[tuple[str, str, str], float] = MappingProxyType({}),
    ) -> Findings:
        """All that was found, see ``collected``; complete if it has all of ``suite``, which are all
        claims that there are, on all models of this run, the default among them.
        """
        found = {job: self.found[job] for job in self.jobs if job in self.found}
        asked = set(self.models) | {DEFAULT_MODEL}
        claims, findings, controls = collected(found, noise)
        return Findings(
            environment=environment(),
            complete=not self.instead and has_all(found, suite, asked, self.out_of_reach),
            readings=readings,
            text=told(self.instead) if self.instead else None,
            measured_by=code_state(),
            reused=sum(self.reused.values()),
            rates_of=self.rates.day if self.rates else None,
            claims=claims,
            findings=findings,
            controls=controls,
        )

    def stop(self) -> None:
        """Begin no further control."""
        if self._controls:
            self._controls.stop()

    def _finding(self, job: Job) -> Finding:
        if self._subject is None or self._subject.name != job.subject:
            self._subject = None  # one network at a time in memory
            if job.subject != Published.name:
                self._reach.fetch(job.subject)
            self._subject = subject(job.subject, self.kept)
        case = Case(self._subject, job.norm, self.instead, tuple(self._beside(job)))
        found = judge(job.claim, case)
        self._count(self._subject)
        return found

    def _beside(self, job: Job) -> Sequence[Norm]:
        """The norms under which this run judges the claim on the subject."""
        return [norm for norm in self.norms if norm in NORMS or not job.null]

    def _count(self, asked: Subject) -> None:
        self.reused[asked.name] = getattr(asked, "reused", 0)

    def _knows(self, job: Job) -> bool:
        return bool(job.null and self.rates and self.rates.has(job))

    def _chance(self, job: Job, kind: NullKind) -> ChanceFinding:
        self._subject = None
        if self.rates and self.rates.has(job):
            return self.rates.take(job)
        self._reach.fetch(job.subject)
        asked = self._controls or self.start(self.jobs)
        ask: Callable[[str], Subject] = subject if kind in WITHOUT_NETWORK else asked.result
        nulls = [ask(name) for name in names_of_nulls(job.claim, job.subject, kind)]
        for null in nulls:
            self._count(null)
        cases = (Case(null, job.norm, self.instead) for null in nulls)
        found = chance(job.claim, kind, job.subject, cases)
        if self.rates:
            self.rates.check(job, found)
        return found
