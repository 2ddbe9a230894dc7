"""Pages of saliency, factors and neurons: artists hold the results' numbers, tokens stay text."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

from replication.articles.experiments import published_factors, published_saliency
from replication.figures.drawing.cells import MONO, visible
from replication.figures.drawing.maps import draw_firing, draw_saliency
from replication.figures.drawing.pages import (
    at_same_place,
    factors_page,
    neurons_page,
    saliency_page,
)
from replication.figures.drawing.sparklines import (
    FACTOR_COLOURS,
    STRONGEST,
    draw_clusters,
    draw_sparklines,
    factor_colour,
)
from replication.figures.drawing.strips import draw_strip, draw_text, flow, strongest
from replication.results.factors import Factors
from replication.results.neurons import Firing
from replication.results.provenance import Provenance
from replication.results.saliency import Saliency
from replication.results.untestable import Untestable

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", None, "none", "a $\\frac b")
HOSTILE = ("$x$", "<b>", "\n", "'\"", "שלום", "", "\u202e", "$\\frac{", "漢", "a" * 99)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def saliency_of(tokens: tuple[str, ...], n_input: int) -> Saliency:
    shares = np.zeros((len(tokens) - n_input, len(tokens) - 1))
    for number, row in enumerate(shares):
        row[: n_input + number] = 1 / (n_input + number)
    return Saliency(shares, tokens, n_input, "gradient x input", "logit", SOURCE)


def factors_of(activity: np.ndarray, tokens: tuple[str, ...]) -> Factors:
    return Factors(activity, tokens, len(tokens), (0,), None, SOURCE)


def firing_of(tokens: tuple[str, ...]) -> Firing:
    values = np.arange(4.0 * len(tokens)).reshape(4, -1)
    labels = np.array([1, 0, 1, 0])
    means = np.stack([values[labels == k].mean(axis=0) for k in (0, 1)])
    return Firing(values, np.arange(4), labels, means, np.array([2, 2]), tokens, 3, SOURCE)


def tokens_in(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_fontfamily() == [MONO]]


@pytest.mark.parametrize("id", ["saliency_shakespeare", "saliency_ones", "saliency_eu"])
def test_cells_hold_the_shares_and_rows_stop_at_their_token(id: str, ax: Axes) -> None:
    saliency = published_saliency(id)
    assert draw_saliency(saliency, ax) is ax
    shown = ax.images[0].get_array()
    assert isinstance(shown, np.ma.MaskedArray)
    for number, row in enumerate(shown):
        np.testing.assert_array_equal(row.compressed(), saliency.row(number))
    written = [text.get_text() for text in ax.texts]
    assert len(written) == sum(saliency.n_input + n for n in range(len(saliency.shares)))
    first = [float(text) for text in written[: saliency.n_input]]
    np.testing.assert_allclose(first, 100 * saliency.row(0), atol=0.51)
    rows, columns = ax.get_yticklabels(), ax.get_xticklabels()
    shown_tokens = [visible(token, 14) for token in saliency.tokens]
    assert [label.get_text() for label in rows] == shown_tokens[saliency.n_input :]
    assert [label.get_text() for label in columns] == shown_tokens[:-1]


def test_numbers_stand_only_where_they_fit() -> None:
    narrow = Figure(figsize=(1, 1)).subplots()
    draw_saliency(published_saliency("saliency_eu"), narrow)
    assert {text.get_text() for text in narrow.texts} == {""}


@pytest.mark.parametrize("generated", [0, 3, -1])
def test_a_strip_shows_every_token_once_in_order_with_its_share(ax: Axes, generated: int) -> None:
    saliency = published_saliency("saliency_eu")
    draw_strip(saliency, ax, generated)
    end = range(saliency.n_input, len(saliency.tokens))[generated]
    assert tokens_in(ax) == [visible(token) for token in saliency.tokens[: end + 1]]
    below = [text.get_text() for text in ax.texts if text.get_fontfamily() != [MONO]]
    row = saliency.row(range(len(saliency.shares))[generated])
    assert below == [*(f"{share:.1%}" for share in row), "output"]


def test_a_darker_box_has_a_greater_share(ax: Axes) -> None:
    saliency = published_saliency("saliency_shakespeare")
    draw_strip(saliency, ax)
    boxes = [np.array(to_rgba(box.get_facecolor()))[:3] for box in ax.patches]
    lightness = np.array([box @ (0.2126, 0.7152, 0.0722) for box in boxes])[:-1]
    assert (np.argsort(-lightness) == np.argsort(saliency.row(0))).all()


@pytest.mark.parametrize("model", ["published", "other"])
def test_the_same_place_is_found_in_other_tokens(model: str) -> None:
    first = saliency_of(("a", " 15", "64", "."), 1)
    other = saliency_of(("a", " ", "1", "5", "6", "4", "."), 1)
    expected = {"published": [0, 1, 2], "other": [1, 3, 5]}[model]
    found = [at_same_place(first, n, first if model == "published" else other) for n in range(3)]
    assert found == expected


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


def test_neurons_are_drawn_in_order_and_by_cluster(ax: Axes) -> None:
    firing = firing_of(("a", "b"))
    draw_firing(firing, ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), firing.values)
    ax.clear()
    draw_firing(firing, ax, by_cluster=True)
    np.testing.assert_array_equal(ax.images[0].get_array(), firing.values[[1, 3, 0, 2]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2"]
    assert ax.get_xlabel() == "layer 3: 4 of its 4 neurons, cluster by cluster"


def test_clusters_are_shown_with_their_sizes_and_means(ax: Axes) -> None:
    firing = firing_of(("a", "b"))
    draw_clusters(firing, ax)
    heights, _, base = ax.patches[0].get_data()  # type: ignore[attr-defined]
    restored = (heights - base) / STRONGEST * firing.means[0].max()
    np.testing.assert_allclose(restored, firing.means[0])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1: 2 neurons", "2: 2 neurons"]
    assert [text.get_text() for text in ax.texts] == ["5", "3"]


@pytest.mark.filterwarnings("error")
def test_hostile_tokens_are_drawn_as_text() -> None:
    reason = Untestable("$\\frac{ is several tokens", SOURCE)
    activity = np.eye(len(HOSTILE))
    pages = (
        saliency_page({"a": [saliency_of(HOSTILE, 3), reason]}, "title", [0, -1]),
        factors_page({"a": [factors_of(activity, HOSTILE), reason]}, "title"),
        neurons_page({"a": [reason, firing_of(HOSTILE)]}, "title"),
    )
    for page in pages:
        page.canvas.draw()  # mathtext would raise here
        labels = [label.get_text() for axes in page.axes for label in axes.get_xticklabels()]
        assert {visible(token, 14) for token in HOSTILE[:-1]} <= set(labels)
        written = [text.get_text() for axes in page.axes for text in axes.texts]
        assert "not testable: $\\frac{ is several tokens" in written


def test_published_stands_above_measured_on_one_scale() -> None:
    saliency = published_saliency("saliency_ones")
    flat = saliency_of(saliency.tokens, saliency.n_input)
    page = saliency_page({"a": [saliency, flat]}, "title")
    maps = [axes for axes in page.axes if axes.images]
    assert {axes.images[0].norm.vmax for axes in maps} == {saliency.shares.max()}
    assert maps[0].get_position().y0 > maps[1].get_position().y1
    for axes in page.axes:
        place = axes.get_position()
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1


def test_a_heading_names_no_norm_where_there_is_none() -> None:
    page = factors_page({"a": [published_factors("factors_counting_two")]}, "title")
    assert page.axes[0].get_title("left") == "published"
