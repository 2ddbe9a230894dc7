"""What work takes, measured: this package beside other tools and beside what the processor can do.

``benchmarks/`` measures and writes these records; the report and ``docs/speed.md`` show them.
"""

from datetime import date
from statistics import median
from typing import Literal

from replication.base.records import Record

Kind = Literal["ours", "peer", "naive", "limit", "other"]


class Stage(Record):
    """A stage of one run."""

    seconds: float
    above: float | None
    """Megabytes that memory rose above what was in use with the network ready; None if unknown."""


class Run(Record):
    """One run, in a process of its own."""

    stages: dict[str, Stage]
    peak: float | None
    """Megabytes that the process held at most."""


class Row(Record):
    """A route to the result, and its runs."""

    route: str
    kind: Kind
    versions: dict[str, str]
    runs: tuple[Run, ...]
    agreement: str = ""
    """How near its result is to this package's."""
    failed: str = ""
    """Why it could not run, if it could not."""

    def stage(self, name: str) -> list[Stage]:
        """A stage in every run; where several begin so, the fastest of them."""
        found = (
            [stage for key, stage in run.stages.items() if key.startswith(name)]
            for run in self.runs
        )
        return [min(some, key=lambda stage: stage.seconds) for some in found if some]

    def seconds(self, name: str) -> float | None:
        """The median time of a stage."""
        times = [stage.seconds for stage in self.stage(name)]
        return median(times) if times else None

    def above(self, name: str) -> float | None:
        """The median of the megabytes that a stage took above the network."""
        found = [stage.above for stage in self.stage(name) if stage.above is not None]
        return median(found) if found else None

    @property
    def peak(self) -> float | None:
        """The median of what the process held at most, in megabytes."""
        found = [run.peak for run in self.runs if run.peak is not None]
        return median(found) if found else None


class Aim(Record):
    """What was to be reached, and whether it was."""

    says: str
    reached: float
    bound: float
    met: bool
    why: str = ""
    """Why it was missed."""


class Table(Record):
    """Routes to the same result on one shape."""

    title: str
    asked: str
    shape: str
    compared: str
    """The stage that is compared; none where every stage is a point of a curve."""
    rows: tuple[Row, ...]
    aims: tuple[Aim, ...] = ()

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of the package's own route, but for making the network ready."""
        ours = next((row for row in self.rows if row.kind == "ours" and row.runs), None)
        names = ours.runs[0].stages if ours else ()
        return tuple(name for name in names if not name.startswith("ready"))

    @property
    def points(self) -> tuple[str, ...]:
        """The points of curves, each named by what varies and its value; none of a comparison."""
        return () if self.compared else self.stages

    def fastest(self, kind: Kind) -> Row | None:
        """The fastest route of a kind; None where none ran."""
        ran = [(s, row) for row in self.rows if row.kind == kind and (s := self.taken(row))]
        return min(ran, key=lambda pair: pair[0])[1] if ran else None

    def taken(self, row: Row) -> float | None:
        """What the compared stage took on a route."""
        return row.seconds(self.compared) if self.compared else None


class Machine(Record):
    """What it ran on."""

    processor: str
    cores: int
    memory: float
    """Gigabytes."""
    system: str
    python: str
    load: float
    """Processes that wanted to run before it began, on average over a minute."""


class Speed(Record):
    """A work, measured in one run."""

    made_on: date
    command: str
    machine: Machine
    tables: tuple[Table, ...]
