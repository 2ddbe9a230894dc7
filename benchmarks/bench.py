"""What works take by this package, by other tools and at best: ``make bench``.

    python benchmarks/bench.py [WORK...] [--repeats 5] [--budget 40] [--out FOLDER]

Every run is in a process of its own. Routes take turns, so that what else the machine does falls
on all alike; another's that has taken its budget of seconds runs no more, but has run once. Tables
are printed, and kept with all runs in ``benchmarks/results``.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import psutil
from environments import HERE, NotInstalled, executable, last_line, machine, versions
from networks import Shape
from publishing import RESULTS, publish
from targets import aim
from work import Route, Work

from replication.base.files import write_whole
from replication.pages.report.speed import as_markdown
from replication.results.speed import Row, Run, Speed, Stage, Table

WORKS = {
    "w1": "rank_grid",
    "w2": "whole_text",
    "w3": "saliency",
    "w4": "factors",
    "w5": "start",
    "w6": "suite",
    "attention": "attention_page",
    "patching": "patching",
    "growth": "growth",
}
"""The module of each in ``works/``."""
ON_REQUEST = ("w6",)
"""Measured only where they are named: the suite itself takes half an hour."""
REPEATS, BUDGET = 5, 40.0
LIMIT = 3600
"""Seconds after which a run has failed."""


class Failed(Exception):
    """A run that came to nothing, with its last word."""


def run(work: str, route: Route, shape: Shape, kept: Path | None) -> Run:
    """One run of a route; ``Failed`` where it comes to nothing."""
    free = psutil.virtual_memory().available / 2**30
    if route.gigabytes > free:
        raise Failed(f"needs {route.gigabytes:g} GB of memory, {free:.0f} GB are free")
    program, *words = route.command or ("python", str(HERE / "one_run.py"), work, route.name)
    command, settings = [str(executable(route.peer, program)), *words], dict(os.environ)
    if route.peer:
        settings.pop("PYTHONPATH", None)
    begun = time.perf_counter()
    if not route.command:
        command += [json.dumps(asdict(shape)), str(begun), *([str(kept)] if kept else [])]
        settings |= {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT, env=settings, cwd=HERE.parent
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise Failed(last_line(done.stderr))
    if route.command:
        return Run(stages={"whole": Stage(seconds=seconds, above=None)}, peak=None)
    return Run.model_validate_json(done.stdout.splitlines()[-1])


def measure(name: str, work: Work, shape: Shape, repeats: int, budget: float) -> Table:
    """All routes in turns on one shape."""
    runs: dict[str, list[Run]] = {route.name: [] for route in work.routes}
    failed = not_installed(work.routes)
    spent = dict.fromkeys(runs, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        results = {route.name: Path(folder, f"{k}.npz") for k, route in enumerate(work.routes)}
        for repeat in range(repeats):
            for route in work.routes:
                others = route.kind in ("peer", "naive")
                if route.name in failed or (others and spent[route.name] > budget):
                    continue
                begun = time.perf_counter()
                try:
                    kept = None if repeat else results[route.name]
                    runs[route.name].append(run(name, route, shape, kept))
                except (Failed, subprocess.TimeoutExpired) as error:
                    failed[route.name] = str(error)
                spent[route.name] += time.perf_counter() - begun
                print(f"{shape.name}, {repeat + 1}: {route.name}", file=sys.stderr, flush=True)
        ours = next((results[route.name] for route in work.routes if route.kind == "ours"), None)
        rows = tuple(
            Row(
                route=route.name,
                kind=route.kind,
                versions=versions(route.peer),
                runs=tuple(runs[route.name]),
                agreement=agreement(ours, results[route.name]),
                failed=failed.get(route.name, ""),
            )
            for route in work.routes
        )
    table = Table(
        title=work.title, asked=work.asked, shape=shape.name, compared=work.compared, rows=rows
    )
    aims = [aim(table, target) for target in work.targets if target.shape in ("", shape.name)]
    return table.model_copy(update={"aims": tuple(one for one in aims if one)})


def not_installed(routes: Sequence[Route]) -> dict[str, str]:
    """Which routes have no environment, and why; those that are missing are made first."""
    found = {}
    for route in routes:
        try:
            executable(route.peer)
        except NotInstalled as error:
            found[route.name] = str(error)
    return found


def agreement(ours: Path | None, theirs: Path) -> str:
    """How near two results are: the share of whole numbers that are equal, and how far apart others
    are at most; single numbers as they are. Empty where there are not both, or they are one.
    """
    if ours is None or ours == theirs or not (ours.is_file() and theirs.is_file()):
        return ""
    one, other = np.load(ours), np.load(theirs)
    told = []
    for name in other.files:
        if name not in one.files:
            told.append(f"{name} {other[name]:.4g}")
        elif not one[name].ndim:
            told.append(f"{name} {other[name]:.4g}, ours {one[name]:.4g}")
        elif np.issubdtype(one[name].dtype, np.integer):
            told.append(f"{name} {np.mean(one[name] == other[name]):.1%} equal")
        else:
            told.append(f"{name} within {np.abs(one[name] - other[name]).max():.0e}")
    return ", ".join(told)


def command(name: str, repeats: int, budget: float) -> str:
    """What measures a work so again."""
    if (repeats, budget) == (REPEATS, BUDGET):
        return f"make bench WORKS={name}"
    return f"python benchmarks/bench.py {name} --repeats {repeats} --budget {budget:g}"


def main(words: Sequence[str] | None = None) -> None:
    """Measure what is asked for; print and keep it."""
    parser = argparse.ArgumentParser(description="Measure this package against other tools.")
    named = [name for name in WORKS if name not in ON_REQUEST]
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(WORKS)}")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--budget", type=float, default=BUDGET)
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args(words)
    for name in asked.works or named:
        if name not in WORKS:
            parser.error(f"no work {name!r}: expected one of {', '.join(WORKS)}")
        work: Work = importlib.import_module(f"works.{WORKS[name]}").WORK
        speed = Speed(
            machine=machine(),
            made_on=date.today(),
            command=command(name, asked.repeats, asked.budget),
            tables=tuple(
                measure(WORKS[name], work, shape, asked.repeats, asked.budget)
                for shape in work.shapes
            ),
        )
        write_whole(asked.out / f"{name}.json", speed.model_dump_json(indent=1) + "\n")
        print(as_markdown(speed), flush=True)
    if asked.out == RESULTS:
        publish()


if __name__ == "__main__":
    main()
