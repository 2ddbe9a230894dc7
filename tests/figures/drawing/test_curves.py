"""Drawings of sets, formulas and attention: their artists' numbers and texts are read."""

from typing import Any

import numpy as np
import pytest
from figures.drawing.test_lens import SOURCE
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.attention import attention_page, draw_head, draw_last_token
from replication.figures.drawing.curves import curves_page, draw_curves
from replication.figures.drawing.formulas import draw_formulas, formulas_page
from replication.results.attention import LayerAttention
from replication.results.lens import FORMULAS, FormulaVariants
from replication.results.sets import LayerCurves

RANKS = np.array([[900, 800, 700], [30, 20, 10], [5, 1, 3]])
SHARES = np.array([[0, 1e-5, 0.2], [0.01, 0.5, 0.02], [0.3, 0.773, 0.1]])


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def curves() -> LayerCurves:
    estimate = np.linspace(0.1, 0.9, 16).reshape(2, 2, 4)
    names = ("of plurals", "of singulars")
    low, high = estimate - 0.1, estimate + 0.05
    panels = ("norm: none", "norm: final")
    return LayerCurves(panels, names, estimate, low, high, (150, 60), (30, 20), 10_000, 0, SOURCE)


def formulas(word: str = " Paris") -> FormulaVariants:
    return FormulaVariants(word, SHARES, RANKS, False, SOURCE)


def attention(tokens: tuple[str, ...] = ("The", " keys", " are"), heads: int = 4) -> LayerAttention:
    weights = np.tril(np.random.default_rng(0).uniform(1, 2, (heads, len(tokens), len(tokens))))
    return LayerAttention(weights / weights.sum(-1, keepdims=True), 7, tokens, SOURCE)


@pytest.mark.parametrize("panel", [0, 1])
def test_curves_have_their_means_and_bands(panel: int, ax: Axes) -> None:
    found = curves()
    assert draw_curves(found, ax, panel) is ax
    half, *lines = ax.lines
    assert np.asarray(half.get_ydata()).tolist() == [0.5, 0.5]
    assert len({line.get_color() for line in lines}) == 2
    for number, (line, band) in enumerate(zip(lines, ax.collections, strict=True)):
        np.testing.assert_array_equal(line.get_xdata(), range(4))
        np.testing.assert_array_equal(line.get_ydata(), found.estimate[panel, number])
        corners = np.asarray(band.get_paths()[0].vertices)
        for layer in range(4):
            ends = corners[corners[:, 0] == layer][:, 1]
            assert ends.min() == pytest.approx(found.low[panel, number, layer])
            assert ends.max() == pytest.approx(found.high[panel, number, layer])
    assert ax.get_title("right") == found.panels[panel]


def test_exact_intervals_are_bars_and_no_band(ax: Axes) -> None:
    """Layers 1 and 3 have means of 1 and 0, with intervals that drawing again cannot give."""
    found = curves()
    found.estimate[0, 0] = [0.9, 1, 1, 0]
    found.low[0, 0], found.high[0, 0] = [0.8, 0.88, 1, 0], [0.95, 1, 1, 0.12]
    draw_curves(found, ax)
    band, bars = ax.collections[:2]
    corners = np.asarray(band.get_paths()[0].vertices)
    for layer, (low, high) in enumerate([(0.8, 0.95), (1, 1), (1, 1), (0, 0)]):
        ends = corners[corners[:, 0] == layer][:, 1]
        assert (ends.min(), ends.max()) == pytest.approx((low, high))
    drawn = [np.asarray(path.vertices).tolist() for path in bars.get_paths()]
    assert drawn == [[[1, 0.88], [1, 1]], [[3, 0], [3, 0.12]]]
    assert len(ax.collections) == 3  # the other line has a band alone


def test_the_names_of_curves_stand_once_with_their_sizes(ax: Axes) -> None:
    draw_curves(curves(), ax, 1)
    assert ax.get_legend() is None
    draw_curves(curves(), ax, 0)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][-2:] == [
        "of plurals (150 texts, 30 clusters)",
        "of singulars (60 texts, 20 clusters)",
    ]


def test_a_page_of_curves_has_its_panels_side_by_side() -> None:
    axes = curves_page({"a": [curves()], "b": [curves()]}, "title").axes
    first, beside, below, _ = (ax.get_position() for ax in axes)
    assert first.y0 == beside.y0 > below.y1
    assert first.x1 < beside.x0
    assert first.x0 == below.x0


def test_formulas_have_ranks_and_probabilities(ax: Axes) -> None:
    assert draw_formulas(formulas(), ax, 900) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), RANKS)
    assert ax.images[0].norm.vmax == 900
    texts = [text.get_text() for text in ax.texts]
    assert texts[:9] == [f"{rank:,}" for rank in RANKS.ravel()]
    assert texts[9:] == [
        *("0.00%", "0.00%", "20.0%"), *("1.0%", "50.0%", "2.0%"), *("30.0%", "77.3%", "10.0%"),
    ]  # fmt: skip
    assert [label.get_text() for label in ax.get_xticklabels()] == list(FORMULAS)
    assert ax.get_xlabel() == "rank and probability of ␣Paris"


def test_pages_of_formulas_share_their_scale() -> None:
    worse = FormulaVariants(" Rome", SHARES, RANKS * 10, False, SOURCE)
    figure = formulas_page({"a": [formulas(), worse]}, "title")
    drawn = [ax.images[0] for ax in figure.axes if ax.images]
    assert [image.norm.vmax for image in drawn[:2]] == [9000, 9000]


def test_heads_are_drawn_up_to_what_they_see(ax: Axes) -> None:
    found = attention()
    assert draw_head(found, ax, 2) is ax
    shown: Any = ax.images[0].get_array()
    np.testing.assert_array_equal(shown.mask, np.triu(np.ones((3, 3), bool), 1))
    np.testing.assert_allclose(shown.filled(0), found.weights[2], atol=1e-7)
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["The", "␣keys", "␣are"]
    assert ax.get_title("right") == "layer 7, head 2"


def test_the_last_token_has_a_row_for_each_head_in_percent(ax: Axes) -> None:
    found = attention()
    assert draw_last_token(found, ax) is ax
    np.testing.assert_allclose(np.asarray(ax.images[0].get_array()), found.weights[:, -1])
    assert [text.get_text() for text in ax.texts] == [
        f"{100 * weight:.0f}" for weight in found.weights[:, -1].ravel()
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"head {n}" for n in range(4)]
    assert ax.get_title("left") == "layer 7, from the last token, ␣are"


def test_a_page_of_attention_names_every_head() -> None:
    axes = attention_page({"a": [attention()]}, "title").axes
    *heads, last, key = axes
    assert [ax.get_title("right") for ax in heads] == [f"layer 7, head {n}" for n in range(4)]
    assert np.asarray(last.images[0].get_array()).shape == (4, 3)
    tops = [ax.get_position().y0 for ax in heads]
    assert tops[0] == tops[1] == tops[2] > tops[3]
    assert key.get_xlim() == (0, 1)
