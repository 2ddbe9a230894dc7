"""Turns every ``Claim`` of the test modules into tests, and writes what came out.

One test per claim, subject and norm; and on nulls one per claim, kind of null and norm, whose
result is on how many of them the claim holds. Findings listed in ``known_negatives.toml`` are
strict expected failures. What is judged and kept, and how, is ``replication.judging.runner``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from replication.base import devices
from replication.base.norms import READINGS
from replication.judging.claims import Claim
from replication.judging.committed import runs
from replication.judging.findings import ChanceFinding, Finding
from replication.judging.firmness import shares_under_noise
from replication.judging.freeze import readings
from replication.judging.known_rates import KnownRates
from replication.judging.negatives import Negative, negative, read
from replication.judging.readings import day
from replication.judging.runner import NO_WEIGHTS, Runner
from replication.judging.saving import check_writable, write
from replication.judging.suite import Job, claims_in
from replication.judging.verdicts import as_text
from replication.models.nulls import KINDS
from replication.models.registry import DEFAULT_MODEL
from replication.questions.kept import code_state, kept
from replication.questions.question import Text
from replication.questions.subjects import FreshSets, told

FOLDER = Path(__file__).parent
RUNNER = pytest.StashKey[Runner]()
SUITE = pytest.StashKey[tuple[Claim, ...]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the claims."""
    group = parser.getgroup("claims")
    group.addoption(
        "--subject",
        action="append",
        default=[],
        metavar="NAME",
        help="judge this model too, beside the published numbers and "
        f"{DEFAULT_MODEL} (repeatable; see `replicate models`)",
    )
    group.addoption(
        "--norm",
        action="append",
        choices=READINGS,
        help="judge under this norm only (repeatable; default: all, on controls without tuned)",
    )
    group.addoption(
        "--claims-json",
        type=Path,
        default=Path("build/claims.json"),
        help="where findings go; those of a part of the claims go to NAME-partial.json beside it",
    )
    group.addoption(
        "--prompt",
        metavar="TEXT",
        help="judge the claims that are on one text on this one instead, on models only",
    )
    group.addoption(
        "--fresh",
        action="store_true",
        help="judge the claims that are on sets on the fresh ones, on models only",
    )
    group.addoption(
        "--nulls",
        type=lambda kinds: [] if kinds in ("", "none") else kinds.split(","),
        default=KINDS,
        metavar="KINDS",
        help="judge on these kinds of null only, or on none (default: all: %(default)s)",
    )
    group.addoption(
        "--anew",
        action="store_true",
        help="measure everything, and take nothing that was kept from earlier runs of the same "
        "code, weights and texts, as for what is to be published (also: $REPLICATE_ANEW)",
    )
    group.addoption(
        "--device",
        metavar="NAME",
        help="where networks compute: cpu, or cuda on a GPU (default: cpu; also: "
        f"${devices.VARIABLE})",
    )
    group.addoption("--continuation", default="", metavar="TEXT", help="what follows the prompt")
    group.addoption(
        "--processes",
        type=int,
        help="the most nulls to measure at once (default: as many as there are cores "
        "and as fit into memory)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; an unknown model ends the run before anything is collected."""
    models = [DEFAULT_MODEL, *config.getoption("--subject")]
    norms = config.getoption("--norm") or READINGS
    try:
        devices.use(config.getoption("--device") or devices.chosen())
        known = read(FOLDER / "known_negatives.toml")
        text = text_of_your_own(config.getoption("--prompt"), config.getoption("--continuation"))
        if text and config.getoption("--fresh"):
            raise ValueError("--prompt and --fresh are both given: choose one")
        instead = FreshSets() if config.getoption("--fresh") else text
        processes = config.getoption("--processes")
        nulls = config.getoption("--nulls")
        answers, rates = (None, None) if config.getoption("--anew") else (kept(), rates_of_nulls())
        runner = Runner(models, norms, known, processes, instead, nulls, answers, rates)
        config.stash[RUNNER] = runner
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error


def rates_of_nulls() -> KnownRates:
    """The rates of the runs beside the claims."""
    return KnownRates(runs(FOLDER / "runs"), code_state(), readings(FOLDER))


def text_of_your_own(prompt: str | None, continuation: str) -> Text | None:
    """The text to judge on instead of the claims' own; ``ValueError`` for one without a prompt."""
    if prompt is None and not continuation:
        return None
    if not prompt:
        raise ValueError("--prompt is missing or empty: expected the text to judge on")
    return Text(prompt, continuation)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, obj: object) -> "list[pytest.Item] | None":
    """A claim in a test module stands for its tests."""
    if not isinstance(obj, Claim):
        return None
    return list(tests_of(obj, collector))


