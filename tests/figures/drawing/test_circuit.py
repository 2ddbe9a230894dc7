"""Drawings of circuits say what the results say: their artists are read, never pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from replication.figures.drawing.circuit import circuit_page, draw_written
from replication.figures.drawing.draw import draw
from replication.results.circuit import DIRECTIONS, CircuitMap, Head
from replication.results.provenance import Provenance
from replication.results.sets import LayerCurves

SOURCE = Provenance("tiny", "registry", "Tiny $m$", "float32", "0", None, "none", "a $\\frac{$ b")


def curves(panels: tuple[str, ...], lines: tuple[str, ...]) -> LayerCurves:
    values = np.linspace(0, 1, 12).reshape(2, 2, 3)
    sizes = (4, 4)
    return LayerCurves(
        panels, lines, values, values - 0.1, values + 0.1, sizes, sizes, 9, 0, SOURCE
    )


# Three layers; two heads, attention and the feed-forward layer.
FOUND = CircuitMap(
    transport=curves(DIRECTIONS, ("subject", "last")),
    decision=curves(("written", "left"), ("attention", "feed-forward")),
    written=np.array([[0, 0.004, 0.0, 0.1], [0.65, 0.0, 0.66, -0.32], [0.0, 0.4, 0.4, 0.0]]),
    named=(Head(1, 0), Head(2, 1)),
    provenance=SOURCE,
)


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(6, 3)).subplots()


def test_cells_hold_what_is_written_and_named_heads_are_framed(ax: Axes) -> None:
    draw_written(FOUND, ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), FOUND.written)
    assert [text.get_text() for text in ax.texts] == ["10%", "65%", "66%", "−32%", "40%", "40%"]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["head 0", "head 1", "attention", "feed-forward"]
    frames = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert [frame.get_xy() for frame in frames] == [(-0.5, 0.5), (0.5, 1.5)]
    assert {(frame.get_width(), frame.get_height()) for frame in frames} == {(1, 1)}


@pytest.mark.filterwarnings("error")
def test_a_page_has_transport_decision_and_the_map() -> None:
    figure = circuit_page({"a": [FOUND]}, "title")
    figure.draw_without_rendering()  # mathtext would raise here
    titles = [axes.get_title("right") for axes in figure.axes]
    assert titles[:4] == [*DIRECTIONS, "written", "left"]
    assert figure.axes[4].images
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == [
        "−1",
        "0",
        "1 (all)",
    ]
    for axes in figure.axes:
        place = axes.get_position()
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1


def test_a_circuit_is_drawn_by_its_type() -> None:
    assert len(draw({"a": [FOUND]}, "title").axes) == len(circuit_page({"a": [FOUND]}, "t").axes)
