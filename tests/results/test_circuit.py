"""Attribution, profiles, heads and ablation, by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from replication.results.circuit import Ablation, Attribution, Head, HeadEffects, PatchingProfile

# One pair, two layers, two heads. Clean: 1 + (2 + 3) + (0.5 - 0.5) + 0.25 = 6.25; corrupted:
# 1 + (-1 + 1) + (-2 - 0) + 0.25 = -0.75. The gap is 7: attention writes 3/7 and 2/7 of it, the
# feed-forward layers 2.5/7 and -0.5/7.
ATTRIBUTION: dict[str, Any] = {
    "embedding": np.array([[1.0, 1.0]]),
    "attention": np.array([[[2.0, 3.0], [-1.0, 1.0]]]),
    "feed_forward": np.array([[[0.5, -0.5], [-2.0, 0.0]]]),
    "heads": np.array([[[[2.0, 0.0], [1.0, 2.0]], [[-1.0, 0.0], [3.0, -2.0]]]]),
    "bias": np.array([[0.25, 0.25]]),
    "differences": np.array([[6.25, -0.75]]),
}
PROFILE: dict[str, Any] = {
    "at_last": np.array([[[0.1, 1.0]], [[-0.5, 1.0]]]),
    "attention": np.zeros((2, 1, 2)),
    "feed_forward": np.zeros((2, 1, 2)),
}
HEADS: dict[str, Any] = {
    "layers": (3, 5),
    "effects": np.zeros((2, 1, 2, 4)),
    "named": (Head(5, 1),),
    "together": np.ones((2, 1)),
    "on_subject": np.ones((1, 1)),
    "even": np.ones(1),
    "held_out": np.array([True]),
}
ABLATION: dict[str, Any] = {
    "attention": np.ones((1, 2)),
    "feed_forward": np.ones((1, 2)),
    **{name: np.ones(1) for name in ("sixth", "before", "last", "feed_forwards", "named")},
}


def test_hand_worked_shares_of_the_gap() -> None:
    found = Attribution(**ATTRIBUTION)
    np.testing.assert_allclose(found.of_gap(found.attention), [[3 / 7, 2 / 7]])
    np.testing.assert_allclose(found.of_gap(found.feed_forward), [[2.5 / 7, -0.5 / 7]])
    np.testing.assert_allclose(found.of_gap(found.embedding), [0])
    np.testing.assert_allclose(found.of_gap(found.heads), [[[3 / 7, 0], [-2 / 7, 4 / 7]]])
    np.testing.assert_allclose(found.blocks, [[5.5 / 7, 1.5 / 7]])
    assert found.blocks.sum() == pytest.approx(1)


@pytest.mark.parametrize("part", ["embedding", "attention", "feed_forward", "bias"])
def test_parts_that_do_not_add_up_are_refused(part: str) -> None:
    with pytest.raises(ValueError, match="expected the logit differences"):
        Attribution(**{**ATTRIBUTION, part: ATTRIBUTION[part] + 0.1})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"attention": np.zeros((2, 1, 3))}, "attention"),
        ({"feed_forward": np.zeros((1, 1, 2))}, "feed_forward"),
        ({"at_last": np.zeros((2, 1, 2))}, "expected 1 for each pair"),
    ],
)
def test_a_profile_refuses_what_does_not_fit(wrong: dict[str, object], message: str) -> None:
    # Which of the two checks comes first depends on the switch in conftest.
    with pytest.raises((ValueError, TypeCheckError), match=message):
        PatchingProfile(**{**PROFILE, **wrong})
    assert PatchingProfile(**PROFILE).at_last.shape == (2, 1, 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"named": (Head(4, 1),)}, r"heads \['4.1'\] are named: expected some of layers \(3, 5\)"),
        ({"layers": (3, 5, 7)}, "heads are given for"),
        ({"together": np.ones((1, 1))}, "given for|together"),
    ],
)
def test_heads_refuse_what_does_not_fit(wrong: dict[str, object], message: str) -> None:
    with pytest.raises((ValueError, TypeCheckError), match=message):
        replace(HeadEffects(**HEADS), **wrong)


@pytest.mark.parametrize("name", ["feed_forward", "sixth", "named"])
def test_an_ablation_refuses_what_does_not_fit(name: str) -> None:
    with pytest.raises((ValueError, TypeCheckError), match=name):
        Ablation(**{**ABLATION, name: np.ones((3, 2) if name == "feed_forward" else 3)})
    assert Ablation(**ABLATION).sixth == 1
