"""Depth: what a layer of one model is in another, and from where on something holds for good.

Layer *k* of *n* has the depth (*k* + 1) / *n*. "The last layer" of a model with *m* layers is what
lies beyond the depth (*m* - 1) / *m*: of six layers it is the last sixth, which in a model of
thirty is five layers. What an article says of layers is carried over so, and nowhere else.
"""

import numpy as np
from jaxtyping import Bool, Float

from replication.articles.thresholds import NEAR_TOP
from replication.results.ranks import RankGrid
from replication.results.roles import Role

SYNTAX = (Role.NEWLINE, Role.PERIOD)


def arrivals(grid: RankGrid, roles: tuple[Role, ...]) -> list[float]:
    """For each token of some roles, the depth from which on it stays near the top.

    Depth is (layer + 1) / layers; a token that never comes to stay has the next depth after 1.
    """
    return [float(depth) for depth in crossing(grid.of_role(*roles) <= NEAR_TOP)]


def crossing(holds: Bool[np.ndarray, "layer ..."]) -> Float[np.ndarray, "..."]:
    """The depth from which on something holds for good; the next depth after 1 where it never does.

    The first axis is the layer.
    """
    layers = len(holds)
    stays = np.logical_and.accumulate(holds[::-1], axis=0).sum(axis=0)
    return np.asarray((layers - stays + 1) / layers)


def depth_of(layer: int, layers: int) -> float:
    """The depth of a layer; a negative one counts from the last."""
    return (layer % layers + 1) / layers


def last_from(of: int, layers: int) -> int:
    """The first of the layers that "the last layer" of a model with ``of`` layers is carried to.

    >>> last_from(6, 30), last_from(6, 6), last_from(12, 30)
    (25, 5, 27)
    """
    return first_layer((of - 1) / of + 1e-6, layers)


def first_layer(depth: float, layers: int) -> int:
    """The first layer at or beyond a depth, which is carried over from the article's model."""
    return next(k for k in range(layers) if (k + 1) / layers >= depth - 1e-9)
