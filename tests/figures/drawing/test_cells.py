"""Texts are made visible, measured in their fonts, and set where they have room."""

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.figures.drawing.cells import (
    DOTS,
    MONO,
    TEXT,
    label_tokens,
    percent,
    text_width,
    visible,
    wrapped,
)


def axes(width: float) -> Axes:
    """Axes of a width in points."""
    return Figure(figsize=(width / 72, 2)).add_axes((0, 0, 1, 1))


def labels_of(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_xticklabels()]


def test_percentages() -> None:
    assert [percent(p) for p in (1.0, 0.598, 0.0003, 0.0)] == ["100.0%", "59.8%", "0.03%", "0.00%"]


def test_tokens_are_made_visible() -> None:
    shown = [visible(token) for token in (" ", "\n", "\t", "", "\u202e", "漢", "$x$", "<b>")]
    assert shown == ["␣", r"\n", r"\t", "(empty)", r"\u202e", r"\u6f22", "$x$", "<b>"]
    assert visible("abcdef", 4) == "abc…"


@pytest.mark.parametrize("text", ["Layer 29", "$x$ 99.9%", "iiii WWWW"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_texts_are_as_wide_as_they_are_drawn(text: str, weight: str) -> None:
    figure = Figure(dpi=DOTS)
    drawn = figure.text(0, 0, text, fontsize=TEXT, weight=weight, parse_math=False)
    wide = drawn.get_window_extent().width * 72 / DOTS
    assert text_width(text, weight=weight) == pytest.approx(wide, abs=0.5)


def test_texts_are_wrapped_at_blanks_and_long_words_broken() -> None:
    room = text_width("one two", TEXT, MONO)
    lines = wrapped("one two three  four", room, TEXT, MONO)
    assert lines == ["one two", "three ", "four"]
    assert wrapped("a sevenletters", room, TEXT, MONO) == ["a", "sevenle", "tters"]
    assert wrapped("", 10.0) == [""]


@pytest.mark.parametrize(("width", "rotation"), [(100.0, 0), (40.0, 90)])
def test_labels_are_turned_where_they_are_too_long(width: float, rotation: float) -> None:
    ax = axes(width)
    label_tokens(ax, ["Austria", ".", "$x$"])
    assert labels_of(ax) == ["Austria", ".", "$x$"]
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {rotation}


def test_labels_that_have_no_room_even_turned_are_numbers() -> None:
    ax = axes(400.0)
    label_tokens(ax, ["Austria"] * 101)
    assert labels_of(ax) == ["token 1", "21", "41", "61", "81"]  # 101 would stick out
    assert list(ax.get_xticks()) == [0, 20, 40, 60, 80]
