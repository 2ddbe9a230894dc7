"""The benchmarks compare like with like, on networks small enough to take no time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import bench
import environments
import gpu
import made_speed
import numpy as np
import publishing
import pytest
import tiny
import torch
from networks import Shape
from targets import aim
from work import Route, Target, Work

from replication.articles.experiments import published_ranks
from replication.pages.report.speed import GROWTH, as_markdown, growth_of, read
from replication.results.speed import Speed

TINY = Shape("tiny", layers=2, width=64, vocabulary=50, prompt=3, tokens=7)


def work(name: str) -> Work:
    found: Work = import_module(f"works.{name}").WORK
    return found


def result(route: Route, shape: Shape) -> tuple[list[str], dict[str, Any]]:
    """The stages of a route, run here, and what it came to."""
    assert route.run
    steps, stages = route.run(shape), []
    while True:
        try:
            stages.append(next(steps))
        except StopIteration as end:
            return stages, end.value


def test_a_work_is_measured_in_processes_of_their_own() -> None:
    grid = work("rank_grid")
    names = {"this package", "Ecco's procedure", "float32 products alone"}
    some = replace(grid, routes=tuple(route for route in grid.routes if route.name in names))
    table = bench.measure("rank_grid", some, TINY, repeats=1, budget=0)
    assert [row.failed for row in table.rows] == ["", "", ""]
    assert all((table.taken(row) or 0) > 0 for row in table.rows)
    ours, ecco, limit = table.rows
    assert ecco.agreement == "ranks 100.0% equal"
    assert ours.agreement == ""
    assert limit.agreement.startswith("GFLOP/s ")
    speed = made_speed.speed(table)
    assert Speed.model_validate_json(speed.model_dump_json()) == speed
    assert "| Ecco's procedure |" in as_markdown(speed)


@pytest.mark.parametrize("name", ["rank_grid", "whole_text", "saliency", "patching"])
def test_routes_come_to_the_same_results(name: str) -> None:
    routes = [route for route in work(name).routes if not route.peer and route.kind != "limit"]
    ours = result(routes[0], TINY)[1]
    assert len(routes) > 1
    for route in routes:
        stages, found = result(route, TINY)
        assert stages[0] == "ready"
        assert stages[-1] == work(name).compared
        for key, values in found.items():
            np.testing.assert_allclose(values, ours[key], atol=2e-5, err_msg=key)


def test_growth_measures_every_point(monkeypatch: pytest.MonkeyPatch) -> None:
    growth = import_module("works.growth")
    monkeypatch.setattr(growth, "VARIED", {"layers": (1, 2), "texts": (1, 2)})
    stages, _ = result(growth.WORK.routes[0], TINY)
    points = [stage for stage in stages if not stage.startswith("ready")]
    assert points == ["layers 1", "layers 2", "texts 1", "texts 2"]


def test_networks_are_the_same_everywhere_and_no_two_words_are() -> None:
    networks = import_module("networks")
    one, other = networks.network(TINY), networks.network(TINY)
    for first, second in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(first, second)
    rows = one.lm_head.weight
    assert len(rows.unique(dim=0)) == len(rows)


@pytest.mark.parametrize(
    ("target", "reached", "met"),
    [
        (Target("limit", 1.3), 1.25, True),
        (Target("limit", 1.2), 1.25, False),
        (Target("naive", 4), 4, True),
        (Target("naive", 5), 4, False),
        (Target("seconds", 1.9), 2, False),
        (Target("megabytes", 10), 10, True),
    ],
)
def test_targets_are_judged_by_medians(target: Target, reached: float, met: bool) -> None:
    found = aim(made_speed.TABLE, replace(target, why="because"))
    assert found
    assert found.reached == pytest.approx(reached)
    assert found.met == met
    assert found.why == ("" if met else "because")


def test_a_target_without_its_routes_is_left_out() -> None:
    assert aim(made_speed.TABLE, Target("peer", 2)) is None


def test_a_route_that_fails_is_said_and_the_others_run() -> None:
    ends: Callable[[str], tuple[str, ...]] = lambda code: ("python", "-c", code)  # noqa: E731
    routes = (
        Route("good", "ours", command=ends("1")),
        Route("bad", "other", command=ends("raise SystemExit('broken')")),
    )
    asked = Work("T", "A", routes, (TINY,), "whole")
    good, bad = bench.measure("start", asked, TINY, repeats=2, budget=60).rows
    assert len(good.runs) == 2
    assert bad.failed == "broken"
    assert bad.runs == ()


def test_a_route_that_needs_more_memory_than_is_free_does_not_run() -> None:
    route = Route("large", "ours", command=("python", "-c", "1"), gigabytes=1e6)
    (row,) = bench.measure("start", Work("T", "A", (route,), (TINY,), "whole"), TINY, 1, 0).rows
    assert row.failed.startswith("needs 1e+06 GB of memory, ")


def test_another_route_out_of_budget_runs_once() -> None:
    asked = Work(
        "T",
        "A",
        (
            Route("ours", "ours", command=("python", "-c", "1")),
            Route("slow", "naive", command=("python", "-c", "1")),
        ),
        (TINY,),
        "whole",
    )
    ours, slow = bench.measure("start", asked, TINY, repeats=3, budget=0).rows
    assert (len(ours.runs), len(slow.runs)) == (3, 1)


def test_results_are_compared_by_share_distance_or_side_by_side(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.npz", tmp_path / "theirs.npz"
    np.savez(ours, ranks=[1, 2, 3, 4], shares=[0.5, 0.5], error=0.25)
    np.savez(theirs, ranks=[1, 2, 3, 5], shares=[0.4, 0.5], error=0.5, rate=7.0)
    found = bench.agreement(ours, theirs)
    assert found == "ranks 75.0% equal, shares within 1e-01, error 0.5, ours 0.25, rate 7"
    assert bench.agreement(ours, ours) == bench.agreement(ours, tmp_path / "none") == ""


def test_a_peer_that_cannot_be_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "PEERS", tmp_path)
    monkeypatch.setattr(environments, "BUILD", tmp_path / "build")
    (tmp_path / "gone.txt").write_text("no requirement at all!")
    route = Route("Gone", "peer", command=("python", "-c", "1"), peer="gone")
    assert bench.not_installed([route])["Gone"].startswith("gone cannot be installed: ")


def test_pinned_peers_share_torch_and_transformers() -> None:
    pinned = [environments.versions(path.stem) for path in environments.PEERS.glob("*.txt")]
    assert len(pinned) == 4
    assert {(one["torch"], one["transformers"]) for one in pinned} == {("2.13.0", "5.23.0")}


def test_the_page_has_the_tables_of_what_is_kept() -> None:
    text, works = (publishing.DOCS / "speed.md").read_text("utf-8"), read(publishing.RESULTS)
    assert not works or publishing.with_tables(text, works) == text
    drawn = (publishing.DOCS / f"{GROWTH}.svg").is_file()
    assert drawn == (growth_of(works) is not None)


def test_the_page_gets_tables_and_the_drawing() -> None:
    works = (made_speed.speed(made_speed.TABLE), made_speed.speed(made_speed.GROWN))
    text = publishing.with_tables("a\n<!-- speed -->\n<!-- end of speed -->\nb\n", works)
    assert text.startswith("a\n<!-- speed -->\n\n| what | this package |")
    assert "(growth.svg)" in text
    assert "## W1: a work" in text
    assert text.endswith("<!-- end of speed -->\nb\n")


def test_differences_of_two_devices_are_counted_and_measured() -> None:
    grid = published_ranks("watch_doctor")
    other = replace(grid, ranks=grid.ranks + np.eye(*grid.ranks.shape).astype(int) * 3)
    assert gpu.differences(other, grid) == (min(grid.ranks.shape), grid.ranks.size, 3, 0.0)
    one, two = Clock(np.array([1.0, 4.0]), grid), Clock(np.array([1.0, 3.0]), grid)
    assert gpu.differences(two, one) == (0, grid.ranks.size, 0, 0.25)


@dataclass
class Clock:
    """An answer that has another one in it."""

    shares: np.ndarray
    inner: Any


def test_a_question_is_asked_on_both_devices() -> None:
    model = tiny.model("llama")
    question = gpu.ASKED["best token everywhere, long text"].of(prompt="The keys")
    line = gpu.row("ranks", question, model, model)
    assert line.startswith("| ranks | 0.")
    assert line.endswith("| 0 of 4 | 0 | 0e+00 of the greatest |")
