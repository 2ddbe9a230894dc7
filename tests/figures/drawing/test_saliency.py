"""Drawings of saliency: artists hold the results' numbers, tokens stay text."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from replication.articles.experiments import published_saliency
from replication.figures.drawing.cells import MONO, visible
from replication.figures.drawing.saliency import (
    at_same_place,
    draw_saliency,
    draw_strip,
    saliency_page,
)
from replication.results.provenance import Provenance
from replication.results.saliency import Saliency

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", None, "none", "a $\\frac b")


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(12, 4)).subplots()


def saliency_of(tokens: tuple[str, ...], n_input: int) -> Saliency:
    shares = np.zeros((len(tokens) - n_input, len(tokens) - 1))
    for number, row in enumerate(shares):
        row[: n_input + number] = 1 / (n_input + number)
    return Saliency(shares, tokens, n_input, "gradient x input", "logit", SOURCE)


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
    assert not narrow.texts


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
