"""Drawings of patching say what the results say: their artists are read, never pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.patching import EFFECT_COLOURS, NAMES, draw_effects, effects_page
from replication.results.patching import SITES, PatchingEffects
from replication.results.provenance import Provenance
from replication.results.untestable import Untestable

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", None, "none", "a $\\frac{$ b")


def effects_of(values: np.ndarray, clean: tuple[str, ...] = ("The", " keys")) -> PatchingEffects:
    corrupted = ("The", *(" key" for _ in clean[1:]))
    return PatchingEffects(values, clean, corrupted, (" are", " $x$"), (3.4, -4.79), SOURCE)


# (site, layer, position): three sites, two layers, two positions
VALUES = np.array(
    [[[0.0, 1.0], [-0.004, 0.5]], [[0.0, -0.25], [0.0, 0.1]], [[0.0, 0.3], [0.0, -1.5]]]
)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(5, 3)).subplots()


def test_cells_hold_the_effects_of_the_site(ax: Axes) -> None:
    assert draw_effects(effects_of(VALUES), "attention", ax) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), VALUES[1])
    assert [text.get_text() for text in ax.texts] == ["0", "−0.25", "0", "0.10"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Layer 0", "Layer 1"]
    assert ax.get_title("left") == "attention output"


def test_tokens_that_differ_are_named_with_both(ax: Axes) -> None:
    draw_effects(effects_of(VALUES), "residual", ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["The", "␣key→␣keys"]


def test_numbers_keep_only_what_fits() -> None:
    narrow = Figure(figsize=(0.6, 3)).subplots()
    draw_effects(effects_of(VALUES), "residual", narrow)
    assert [text.get_text() for text in narrow.texts] == ["0", "1.0", "0", "0.5"]


def test_colours_are_centred_at_0_and_show_the_sign(ax: Axes) -> None:
    draw_effects(effects_of(VALUES), "residual", ax)
    norm = ax.images[0].norm
    assert (norm.vmin, norm.vmax) == (-1.5, 1.5)  # the greatest of all sites
    middle, low, high = np.array(EFFECT_COLOURS(norm(np.array([0, -1.5, 1.5]))))
    assert middle[:3].min() > 0.9
    assert low[0] > low[2]  # brown: more red than blue
    assert high[2] > high[0]  # purple: the other way round
    draw_effects(effects_of(VALUES / 10), "residual", other := Figure().subplots())
    assert other.images[0].norm.vmax == 1  # never less: small effects look small


@pytest.mark.filterwarnings("error")
def test_a_page_has_all_sites_and_marks_1() -> None:
    hostile = ("The", "$\\frac{$", "\n", "漢")
    found = effects_of(np.ones((3, 2, 4)) * 2, hostile)
    figure = effects_page({"a": [found, Untestable("$\\frac{$", SOURCE)]}, "title")
    figure.draw_without_rendering()  # mathtext would raise here
    line, *sites, _, key = figure.axes
    assert [axes.get_title("left") for axes in sites] == [NAMES[site] for site in SITES]
    assert {axes.images[0].norm.vmax for axes in sites} == {2}
    assert [label.get_text() for label in key.get_xticklabels()] == ["−1", "0", "1 (clean)"]
    np.testing.assert_array_equal(np.asarray(key.get_lines()[-1].get_xdata()), [1, 1])
    said = [text.get_text() for text in line.texts]
    assert " ".join(said).startswith(
        "Logit of ␣are less that of ␣$x$: 3.40 after the clean prompt, −4.79"
    )
    for axes in figure.axes:
        place = axes.get_position()
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1
