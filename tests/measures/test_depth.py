"""When tokens arrive, by hand."""

import numpy as np
import pytest

from replication.articles.thresholds import NEAR_TOP
from replication.measures.depth import SYNTAX, arrivals, crossing, depth_of, first_layer, last_from
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid
from replication.results.roles import Role

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", "final", "none", "")


def test_a_token_arrives_where_it_comes_to_stay() -> None:
    # The period is near the top, leaves it, and comes to stay; Chile never comes; the newline is
    # there from the first layer on.
    ranks = np.array([[1, 900, 2], [900, 800, 1], [3, 700, 1], [1, 600, 1]])
    grid = RankGrid(ranks, (".", " Chile", "\n"), "continuation", 1000, SOURCE)
    assert arrivals(grid, SYNTAX) == [3 / 4, 1 / 4]
    assert arrivals(grid, (Role.COUNTRY,)) == [5 / 4]
    assert arrivals(grid, (Role.NUMBER,)) == []


def test_the_worst_rank_near_the_top_still_counts() -> None:
    ranks = np.array([[NEAR_TOP + 1], [NEAR_TOP]])
    assert arrivals(RankGrid(ranks, (".",), "continuation", 1000, SOURCE), SYNTAX) == [2 / 2]


@pytest.mark.parametrize("layers", [1, 6, 7, 12, 30])
def test_a_depth_leads_back_to_its_layer(layers: int) -> None:
    assert [first_layer((k + 1) / layers, layers) for k in range(layers)] == list(range(layers))


def test_a_depth_is_carried_over_to_the_next_layer_there_is() -> None:
    """The third of 6 layers, at 1/2, is the sixth of 12 and the second of 4, since 1/4 < 1/2; the
    fourth of 6, at 2/3, is the third of 4, since 2/4 < 2/3 < 3/4.
    """
    assert [first_layer(3 / 6, layers) for layers in (12, 4)] == [5, 1]
    assert first_layer(4 / 6, 4) == 2
    assert first_layer(0.0, 4) == 0


def test_where_something_comes_to_hold_for_good() -> None:
    """It holds in layer 0 and leaves; it holds from layer 2 on; from the last on; never."""
    holds = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 1], [1, 1, 1, 0]], bool)
    assert crossing(holds).tolist() == [3 / 4, 3 / 4, 1, 5 / 4]
    assert crossing(np.ones(5, bool)) == 1 / 5
    assert depth_of(-1, 4) == depth_of(3, 4) == 1


@pytest.mark.parametrize(
    ("of", "layers", "first"),
    [(6, 6, 5), (6, 30, 25), (6, 18, 15), (12, 30, 27), (6, 48, 40), (6, 4, 3), (1, 4, 0)],
)
def test_the_last_layer_of_six_is_the_last_sixth(of: int, layers: int, first: int) -> None:
    assert last_from(of, layers) == first
