"""Parts about depth, by hand: the depth decides, and not the number of layers."""

import numpy as np
import pytest

from replication.judging.depth import (
    before_last,
    beyond,
    by_depth,
    crosses,
    in_layer,
    steps,
    throughout,
)
from replication.results.untestable import NotTestable


def layers(*holding: int, of: int) -> np.ndarray:
    """In which of so many layers something holds."""
    return np.isin(np.arange(of), holding)


@pytest.mark.parametrize(
    ("fails", "layers", "holds"), [(0, 6, True), (1, 6, False), (4, 30, True), (5, 30, False)]
)
def test_every_layer_leaves_out_less_than_one_of_the_articles(
    fails: int, layers: int, holds: bool
) -> None:
    part = throughout("it leads", np.arange(layers) >= fails, 6)
    assert part.holds is holds
    assert part.measured == pytest.approx(fails / layers)


def test_layers_beyond_a_depth_are_not_looked_at() -> None:
    last_sixth = np.arange(30) < 25
    assert throughout("it leads", last_sixth, 6, before=5 / 6).measured == 0
    assert throughout("it leads", last_sixth, 6).measured == pytest.approx(5 / 30)


@pytest.mark.parametrize(
    ("layer", "of_30", "by_then", "not_before"),
    [
        (3, 19, True, True),  # layer 19 of 30 has the depth 4/6
        (3, 20, False, True),
        (3, 15, True, True),
        (3, 14, True, False),  # the depth 3/6: the article's layer 2
        (0, 0, True, True),
    ],
)
def test_a_layer_of_six_is_a_sixth_of_the_depth(
    layer: int, of_30: int, by_then: bool, not_before: bool
) -> None:
    first, second = in_layer("it leads", np.arange(30) >= of_30, layer, 6)
    assert (first.holds, second.holds) == (by_then, not_before)
    assert first.crossing is not None
    assert first.crossing.estimate == pytest.approx((of_30 + 1) / 30)
    assert first.crossing.article == (layer + 1) / 6


def test_of_several_tokens_the_median_comes_to_stay() -> None:
    holds = np.stack([layers(2, 3, of=4), layers(3, of=4), layers(0, 1, of=4)], axis=1)
    first, _ = in_layer("tokens lead", holds, 3, 4)
    assert first.crossing is not None
    assert (first.crossing.estimate, first.crossing.never) == (1, 1 / 3)


def test_a_flip_at_a_depth_of_85_in_100_is_in_the_last_sixth_and_not_in_the_last_layer() -> None:
    """The network of a hundred layers flips in layer 84: beyond 5/6, and long before the last."""
    flipped = np.arange(100) >= 84
    depth = np.array([0.85])
    assert beyond("it leads", depth, 5 / 6).holds
    assert throughout("the other leads", ~flipped, 6, before=5 / 6).holds
    assert flipped[:-1].any()  # the literal reading: none of the layers before the last
    assert not beyond("it leads", depth, 99 / 100).holds


def test_the_same_depth_is_not_beyond_itself() -> None:
    assert not beyond("it leads", np.array([25 / 30]), 1 - 1 / 6).holds
    assert beyond("it leads", np.array([26 / 30]), 1 - 1 / 6).holds


def test_the_same_depth_is_by_itself() -> None:
    assert by_depth("it leads", np.array([20 / 30]), 2 / 3).holds
    part = by_depth("it leads", np.array([0.1, 0.7, 21 / 30]), 2 / 3, article=0.5)
    assert (part.holds, part.weight, part.measured) == (False, "core", 0.7)
    assert part.crossing is not None
    assert part.crossing.article == 0.5


def test_depths_over_clusters_have_an_interval() -> None:
    part = beyond("it leads", np.array([0.8, 0.9, 0.9, 0.9]), 5 / 6, clusters=list("abcd"))
    assert part.crossing is not None
    assert (part.crossing.estimate, part.crossing.low, part.crossing.high) == (0.9, 0.8, 0.9)


def test_a_depth_alone_bears_on_no_verdict() -> None:
    part = crosses(
        "it leads", np.array([0.8, 0.9, 0.9, 7 / 6]), article=5 / 6, clusters=list("abcd")
    )
    assert part.crossing is not None
    assert (part.crossing.estimate, part.crossing.high, part.crossing.never) == (0.9, 7 / 6, 0.25)
    assert (part.weight, part.holds, part.measured) == ("beside", True, 0.9)
    never = crosses("it leads", np.array([0.9, 7 / 6, 7 / 6]))
    assert (never.weight, never.holds) == ("beside", False)
    with pytest.raises(NotTestable, match="it leads: there is nothing in the text"):
        crosses("it leads", np.empty(0))


def test_where_the_articles_layers_lie_in_another_model() -> None:
    assert steps(6, 30) == [4, 9, 14, 19, 24, 29]
    assert steps(6, 6) == [0, 1, 2, 3, 4, 5]
    assert (before_last(6, 30), before_last(6, 6), before_last(6, 4)) == (24, 4, 2)
