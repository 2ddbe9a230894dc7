"""Drawings of contributions say what the results say: their artists are read, never pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.contributions import (
    RANK,
    SCORE,
    contributions_page,
    draw_contributions,
)
from replication.results.contributions import Contributions
from replication.results.provenance import Provenance
from replication.results.untestable import Untestable

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", None, "none", "a $\\frac{$ b")
RANKS = np.array([[64, 4], [2, 8], [1, 8]])
TOKENS = (" $1$", "\n")
FOUND = Contributions(RANKS, np.array([[-9.0, -1], [-8, -2], [-1, -1]]), TOKENS, SOURCE)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(5, 3)).subplots()


def test_cells_hold_the_steps_and_the_greatest_has_its_number(ax: Axes) -> None:
    assert draw_contributions(FOUND.by_rank, TOKENS, RANK, ax) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), [[5, -1], [1, 0]])
    assert [text.get_text() for text in ax.texts] == ["5"]  # nothing raises the second token
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Layer 1", "Layer 2"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["␣$1$", "\\n"]


def test_a_number_without_room_is_a_dot() -> None:
    narrow = Figure(figsize=(0.15, 3)).subplots()
    draw_contributions(FOUND.by_rank, TOKENS, RANK, narrow)
    assert [text.get_text() for text in narrow.texts] == ["·"]


@pytest.mark.filterwarnings("error")
def test_a_page_has_ranks_and_scores_where_there_are_some() -> None:
    ranks_alone = Contributions(RANKS, None, TOKENS, SOURCE)
    results = {"a": [ranks_alone, FOUND, Untestable("$\\frac{$", SOURCE)]}
    figure = contributions_page(results, "title")
    figure.draw_without_rendering()  # mathtext would raise here
    titles = [axes.get_title("left") for axes in figure.axes if axes.images]
    assert titles == [RANK, RANK, SCORE]
    for axes in figure.axes:
        place = axes.get_position()
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1
