"""Pages of all kinds: nothing lies on something else or leaves the page, tokens stay text."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from figures.drawing.test_curves import attention, curves, formulas
from figures.drawing.test_factors import factors_of
from figures.drawing.test_lens import HOSTILE, SOURCE, grid_of, uncertainty_of, words_of
from figures.drawing.test_neurons import firing_of
from figures.drawing.test_patching import effects_of
from figures.drawing.test_ranks import grid_of as ranks_of
from figures.drawing.test_saliency import saliency_of
from matplotlib.figure import Figure
from matplotlib.text import Text

from replication.articles.experiments import (
    published_factors,
    published_ranks,
    published_saliency,
    published_top_tokens,
)
from replication.figures.drawing.draw import draw
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WIDTH, Panel
from replication.results.ranks import TopTokens
from replication.results.untestable import Untestable

WORDS = ("The", " keys", " of", " Luxembourg", "\n", ".")
LONG = ("<|endoftext|>", " antidisestablishmentarianism", "W" * 40, "$x$", "1", ",")
REASON = Untestable("$\\frac{$ is several tokens, " + "and what is said of it is long " * 9, SOURCE)


def top_of(tokens: tuple[str, ...], layers: int = 4) -> TopTokens:
    shares = np.sort(np.linspace(0.001, 0.99, layers * len(tokens)).reshape(layers, -1))[:, ::-1]
    return TopTokens((tokens,) * layers, shares, "a", SOURCE)


def ranks(tokens: tuple[str, ...], layers: int = 12) -> Any:
    values = np.geomspace(1, 49_999, layers * len(tokens)).astype(int)
    return ranks_of(values.reshape(layers, -1).tolist(), tokens)


def factors(tokens: tuple[str, ...], count: int = 11) -> Any:
    return factors_of(np.random.default_rng(0).uniform(size=(count, len(tokens))), tokens)


def of(tokens: tuple[str, ...]) -> list[Any]:
    """A result of every type about such tokens."""
    return [
        ranks(tokens),
        top_of(tokens),
        saliency_of(tokens, 2),
        factors(tokens),
        firing_of(tokens),
        attention(tokens),
        formulas(tokens[1]),
        grid_of(tokens),
        words_of(tokens),
        uncertainty_of(tokens),
        effects_of(np.linspace(-2, 2, 6 * len(tokens)).reshape(3, 2, -1), tokens),
        curves(),
    ]


PAGES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    **{f"{type(one).__name__} words": ([one], {}) for one in of(WORDS)},
    **{f"{type(one).__name__} long": ([one] * 2, {}) for one in of(LONG)},
    **{f"{type(one).__name__} hostile": ([one], {}) for one in of(HOSTILE)},
    **{f"{type(one).__name__} many": ([one], {}) for one in of(WORDS * 15)[:-1]},
    **{f"{type(one).__name__} reasons": ([REASON, one, REASON], {}) for one in of(WORDS)},
    "reasons alone": ([REASON] * 3, {}),
    "narrow ranks": ([ranks(("a",)), ranks(("a", "b"), 30), REASON], {}),
    "wide ranks": ([published_ranks("ranks_eu_gpt2"), ranks(WORDS * 5, 48)], {}),
    "unequal ranks": ([ranks(WORDS[:1], 3), ranks(WORDS, 9), ranks(WORDS[:2], 6)] * 2, {}),
    "top tokens": ([published_top_tokens("top10_ones"), top_of(LONG)], {}),
    "candidates": ([published_top_tokens("top10_ones"), top_of(LONG)], {"last_layer": True}),
    "saliency": ([published_saliency("saliency_eu")], {"chosen": [0, 3]}),
    "factors": ([published_factors("factors_xml")], {}),
    "ten heads": ([attention(WORDS, heads=10)], {}),
    "two heads": ([attention(WORDS, heads=2)], {}),
}


def written(figure: Figure) -> Iterator[Text]:
    """The texts of a page that are drawn."""
    yield from figure.texts
    for ax in figure.axes:
        yield from ax.texts
        if legend := ax.get_legend():
            yield from legend.get_texts()
        if not ax.axison:
            continue
        yield from (getattr(ax, f"{where}title") for where in ("", "_left_", "_right_"))
        for axis, ends in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            yield axis.label
            for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
                if min(ends) <= place <= max(ends):
                    yield label


def faults(figure: Figure) -> tuple[list[str], list[tuple[str, str]]]:
    """The texts that leave a page by more than a dot, and those that share more than that."""
    texts = [text for text in written(figure) if text.get_text().strip() and text.get_visible()]
    said = [text.get_text() for text in texts]
    boxes = np.array([text.get_window_extent().extents for text in texts])
    low, high = boxes[:, :2], boxes[:, 2:]
    outside = (low < -1).any(1) | (high > np.array(figure.bbox.size) + 1).any(1)
    common = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    pairs = np.argwhere(np.triu((common > 1).all(-1), 1))
    return [said[n] for n in np.flatnonzero(outside)], [(said[a], said[b]) for a, b in pairs]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", PAGES)
def test_no_text_lies_on_another_or_leaves_the_page(name: str) -> None:
    results, options = PAGES[name]
    figure = draw({"a": results, "b": []}, "$\\frac{$ title", **options)
    figure.draw_without_rendering()  # mathtext would raise here
    assert faults(figure) == ([], [])


def test_the_measure_finds_what_overlaps_and_what_is_outside() -> None:
    def below(ax: Any) -> None:
        ax.text(0, 0.5, "below")
        ax.set_axis_off()

    figure = page("title", [[Panel(below, 1.0)]])
    axes = figure.axes[0].get_position()
    figure.text(axes.x0, axes.y0 + axes.height / 2, "on it")
    figure.text(0.99, 0.9, "beyond")
    assert faults(figure) == (["beyond"], [("on it", "below")])


def test_pages_are_nine_inches_wide_and_panels_as_high_as_they_ask() -> None:
    figure = page("title", [[Panel(lambda ax: None, 1.5), Panel(lambda ax: None, 0.5, 2.0)]])
    first, second = (ax.get_position() for ax in figure.axes)
    width, height = figure.get_size_inches()
    assert width == WIDTH
    assert first.height * height == pytest.approx(1.5)
    assert (first.y0, first.height) == (second.y0, second.height)  # the same depth
    assert second.width * width <= 2


def test_a_panel_alone_may_be_as_wide_as_those_side_by_side() -> None:
    def named(ax: Any) -> None:
        ax.set_yticks([0.5], ["a long name"])

    panel = Panel(named, 1.0)
    one, other, alone = (ax.get_position() for ax in page("", [[panel] * 2, [panel]]).axes)
    assert (alone.x0, alone.x1) == pytest.approx((one.x0, other.x1))
    assert one.width == pytest.approx(other.width)


def test_headings_say_subject_norm_model_and_weights_above_the_drawing() -> None:
    figure = draw({"a": [ranks(WORDS)]}, "title")
    heading, subject, model = (
        next(text for text in figure.texts if text.get_text() == said)
        for said in ("after “a $\\frac{$ b”", "tiny, norm: final", "Tiny $m$, float32")
    )
    heights = [text.get_window_extent().y0 for text in (heading, subject, model)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] > figure.axes[0].bbox.y1


def test_a_heading_names_no_norm_where_there_is_none() -> None:
    figure = draw({"a": [published_factors("factors_counting_two")]}, "title")
    assert "published" in [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(" reasons")])
def test_what_cannot_be_tested_is_said(name: str) -> None:
    figure = draw({"a": PAGES[name][0]}, "title")
    said = [" ".join(text.get_text().split()) for ax in figure.axes for text in ax.texts]
    assert said.count(f"not testable: {REASON.reason.strip()}") in (2, 4)  # or in two lines
