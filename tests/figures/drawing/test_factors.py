"""Drawings of factors: artists hold the results' numbers, tokens stay text."""

import numpy as np
import pytest
from figures.drawing.test_saliency import SOURCE, tokens_in
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

from replication.articles.experiments import published_factors
from replication.figures.drawing.boxes import flow
from replication.figures.drawing.cells import MONO, visible
from replication.figures.drawing.factors import draw_sparklines, draw_text, strongest
from replication.figures.drawing.sparklines import FACTOR_COLOURS, STRONGEST, factor_colour
from replication.results.factors import Factors


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def factors_of(activity: np.ndarray, tokens: tuple[str, ...]) -> Factors:
    return Factors(activity, tokens, len(tokens), (0,), None, SOURCE)


@pytest.mark.parametrize("id", ["factors_counting_five", "factors_xml"])
def test_sparklines_hold_the_activity_each_on_its_own_scale(id: str, ax: Axes) -> None:
    factors = published_factors(id)
    draw_sparklines(factors, ax)
    filled = [patch for patch in ax.patches if isinstance(patch, StepPatch) and patch.get_fill()]
    assert len(filled) == len(factors.activity)
    for patch, row in zip(filled, factors.activity, strict=True):
        heights, _, base = patch.get_data()
        np.testing.assert_allclose((heights - base) / STRONGEST * row.max(), row, atol=1e-9)
        assert patch.get_facecolor() == to_rgba(factor_colour(filled.index(patch)))


def test_long_texts_are_numbered_and_short_ones_named(ax: Axes) -> None:
    for id, named in (("factors_counting_five", True), ("factors_xml", False)):
        ax.clear()
        factors = published_factors(id)
        draw_sparklines(factors, ax)
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert (labels == [visible(token) for token in factors.tokens]) is named
        assert named or labels[:2] == ["token 1", "21"]


@pytest.mark.parametrize("id", ["factors_counting_two", "factors_xml", "factors_cpp"])
def test_coloured_text_shows_every_token_once_in_order(id: str, ax: Axes) -> None:
    factors = published_factors(id)
    draw_text(factors, ax)
    shown = [visible(token) for token in factors.tokens]
    assert tokens_in(ax) == [token.lstrip("␣") or token for token in shown]
    boxes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    places = [(box.get_x(), box.get_y()) for box in boxes]
    assert len(set(places)) == len(factors.tokens)
    colours = [to_rgba(factor_colour(factor)) for factor in strongest(factors).tolist()]
    assert [box.get_facecolor() for box in boxes] == colours


def test_the_strongest_factor_does_not_depend_on_scale() -> None:
    activity = np.array([[9.0, 1, 0], [0.1, 0.2, 0]])
    assert strongest(factors_of(activity, ("a", "b", "c"))).tolist() == [0, 1, -1]


def test_a_number_stands_where_a_factor_takes_over(ax: Axes) -> None:
    activity = np.array([[1.0, 1, 0, 0], [0, 0, 1, 0]])
    draw_text(factors_of(activity, ("a", "b", "c", "d")), ax)
    numbers = [text.get_text() for text in ax.texts if text.get_fontfamily() != [MONO]]
    assert numbers == ["1", "2"]


def test_eighteen_factors_have_colours_of_their_own() -> None:
    assert len({to_rgba(colour) for colour in FACTOR_COLOURS}) == 18
    assert factor_colour(18) == factor_colour(0)


def test_boxes_flow_into_lines() -> None:
    assert flow([4.0, 4.0, 4.0, 1.0], 10.0) == [(0, 0), (4, 0), (0, 1), (4, 1)]
    assert flow([4.0, 4.0, 4.0], 10.0, [True, False, False]) == [(0, 0), (0, 1), (4, 1)]
    assert flow([40.0, 4.0], 10.0) == [(0, 0), (0, 1)]
