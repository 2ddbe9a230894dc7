"""Drawings of the tuned lens: their lines are the results' numbers."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from results.test_tuned import SOURCE, quality

from replication.figures.drawing.draw import draw
from replication.figures.drawing.tuned import LINES, draw_quality, draw_readings
from replication.results.tuned import WatchedReadings


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def readings() -> WatchedReadings:
    ranks = np.arange(1, 19).reshape(3, 3, 2)
    return WatchedReadings(ranks, (" is", " are"), 90, SOURCE)


def test_both_lenses_have_their_means(ax: Axes) -> None:
    found = quality()
    draw_quality(found, ax, "published")
    final, tuned = ax.lines
    assert np.asarray(final.get_ydata()).tolist() == [8, 7]
    assert np.asarray(tuned.get_ydata()).tolist() == [4, 3.5]
    assert [final.get_label(), tuned.get_label()] == list(LINES.values())
    assert ax.get_title("right") == "2 texts of the articles"


@pytest.mark.parametrize("norm", [0, 1, 2])
def test_each_norm_has_the_ranks_of_both_words(norm: int, ax: Axes) -> None:
    found = readings()
    draw_readings(found, ax, norm)
    for column, line in enumerate(ax.lines):
        np.testing.assert_array_equal(line.get_ydata(), found.ranks[norm, :, column])
    assert ax.get_title("right") == f"norm: {found.norms[norm]}"
    assert (ax.get_legend() is not None) == (norm == 0)
    bottom, top = ax.get_ylim()
    assert bottom == 90 > top


def test_a_page_has_qualities_above_readings() -> None:
    axes = draw({"quality": [quality()], "readings": [readings()]}, "title").axes
    assert len(axes) == 5
    tops = [ax.get_position().y1 for ax in axes]
    assert tops[0] == tops[1] > tops[2] == tops[3] == tops[4]