def tests_of(claim: Claim, parent: Any) -> Iterator[pytest.Item]:
    """A test for each job of a claim; an expected failure where it is a known negative."""
    runner = parent.config.stash[RUNNER]
    for job in runner.add(claim):
        item = JobTest.from_parent(parent, name=job.id)
        item.job, item.runner = job, runner
        item.add_marker(pytest.mark.claim)
        if listed := runner.known.get(job.key):
            expected = pytest.mark.xfail(strict=True, raises=FindingFailed, reason=listed.reason)
            item.add_marker(expected)
        yield item


class FindingFailed(Exception):
    """The finding does not hold on this subject."""


class StaleNegative(Exception):
    """The finding does not hold, and not as ``known_negatives.toml`` has it."""


class JobTest(pytest.Item):
    """A claim on one subject, or on the nulls of one kind of a model, under one norm."""

    job: Job
    runner: Runner

    def runtest(self) -> None:
        """Judge, and fail if the finding does not hold."""
        found = self.runner.judge(self.job)
        if fault := self.runner.out_of_reach.get(self.job.subject):
            pytest.skip(f"not_testable: {NO_WEIGHTS}: {self.job.subject}: {fault}")
        if isinstance(found, Finding) and found.holds is None:
            pytest.skip(f"not_testable: {found.measured}")
        if isinstance(found, ChanceFinding):
            self.check_rate(found)
        elif found and (now := negative(found)):
            self.check_negative(found, now)

    def check_rate(self, found: ChanceFinding) -> None:
        """Nulls that show a claim too are told of by its verdict; what follows by definition has to
        hold on all of them.
        """
        if not found.rate.testable:
            pytest.skip(f"not_testable: {found.not_testable}")
        if self.job.claim.definitional and not found.rate.by_construction:
            raise FindingFailed(f"{self.job.claim.says}\n  by definition, but {found.rate}")

    def check_negative(self, found: Finding, now: Negative) -> None:
        """A finding that does not hold has to be listed as it is."""
        listed = self.runner.known.get(self.job.key)
        if listed and (fault := listed.fault(now)):
            raise StaleNegative(fault)
        advice = (
            f"Judged on {told(self.runner.instead)!r}, which is not the claim's own text."
            if self.runner.instead
            else "If this is a result, list it with `replicate negatives --write` after a full "
            "run, and write its reason there."
        )
        raise FindingFailed(f"{self.job.claim.says}\n  measured: {found.measured}\n{advice}")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Findings speak for themselves; only errors need a traceback."""
        if isinstance(excinfo.value, FindingFailed | StaleNegative):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the claim stands."""
        return self.path, self.job.claim.check.__code__.co_firstlineno - 1, self.name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Subject by subject, so that each trained model is in memory once; other tests come first."""
    runner = config.stash[RUNNER]
    items.sort(key=lambda i: runner.place(i.job) if isinstance(i, JobTest) else (False, -2, -1))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Try the file, so that an unwritable one costs no run; start the controls."""
    if session.config.option.collectonly or session.testsfailed:
        return
    try:
        session.config.stash[SUITE] = claims_in(FOLDER)
        check_writable(session.config.getoption("--claims-json"))
    except (ValueError, OSError) as error:
        raise pytest.UsageError(str(error)) from error
    session.config.stash[RUNNER].start(i.job for i in session.items if isinstance(i, JobTest))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no control running on after a run that was cut short."""
    session.config.stash[RUNNER].stop()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write what was found and print the verdict table."""
    runner = config.stash[RUNNER]
    if not runner.found:
        return
    suite: tuple[Claim, ...] = config.stash.get(SUITE, ())
    read_by = readings(FOLDER)
    noise = shares_under_noise(FOLDER, read_by)
    findings = runner.findings(suite, read_by, noise)
    path = write(findings, config.getoption("--claims-json"))
    terminalreporter.section("verdicts")
    terminalreporter.write(as_text(findings))
    for name in runner.out_of_reach:
        number = sum(finding.subject == name for finding in findings.findings)
        terminalreporter.write_line(f"{name}: {number} findings not_testable: {NO_WEIGHTS}")
    if runner.instead:
        terminalreporter.write_line(f"judged on {findings.text!r}")
    if findings.reused:
        terminalreporter.write_line(
            f"{findings.reused} answers were kept from earlier runs of the same code: --anew "
            "measures all"
        )
    if findings.rates_of:
        terminalreporter.write_line(
            f"rates of nulls are those of claims/runs, measured by the same code on "
            f"{day(findings.rates_of)}: --anew measures all"
        )
    part = "" if findings.complete else " (a part of the claims)"
    terminalreporter.write_line(f"written to {path}{part}")
