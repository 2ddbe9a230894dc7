"""When tokens arrive: the depth from which on a token stays near the top."""

import numpy as np

from replication.articles.thresholds import NEAR_TOP
from replication.results.ranks import RankGrid
from replication.results.roles import Role

SYNTAX = (Role.NEWLINE, Role.PERIOD)


def arrivals(grid: RankGrid, roles: tuple[Role, ...]) -> list[float]:
    """For each token of some roles, the depth from which on it stays near the top.

    Depth is (layer + 1) / layers; a token that never comes to stay has the next depth after 1.
    """
    near = grid.of_role(*roles) <= NEAR_TOP
    stays = np.logical_and.accumulate(near[::-1])[::-1]
    return [(grid.layers - column.sum() + 1) / grid.layers for column in stays.T]


def first_layer(depth: float, layers: int) -> int:
    """The first of ``layers`` layers at or beyond a depth, carried over from the article's model.

    Layer *k* of *n* has the depth (*k* + 1) / *n*.
    """
    return next(k for k in range(layers) if (k + 1) / layers >= depth - 1e-9)
