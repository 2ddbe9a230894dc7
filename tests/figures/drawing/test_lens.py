"""Drawings of the lens's variants: their artists' numbers and texts are read, never pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from replication.figures.drawing.lens import (
    LEAST,
    MEASURES,
    Measure,
    apart,
    draw_position_grid,
    draw_uncertainty,
    draw_word_probabilities,
    positions_page,
    uncertainty_page,
)
from replication.results.lens import PositionGrid, Stage, Uncertainty, WordProbabilities
from replication.results.provenance import Provenance

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", "final", "none", "a $\\frac b")
# Two dollars and what is no formula between them: mathtext would raise.
HOSTILE = ("$x$", "<b>", "\n", "'\"", "שלום", "", "\u202e", "$\\frac{$", "漢", "a" * 99)
STAGES = (
    *(Stage(0, "attention"), Stage(0, "feed-forward")),
    *(Stage(1, "attention"), Stage(1, "feed-forward")),
)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def words_of(words: tuple[str, ...]) -> WordProbabilities:
    """The first word rises from nothing and is best in the last two stages."""
    shares = np.tile(np.array([0.0, 1e-5, 0.1, 0.5])[:, None], len(words)) / range(
        1, len(words) + 1
    )
    ranks = np.array([[900], [30], [1], [1]]) + np.arange(len(words))
    return WordProbabilities(shares, ranks, STAGES, words, SOURCE)


def grid_of(tokens: tuple[str, ...]) -> PositionGrid:
    """The true next token is best after the last stage, at the first position only."""
    next_ranks = np.full((4, len(tokens) - 1), 7)
    next_ranks[3, 0] = 1
    shares = np.linspace(0, 1, 4 * len(tokens)).reshape(4, -1)
    return PositionGrid((tokens,) * 4, shares, next_ranks, STAGES, tokens, SOURCE)


def uncertainty_of(tokens: tuple[str, ...]) -> Uncertainty:
    entropy = np.arange(4.0 * len(tokens)).reshape(4, -1)
    return Uncertainty(entropy, 1000 / (1 + entropy), STAGES, tokens, SOURCE)


def points_of(line: Line2D) -> list[list[float]]:
    return np.asarray(line.get_xydata()).tolist()


def test_a_line_for_each_word_with_dots_where_it_is_best(ax: Axes) -> None:
    found = words_of((" Paris", " London"))
    assert draw_word_probabilities(found, ax) is ax
    paris, dots, london, none = ax.lines
    assert points_of(paris) == [[-0.5, LEAST], [0, 1e-5], [0.5, 0.1], [1, 0.5]]
    assert points_of(london) == [[-0.5, LEAST], [0, 5e-6], [0.5, 0.05], [1, 0.25]]
    assert points_of(dots) == [[0.5, 0.1], [1, 0.5]]
    assert points_of(none) == []
    assert (ax.get_yscale(), ax.get_ylim()) == ("log", (LEAST, 1))


def test_names_stand_at_the_ends_of_their_lines_in_their_colours(ax: Axes) -> None:
    draw_word_probabilities(words_of((" Paris", " London")), ax)
    names = ax.texts
    assert [name.get_text() for name in names] == ["␣Paris", "␣London"]
    assert [name.get_color() for name in names] == [line.get_color() for line in ax.lines[::2]]
    assert names[0].get_color() != names[1].get_color()
    heights = [name.xyann[1] for name in names]  # type: ignore[attr-defined]
    assert heights[0] >= heights[1] + 9
    end = ax.transData.transform((1, 0.25))[1] - ax.bbox.y0
    assert heights[1] == pytest.approx(end / ax.figure.get_dpi() * 72, abs=0.1)


def test_names_are_moved_apart() -> None:
    assert apart([10.0, 0.0, 11.0], 5.0) == [10, 0, 15]
    assert apart([3.0, 3.0, 3.0], 2.0) == [3, 5, 7]


def test_cells_hold_the_best_tokens_and_frames_what_comes_next() -> None:
    ax = Figure(figsize=(9, 4)).subplots()
    grid = grid_of((" a", " b", "c"))
    draw_position_grid(grid, ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), grid.probabilities)
    assert [text.get_text() for text in ax.texts] == ["␣a", "␣b", "c"] * 4
    (frame,) = ax.patches
    middle = np.array(frame.get_bbox()).mean(axis=0)  # type: ignore[attr-defined]
    assert middle.round(6).tolist() == [0, 3]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["0 attention", "Layer 0", "1 attention", "Layer 1"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["␣a", "␣b", "c"]
    bottom, top = ax.get_ylim()
    assert top < bottom  # layer 0 on top, as in the other drawings


@pytest.mark.parametrize("measure", MEASURES)
def test_uncertainty_has_a_line_for_each_position_the_last_in_black(
    measure: Measure, ax: Axes
) -> None:
    found = uncertainty_of(("a", "b", "c"))
    draw_uncertainty(found, ax, measure)
    lines = np.array([line.get_ydata() for line in ax.lines])
    np.testing.assert_array_equal(lines.T, getattr(found, measure))
    assert [line.get_color() for line in ax.lines] == ["0.72", "0.72", "black"]
    expected = {"entropy": "entropy (bits)", "divergence": "KL(final || layer) (bits)"}
    assert ax.get_ylabel() == expected[measure]
    assert ax.get_ylim()[0] == 0


def test_panels_of_one_measure_share_their_scale() -> None:
    low = uncertainty_of(("a", "b"))
    high = uncertainty_of(("a", "b", "c", "d", "e"))
    axes = uncertainty_page({"": [low, high]}, "title").axes
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert axes[2].get_ylim() == axes[3].get_ylim()
    assert axes[0].get_ylim()[1] >= high.entropy.max()


def test_short_grids_stand_side_by_side_and_long_ones_below_each_other() -> None:
    first, second = (
        ax.get_position() for ax in positions_page({"": [grid_of(("a", "b"))] * 2}, "").axes[:2]
    )
    assert first.y0 == second.y0
    assert first.x1 < second.x0
    first, second = (
        ax.get_position() for ax in positions_page({"": [grid_of(("a",) * 12)] * 2}, "").axes[:2]
    )
    assert first.x0 == second.x0
    assert first.y0 > second.y1
