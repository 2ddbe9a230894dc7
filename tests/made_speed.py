"""Measurements made by hand: a comparison, and curves of growth."""

from datetime import date
from pathlib import Path

from replication.results.speed import Aim, Kind, Machine, Row, Run, Speed, Stage, Table

MACHINE = Machine(
    processor="Some processor", cores=2, memory=4, system="Some system", python="3", load=0.5
)


def row(route: str, kind: Kind, *seconds: float, stage: str = "s", above: float = 10) -> Row:
    """A route with a run for each number of seconds."""
    runs = tuple(Run(stages={stage: Stage(seconds=one, above=above)}, peak=99) for one in seconds)
    return Row(route=route, kind=kind, versions={"torch": "1"}, runs=runs)


TABLE = Table(
    title="W1: a work",
    asked="what is asked",
    shape="a shape",
    compared="s",
    rows=(
        row("ours", "ours", 1.0, 3.0, 2.0),
        row("slow", "naive", 8.0),
        row("slower", "naive", 9.0),
        row("best", "limit", 1.6),
        Row(route="none", kind="peer", versions={}, runs=(), failed="no such thing"),
    ),
    aims=(Aim(says="quick", reached=2, bound=1, met=False, why="<it> is slow"),),
)
POINTS = {"layers 1": 1.0, "layers 2": 2.0, "texts 1": 1.0, "texts 2": 2.5}


def _curve(times: float) -> Run:
    stages = {name: Stage(seconds=times * one, above=10 * one) for name, one in POINTS.items()}
    return Run(stages=stages, peak=None)


GROWN = Table(
    title="Growth",
    asked="what grows",
    shape="a shape",
    compared="",
    rows=(
        Row(route="ours", kind="ours", versions={}, runs=(_curve(1),)),
        Row(route="slow", kind="naive", versions={}, runs=(_curve(2), _curve(4), _curve(3))),
    ),
)


def speed(table: Table) -> Speed:
    """A work with one table."""
    return Speed(made_on=date(2026, 1, 1), command="make bench", machine=MACHINE, tables=(table,))


def results(folder: Path) -> Path:
    """A folder with both, as ``make bench`` leaves it."""
    folder.mkdir()
    (folder / "growth.json").write_text(speed(GROWN).model_dump_json())
    (folder / "w1.json").write_text(speed(TABLE).model_dump_json())
    return folder
