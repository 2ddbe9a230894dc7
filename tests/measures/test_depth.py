"""When tokens arrive, by hand."""

import numpy as np

from replication.measures.depth import SYNTAX, arrivals
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
