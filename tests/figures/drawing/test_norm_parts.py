"""Drawings of the final norm taken apart: their lines, dots and names are read."""

from dataclasses import replace

import numpy as np
import pytest
from figures.drawing.test_lens import SOURCE
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.draw import draw
from replication.figures.drawing.norm_parts import (
    COLOURS,
    draw_gain,
    draw_readings,
    draw_shares,
)
from replication.results.norm_parts import GAIN, RAW, SCALE, SIGNS, WHOLE, NormParts

READINGS = (RAW, SCALE, SIGNS, GAIN, WHOLE)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(9, 4)).subplots()


def parts() -> NormParts:
    """Two layers, two words, three dimensions, the second turned round."""
    by_reading = {RAW: 900, SCALE: 900, SIGNS: 20, GAIN: 3, WHOLE: 3}
    ranks = [[[by_reading[name] + layer, 5] for name in READINGS] for layer in range(2)]
    return NormParts(
        ranks=np.array(ranks),
        readings=READINGS,
        words=(" are", " is"),
        gain=np.array([1.5, -2.0, 0.5]),
        largest=np.array([[1], [0]]),
        share=np.array([0.75, 0.5]),
        share_turned=np.array([0.75, 0.125]),
        size=np.array([0.2, 1.6, 0.9]),
        provenance=SOURCE,
    )


def test_readings_that_agree_share_a_line_and_their_names(ax: Axes) -> None:
    assert draw_readings(parts(), ax) is ax
    drawn = {line.get_color(): np.asarray(line.get_ydata()).tolist() for line in ax.lines}
    assert drawn == {
        COLOURS[RAW]: [900, 901],
        COLOURS[SIGNS]: [20, 21],
        COLOURS[WHOLE]: [3, 4],
    }
    names = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert names == [f"{SCALE} = {RAW}", SIGNS, f"{WHOLE} = {GAIN}"]
    assert ax.get_ylim()[0] > 901 > 1 == ax.get_ylim()[1]  # the best rank is at the top


def test_names_of_lines_that_end_together_are_apart(ax: Axes) -> None:
    found = parts()
    draw_readings(replace(found, ranks=np.minimum(found.ranks, 5)), ax)
    places = sorted(text.xyann[1] for text in ax.texts)  # type: ignore[attr-defined]
    assert all(np.diff(places) > 8)


def test_a_dot_for_each_dimension_pink_where_turned_round(ax: Axes) -> None:
    draw_gain(parts(), ax)
    upright, turned = ax.collections
    assert np.asarray(upright.get_offsets()).tolist() == [[1.5, 0.2], [0.5, 0.9]]
    assert np.asarray(turned.get_offsets()).tolist() == [[-2.0, 1.6]]
    assert {text.get_text() for text in ax.texts} == {"0", "1", "2"}
    assert ax.get_yscale() == "log"


def test_shares_say_of_how_many_dimensions(ax: Axes) -> None:
    draw_shares(parts(), ax)
    assert [np.asarray(line.get_ydata()).tolist() for line in ax.lines] == [
        [0.75, 0.5],
        [0.75, 0.125],
    ]
    legend = ax.get_legend()
    assert legend
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["1 largest dimensions", "1 dimension with a negative gain"]


def test_a_page_has_ranks_of_every_word_above_gains_and_shares() -> None:
    made = draw({"norm parts": [parts()]}, "The final norm")
    labels = [ax.get_ylabel() for ax in made.axes]
    assert [label.split("\n")[0] for label in labels] == [
        "rank of ␣are",
        "rank of ␣is",
        "size in the state",
        "share of squared length",
    ]
