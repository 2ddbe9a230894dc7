"""The chart of crossing depths: whose marks stand where."""

import re

import pytest
from pages.report.test_depths import crossing, findings, with_crossings

from replication.pages.report.depth_chart import END, NEVER, WIDE
from replication.pages.report.depths import depths


def places(svg: str) -> list[tuple[float, float]]:
    """The middles of the points, in pixels from the top left of the axes."""
    (group,) = re.findall(r'<g class="mark-symbol role-mark layer_\d+_marks".*?</g>', svg)
    return [
        (float(x), float(y))
        for x, y in re.findall(r'transform="translate\(([\d.]+),([\d.]+)\)"', group)
    ]


def test_marks_stand_at_their_depths_and_never_beyond_one() -> None:
    drawn = depths(
        findings(
            with_crossings("smollm2", "none", crossing(31 / 30)),
            with_crossings("smollm2", "final", crossing(0.5, low=0.25, high=31 / 30)),
        )
    )
    assert drawn
    (never, _), (half, _) = places(drawn.wide)
    assert never == pytest.approx(NEVER / END * WIDE.width, abs=0.01)
    assert half == pytest.approx(0.5 / END * WIDE.width, abs=0.01)
    (line,) = re.findall(
        r'<line transform="translate\(([\d.]+),[\d.]+\)" x2="(-?[\d.]+)"', drawn.wide
    )[-1:]
    assert float(line[0]) == pytest.approx(0.25 / END * WIDE.width, abs=0.01)


def test_two_models_differ_in_filling_and_two_readings_in_shape() -> None:
    drawn = depths(
        findings(
            with_crossings("smollm2", "none", crossing(0.2)),
            with_crossings("smollm2", "final", crossing(0.2)),
            with_crossings("gemma3", "none", crossing(0.2)),
        )
    )
    assert drawn
    group = re.findall(r'<g class="mark-symbol role-mark layer_\d+_marks".*?</g>', drawn.wide)[0]
    shapes = re.findall(r' d="([^"]*)"', group)
    fills = re.findall(r' fill="([^"]*)"', group)
    assert shapes[0] == shapes[2] != shapes[1]
    assert fills == ["var(--model-1, #14508c)"] * 2 + ["var(--paper, #ffffff)"]
    assert len({y for _, y in places(drawn.wide)}) == 3  # none covers another
