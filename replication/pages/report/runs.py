"""Which runs the findings are of: when they were made, with what, and by which readings."""

from dataclasses import dataclass

from replication.base.environment import Environment
from replication.judging.findings import Findings
from replication.judging.readings import Readings, day
from replication.judging.verdicts import called
from replication.models.registry import ModelEntry, find
from replication.questions.subjects import Published


@dataclass(frozen=True)
class Run:
    """A run and the subjects that were judged in it."""

    subjects: tuple[str, ...]
    environment: Environment
    readings: Readings | None
    by: str
    """By which readings and rules, to follow "judged by"; of a run of its own, whether by the same
    as the rest."""

    @property
    def on(self) -> str:
        """What was judged in it, as it is to be read."""
        return " and ".join(
            "the published numbers" if subject == Published.name else called(subject)
            for subject in self.subjects
        )

    @property
    def made(self) -> str:
        """The day."""
        return day(self.environment.made_on)

    @property
    def opt_in(self) -> tuple[ModelEntry, ...]:
        """Its models whose weights come under terms that one has to accept."""
        entries = (find(name)[0] for name in self.subjects if name != Published.name)
        return tuple(entry for entry in entries if entry.terms)


def runs_of(findings: Findings) -> tuple[Run, ...]:
    """The run that the report is of, then those that were taken in."""
    elsewhere = {subject for other in findings.others for subject in other.subjects}
    judged = dict.fromkeys(finding.subject for finding in findings.findings)
    own = tuple(subject for subject in judged if subject not in elsewhere)
    by = findings.readings.told if findings.readings else "readings and rules that were not kept"
    return (
        Run(own, findings.environment, findings.readings, by),
        *(
            Run(one.subjects, one.environment, one.readings, _by(one.readings, findings.readings))
            for one in findings.others
        ),
    )


def _by(theirs: Readings | None, ours: Readings | None) -> str:
    """By what a run of its own was judged, beside the report's run."""
    if theirs is None or ours is None or not ours.same_as(theirs):
        return "other readings and rules than the rest"
    if theirs.digest == ours.digest:
        return "the same readings and rules as the rest"
    return theirs.seen_by(ours).told


def run_of(findings: Findings, subject: str) -> Run | None:
    """The run of its own that a subject was judged in, if it was."""
    return next((run for run in runs_of(findings)[1:] if subject in run.subjects), None)
