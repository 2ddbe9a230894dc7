"""Turns every ``Claim`` of the test modules into tests, and writes what came out.

One test per claim, subject and norm; on untrained controls one per claim and norm, whose result is
the claim's chance rate. Findings listed in ``known_negatives.toml`` are strict expected failures.
"""

import math
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from replication.articles.thresholds import MOST_CONTROLS
from replication.base.environment import environment
from replication.base.files import write_whole
from replication.base.norms import NORMS, Norm
from replication.judging.claims import Claim, records_of
from replication.judging.findings import (
    ChanceFinding,
    Finding,
    Findings,
    chance,
    judge,
    untestable,
)
from replication.judging.verdicts import as_text
from replication.models import weights
from replication.models.registry import CONTROL_SEEDS, DEFAULT_MODEL, control_name, find, provenance
from replication.questions.controls import Controls
from replication.questions.measured import subject
from replication.questions.subjects import Case, Published, Subject

WITHOUT_WEIGHTS = "not_testable: weights not available"
KNOWN_NEGATIVES = Path(__file__).with_name("known_negatives.toml")


@dataclass
class Run:
    """What one run of pytest was asked for, and what it has found."""

    models: list[str]
    norms: list[Norm]
    claims: list[Claim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    controls_found: list[ChanceFinding] = field(default_factory=list)
    complete: bool = True
    subjects: dict[str, Subject] = field(default_factory=dict)
    out_of_reach: dict[str, str] = field(default_factory=dict)
    """Why the weights of some models cannot be had."""
    controls: dict[str, Controls] = field(default_factory=dict)

    def subject(self, name: str) -> Subject:
        """A subject, made once; ``WeightsError`` where its weights cannot be had."""
        if name not in self.subjects:
            if name != Published.name:
                self.fetch(name)
            self.subjects[name] = subject(name)
        return self.subjects[name]

    def fetch(self, name: str) -> None:
        """Have a model's weights ready; where they cannot be had, this is tried once."""
        if name in self.out_of_reach:
            raise weights.WeightsError(self.out_of_reach[name])
        try:
            weights.fetch(find(name)[0])
        except weights.WeightsError as error:
            self.out_of_reach[name] = str(error)
            raise

    def start_controls(self, model: str) -> Controls:
        """The untrained controls of a model, being asked all that the claims ask, once."""
        if model not in self.controls:
            self.fetch(model)
            asked = {
                (norm, question): None
                for claim in self.claims
                if not claim.published_only
                for norm in claim.norms(self.norms)
                for question in claim.questions
            }
            names = [control_name(model, seed) for seed in CONTROL_SEEDS]
            self.controls[model] = Controls(names, list(asked))
        return self.controls[model]


RUN = pytest.StashKey[Run]()


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
        "--norm", action="append", choices=NORMS, help="judge under this norm only (default: both)"
    )
    group.addoption(
        "--claims-json", type=Path, default=Path("build/claims.json"), help="where findings go"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; an unknown model ends the run before anything is collected."""
    models = list(dict.fromkeys([DEFAULT_MODEL, *config.getoption("--subject")]))
    models = [name for name in models if name != Published.name]
    try:
        for name in models:
            find(name)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[RUN] = Run(models, config.getoption("--norm") or list(NORMS))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, obj: object) -> "list[pytest.Item] | None":
    """A claim in a test module stands for its tests."""
    if not isinstance(obj, Claim):
        return None
    run = collector.config.stash[RUN]
    run.claims.append(obj)
    return list(tests_of(obj, run, collector))


def tests_of(claim: Claim, run: Run, parent: Any) -> Iterator[pytest.Item]:
    """The tests of a claim: on the published numbers, on each model, on its controls."""
    if claim.figures and ("none" in run.norms or not claim.norm_matters):
        yield FindingTest.made(parent, claim, Published.name, "none")
    if claim.published_only:
        return
    for norm in claim.norms(run.norms):
        for model in run.models:
            yield FindingTest.made(parent, claim, model, norm)
            if find(model)[1] is None:
                yield ChanceTest.made(parent, claim, model, norm)


class FindingFailed(Exception):
    """The finding does not hold on this subject."""


class StaleNegative(Exception):
    """The finding does not hold, and not as ``known_negatives.toml`` has it."""


class ClaimTest(pytest.Item):
    """A claim on one subject under one norm."""

    claim: Claim
    subject: str
    norm: Norm
    prefix = ""

    @classmethod
    def made(cls, parent: Any, claim: Claim, subject: str, norm: Norm) -> "ClaimTest":
        """A test with its mark, and with its expected failure if it is a known negative."""
        shown = norm if claim.norm_matters else "either"
        item = cls.from_parent(parent, name=f"{claim.id}[{cls.prefix}{subject}-{shown}]")
        item.claim, item.subject, item.norm = claim, subject, norm
        item.add_marker(pytest.mark.claim)
        if item.negative:
            reason = item.negative["reason"]
            item.add_marker(pytest.mark.xfail(strict=True, raises=FindingFailed, reason=reason))
        return item

    @property
    def shown_norm(self) -> str:
        """The norm as known negatives name it."""
        return self.norm if self.claim.norm_matters else "either"

    @property
    def negative(self) -> dict[str, str] | None:
        """The entry of this finding among the known negatives, if there is one."""
        return known_negatives().get((self.claim.id, self.prefix + self.subject, self.shown_norm))

    @contextmanager
    def weights_at_hand(self) -> Iterator[Run]:
        """The run; skips where the weights cannot be had, but for those everyone can have."""
        try:
            yield self.config.stash[RUN]
        except weights.WeightsError as error:
            if self.subject == DEFAULT_MODEL:
                raise
            self.not_at_hand()
            pytest.skip(f"{WITHOUT_WEIGHTS}: {self.subject}: {error}")

    def not_at_hand(self) -> None:
        """Keep what is to be kept where the weights cannot be had."""

    def fail(self, measured: str) -> None:
        """Report a finding that does not hold, as expected or not."""
        if self.negative and not same_numbers(self.negative["measured"], measured):
            raise StaleNegative(
                f"known_negatives.toml has {self.negative['measured']!r}, measured now: "
                f"{measured!r}"
            )
        raise FindingFailed(
            f"{self.claim.says}\n  measured: {measured}\n"
            f"If this is a result, list it in {KNOWN_NEGATIVES.name}:\n\n"
            f'[[negative]]\nclaim = "{self.claim.id}"\nsubject = "{self.prefix}{self.subject}"\n'
            f'norm = "{self.shown_norm}"\nmeasured = {toml_string(measured)}\nreason = ""\n'
        )

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Findings speak for themselves; only errors need a traceback."""
        if isinstance(excinfo.value, FindingFailed | StaleNegative):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the claim stands."""
        return self.path, self.claim.check.__code__.co_firstlineno - 1, self.name


class FindingTest(ClaimTest):
    """A claim on the published numbers or on a model."""

    def not_at_hand(self) -> None:
        """Keep the finding as one that is not testable."""
        source = provenance(self.subject, *find(self.subject), "", self.norm)
        reason = WITHOUT_WEIGHTS.removeprefix("not_testable: ")
        finding = untestable(self.claim, source, self.norm, reason)
        self.config.stash[RUN].findings.append(finding)

    def runtest(self) -> None:
        """Judge, keep the finding, and fail if it does not hold."""
        with self.weights_at_hand() as run:
            judged = run.subject(self.subject)
        finding = judge(self.claim, Case(judged, self.norm))
        reason = self.negative["reason"] if self.negative else None
        finding = finding.model_copy(update={"known_negative": reason})
        run.findings.append(finding)
        if finding.holds is None:
            pytest.skip(f"not_testable: {finding.measured}")
        if not finding.holds:
            self.fail(finding.measured)


class ChanceTest(ClaimTest):
    """A claim on untrained controls: one that holds on most of them says little of training."""

    prefix = "controls of "

    def runtest(self) -> None:
        """Take the chance rate, keep it, and fail if it is too high to say anything."""
        with self.weights_at_hand() as run:
            controls = run.start_controls(self.subject).results()
        rate = chance(self.claim, (Case(control, self.norm) for control in controls))
        found = ChanceFinding(
            claim=self.claim.id,
            model=self.subject,
            norm=self.norm if self.claim.norm_matters else "either",
            seeds=tuple(CONTROL_SEEDS),
            chance=rate,
            known_negative=self.negative["reason"] if self.negative else None,
        )
        run.controls_found.append(found)
        measured = f"holds on {rate.holds} of {rate.controls} untrained controls"
        by_definition = self.claim.definitional and rate.holds == rate.controls
        if not by_definition and rate.rate > MOST_CONTROLS:
            self.fail(measured)


@cache
def known_negatives() -> dict[tuple[str, str, str], dict[str, str]]:
    """The listed findings that do not hold, by claim, subject and norm."""
    entries = tomllib.loads(KNOWN_NEGATIVES.read_text("utf-8")).get("negative", [])
    return {(entry["claim"], entry["subject"], entry["norm"]): entry for entry in entries}


def same_numbers(listed: str, measured: str) -> bool:
    """Whether two texts say the same with the same numbers, up to 5 %: float sums differ a little
    from one processor to the next.
    """
    number = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan"
    ours, theirs = ([float(n) for n in re.findall(number, text)] for text in (listed, measured))
    return (
        re.sub(number, "#", listed) == re.sub(number, "#", measured)
        and len(ours) == len(theirs)
        and all(
            math.isclose(a, b, rel_tol=0.05, abs_tol=0.005) or (a != a and b != b)
            for a, b in zip(ours, theirs, strict=True)
        )
    )


def toml_string(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Controls are judged last: they are measured while the models are judged."""
    items.sort(key=lambda item: isinstance(item, ChanceTest))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the controls that will be asked for."""
    if session.config.option.collectonly:
        return
    run = session.config.stash[RUN]
    asked = [item.subject for item in session.items if isinstance(item, ChanceTest)]
    for model in dict.fromkeys(asked):
        with suppress(weights.WeightsError):  # the tests that ask for it will tell
            run.start_controls(model)
    # Beside other processes two threads wait for each other longer than they save; and one thread
    # gives the same numbers as in the figures, to the last of tens of thousands of ranks.
    torch.set_num_threads(1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no control running on after a run that was cut short."""
    for controls in session.config.stash[RUN].controls.values():
        controls.stop()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """A run of some of the claims is marked so."""
    for item in items[:1]:
        item.config.stash[RUN].complete = False


def collected(run: Run) -> Findings:
    """All findings of a run, each with the chance rate of its own architecture."""
    rates = {(c.claim, c.model, c.norm): c.chance for c in run.controls_found}
    findings = (
        finding.model_copy(
            update={"chance": rates.get((finding.claim, finding.subject, finding.norm))}
        )
        for finding in run.findings
    )
    judged = {f.claim for f in run.findings} | {c.claim for c in run.controls_found}
    return Findings(
        environment=environment(),
        complete=run.complete and run.norms == list(NORMS),
        claims=records_of(claim for claim in run.claims if claim.id in judged),
        findings=tuple(findings),
        controls=tuple(run.controls_found),
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write ``claims.json`` and print the verdict table."""
    run = config.stash[RUN]
    if not run.findings:
        return
    findings = collected(run)
    path = config.getoption("--claims-json")
    write_whole(path, findings.model_dump_json(indent=1) + "\n")
    terminalreporter.section("verdicts")
    terminalreporter.write(as_text(findings))
    for name in run.out_of_reach:
        count = sum(finding.subject == name for finding in run.findings)
        terminalreporter.write_line(f"{name}: {count} findings {WITHOUT_WEIGHTS}")
    terminalreporter.write_line(f"written to {path}")
