"""Drawings say what the results say: their artists' numbers and texts are read, never pixels."""

import numpy as np
import pytest
from figures.drawing.test_lens import HOSTILE
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from replication.articles.experiments import published_ranks, published_top_tokens
from replication.figures.drawing.cells import percent, visible
from replication.figures.drawing.ranks import (
    draw_candidates,
    draw_ranks,
    draw_top_tokens,
    ranks_page,
)
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import Untestable

SOURCE = Provenance(
    "tiny", "registry", "Tiny $m$", "float32", "0", "final", "none", "a $\\frac{$ b"
)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def grid_of(ranks: list[list[int]], tokens: tuple[str, ...], vocabulary: int = 50000) -> RankGrid:
    return RankGrid(np.array(ranks), tokens, "continuation", vocabulary, SOURCE)


def texts_of(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


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
    ax = Figure(figsize=(6.5, 2)).subplots()
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
    assert [text.get_color() for text in ax.texts] == ["white", "black"]


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


def test_ranks_that_fit_in_no_form_are_left_out() -> None:
    ax = Figure(figsize=(2, 2)).subplots()
    draw_ranks(grid_of([[9, 43401] * 8], ("a",) * 16), ax)
    assert texts_of(ax) == ["9"] * 8


def test_the_best_tokens_of_the_last_layer_are_bars() -> None:
    top = published_top_tokens("top10_ones")
    (ax,) = ranks_page({"a": [top]}, "title", last_layer=True).axes
    (bars,) = ax.containers
    assert [bar.get_width() for bar in bars] == list(top.probabilities[-1])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("last_layer", [True, False])
def test_hostile_tokens_are_drawn_as_text(last_layer: bool) -> None:
    ranks = grid_of([[1] * len(HOSTILE)] * 2, HOSTILE)
    top = TopTokens((HOSTILE, HOSTILE), np.full((2, len(HOSTILE)), 0.1), "$x$", SOURCE)
    untestable = Untestable("$\\frac{$ is several tokens", SOURCE)
    figure = ranks_page({"a": [ranks], "b": [top, untestable]}, "$\\frac{$", last_layer)
    figure.draw_without_rendering()  # mathtext would raise here
    shown = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert shown == [visible(token, 14) for token in HOSTILE]


def test_panels_share_one_scale_and_one_depth() -> None:
    small = grid_of([[1, 2]] * 3, ("a", "b"), vocabulary=100)
    large = grid_of([[1, 2]] * 9, ("a", "b"), vocabulary=1000)
    figure = ranks_page({"experiment": [small, large]}, "title")
    left, right = figure.axes[:2]
    assert [axes.images[0].norm.vmax for axes in (left, right)] == [1000, 1000]
    assert left.get_position().y0 == right.get_position().y0
    assert left.get_position().height == right.get_position().height
    assert figure.axes[2].texts[0].get_text() == "rank (1 is best)"


def test_wide_panels_stand_below_each_other() -> None:
    wide = published_ranks("ranks_eu_gpt2")
    figure = ranks_page({"experiment": [wide, wide]}, "title")
    first, second = (axes.get_position() for axes in figure.axes[:2])
    assert first.x0 == second.x0
    assert first.y0 > second.y1
