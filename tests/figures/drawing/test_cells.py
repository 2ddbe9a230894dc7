"""Drawings say what the results say: their artists' numbers and texts are read, never pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from replication.articles.experiments import published_ranks, published_top_tokens
from replication.figures.drawing.cells import (
    draw_candidates,
    draw_ranks,
    draw_top_tokens,
    draw_untestable,
    percent,
    visible,
)
from replication.figures.drawing.panels import panels
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import Untestable

SOURCE = Provenance(
    "tiny", "registry", "Tiny $m$", "float32", "0", "final", "none", "a $\\frac{$ b"
)
HOSTILE = ("$x$", "<b>", "\n", "'\"", "שלום", "", "\u202e", "$\\frac{$", "漢", "a" * 99)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def grid_of(ranks: list[list[int]], tokens: tuple[str, ...], vocabulary: int = 50000) -> RankGrid:
    return RankGrid(np.array(ranks), tokens, "continuation", vocabulary, SOURCE)


def texts_of(ax: Axes) -> list[str]:
    """The texts in the cells; the last one belongs to the title."""
    return [text.get_text() for text in ax.texts[:-1]]


def test_cells_hold_the_ranks(ax: Axes) -> None:
    grid = published_ranks("ranks_heathrow")
    assert draw_ranks(grid, ax) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), grid.ranks)
    assert texts_of(ax) == [str(rank) for rank in grid.ranks.ravel()]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["␣London", "."]
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"Layer {n}" for n in range(6)]


def test_layer_0_is_on_top(ax: Axes) -> None:
    draw_ranks(published_ranks("ranks_heathrow"), ax)
    bottom, top = ax.get_ylim()
    assert top < 0 < 5 < bottom


@pytest.mark.parametrize(
    ("rank", "text"), [(999, "999"), (1000, "1.0k"), (9949, "9.9k"), (9950, "10k"), (43401, "43k")]
)
def test_ranks_that_do_not_fit_are_given_in_thousands(rank: int, text: str) -> None:
    ax = Figure(figsize=(5, 2)).subplots()
    draw_ranks(grid_of([[rank] * 20], ("a",) * 20), ax)
    assert set(texts_of(ax)) == {text}


def test_colours_are_monotone_and_logarithmic(ax: Axes) -> None:
    ranks = [1, 2, 10, 100, 999, 20000, 50000]
    draw_ranks(grid_of([ranks], tuple("abcdefg")), ax)
    image = ax.images[0]
    lightness = image.to_rgba(np.array(ranks))[:, :3] @ (0.2126, 0.7152, 0.0722)
    assert np.all(np.diff(lightness) > 0)
    assert isinstance(image.norm, LogNorm)
    assert (image.norm.vmin, image.norm.vmax) == (1, 50000)


def test_numbers_can_be_read_on_their_cells(ax: Axes) -> None:
    draw_ranks(grid_of([[1, 50000]], ("a", "b")), ax)
    assert [text.get_color() for text in ax.texts[:-1]] == ["white", "black"]


def test_top_tokens_hold_tokens_and_probabilities() -> None:
    ax = Figure(figsize=(14, 4)).subplots()  # so wide that no token is cut
    top = published_top_tokens("top10_ones")
    draw_top_tokens(top, ax, layers=[1, -1])
    np.testing.assert_array_equal(ax.images[0].get_array(), top.probabilities[[1, 5]])
    tokens = [visible(token) for layer in (1, 5) for token in top.tokens[layer]]
    shares = [percent(share) for share in top.probabilities[[1, 5]].ravel()]
    assert texts_of(ax) == tokens + shares
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Layer 1", "Layer 5"]


def test_bars_are_as_long_as_the_probabilities(ax: Axes) -> None:
    top = published_top_tokens("top10_ones")
    draw_candidates(top, ax)
    assert [bar.get_width() for bar in ax.containers[0]] == list(top.probabilities[-1])
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == [visible(token) for token in top.tokens[-1]]


def test_percentages() -> None:
    assert [percent(p) for p in (1.0, 0.598, 0.0003, 0.0)] == ["100.0%", "59.8%", "0.03%", "0.00%"]


def test_tokens_are_made_visible() -> None:
    shown = [visible(token) for token in (" ", "\n", "\t", "", "\u202e", "漢", "$x$", "<b>")]
    assert shown == ["␣", r"\n", r"\t", "(empty)", r"\u202e", r"\u6f22", "$x$", "<b>"]
    assert visible("abcdef", 4) == "abc…"


@pytest.mark.filterwarnings("error")
def test_hostile_tokens_are_drawn_as_text() -> None:
    ranks = grid_of([[1] * len(HOSTILE)] * 2, HOSTILE)
    top = TopTokens((HOSTILE, HOSTILE), np.full((2, len(HOSTILE)), 0.1), "$x$", SOURCE)
    untestable = Untestable("$\\frac{$ is several tokens", SOURCE)
    for draw_top in (draw_top_tokens, draw_candidates):
        figure = panels({"a": [ranks], "b": [top, untestable]}, "title", draw_top)
        figure.draw_without_rendering()  # mathtext would raise here
        shown = [label.get_text() for label in figure.axes[0].get_xticklabels()]
        assert shown == [visible(token, 14) for token in HOSTILE]


def test_titles_name_subject_model_norm_and_weights(ax: Axes) -> None:
    draw_ranks(grid_of([[1]], ("a",)), ax)
    assert ax.get_title("left") == "tiny, norm: final"
    assert ax.texts[-1].get_text() == "Tiny $m$, float32"


def test_what_cannot_be_tested_is_said(ax: Axes) -> None:
    draw_untestable(Untestable("' man' is several tokens", SOURCE), ax)
    assert ax.texts[0].get_text() == "not testable: ' man' is several tokens"


def test_panels_share_one_scale_and_one_depth() -> None:
    small = grid_of([[1, 2]] * 3, ("a", "b"), vocabulary=100)
    large = grid_of([[1, 2]] * 9, ("a", "b"), vocabulary=1000)
    figure = panels({"experiment": [small, large]}, "title")
    left, right = figure.axes[:2]
    assert [axes.images[0].norm.vmax for axes in (left, right)] == [1000, 1000]
    assert left.get_position().y0 == right.get_position().y0
    assert left.get_position().height == right.get_position().height
    assert figure.axes[2].texts[0].get_text() == "rank (1 is best)"


def test_wide_panels_stand_below_each_other() -> None:
    wide = published_ranks("ranks_eu_gpt2")
    figure = panels({"experiment": [wide, wide]}, "title")
    first, second = (axes.get_position() for axes in figure.axes[:2])
    assert first.x0 == second.x0
    assert first.y0 > second.y1


@pytest.mark.parametrize("count", range(1, 12))
def test_panels_stay_on_the_page(count: int) -> None:
    grid = published_ranks("watch_nurse")
    figure = panels({str(n): [grid] * 3 for n in range(count)}, "title")
    for axes in figure.axes:
        place = axes.get_position()
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1
