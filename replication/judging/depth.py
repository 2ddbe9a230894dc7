"""Parts about depth: what an article says of layers, asked of a model of another depth.

``of`` is the number of layers of the article's model. Its layer *k* stands for the depths above
*k* / ``of`` up to (*k* + 1) / ``of``; "every layer" leaves out less than one of its layers, so that
a model of thirty layers does not get five times as many chances to fail as one of six.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from replication.base.resampling import Labels
from replication.judging.comparisons import at_most, crossing_of, less, more
from replication.judging.parts import Part, at_depth, beside
from replication.measures.depth import crossing, first_layer, last_from


def throughout(
    statement: str,
    holds: Bool[np.ndarray, " layer"],
    of: int,
    *,
    before: float = 1.0,
) -> Part:
    """A part that holds if something does in every layer up to the depth ``before``: if where it
    does not is less than one of the article's layers.
    """
    layers = len(holds)
    looked_at = holds[: up_to(before, layers)]
    fails = float((~looked_at).sum()) / layers
    return less(f"{statement}: share of the depth where not", fails, 1 / of, "depth")


def in_layer(
    what: str, holds: Bool[np.ndarray, "layer ..."], layer: int, of: int
) -> tuple[Part, Part]:
    """Two parts: something comes to hold for good by a layer of the article's, and not before it.

    Of several items, such as tokens, the median counts.
    """
    depths = np.atleast_1d(crossing(holds))
    article = (layer + 1) / of
    by_then = by_depth(what, depths, article, article=article)
    statement = f"depth from which on {what}"
    return by_then, more(statement, by_then.measured, _tolerant(layer / of), "depth")


def beyond(
    what: str,
    depths: Float[np.ndarray, " item"],
    depth: float,
    *,
    article: float | None = None,
    clusters: Sequence[str] | None = None,
) -> Part:
    """A part that holds if something comes to hold for good beyond a depth only; of several items
    the median counts.
    """
    found = crossing_of(what, depths, clusters, article)
    part = more(f"depth from which on {what}", found.estimate, _tolerant(depth), "depth")
    return at_depth(part, found)


def by_depth(
    what: str,
    depths: Float[np.ndarray, " item"],
    depth: float,
    *,
    article: float | None = None,
    clusters: Labels | None = None,
) -> Part:
    """A part that holds if something comes to hold for good by a depth; of several items the median
    counts.
    """
    found = crossing_of(what, depths, clusters, article)
    part = at_most(f"depth from which on {what}", found.estimate, _tolerant(depth), "depth")
    return at_depth(part, found)


def crosses(
    what: str,
    depths: Float[np.ndarray, " item"],
    *,
    by: float = 1.0,
    article: float | None = None,
    clusters: Labels | None = None,
) -> Part:
    """A part that bears on no verdict and tells from where on something holds for good: it holds if
    that is so for the median item by some depth, that of the last layer if none is given.
    """
    return beside(by_depth(what, depths, by, article=article, clusters=clusters))


def before_last(of: int, layers: int) -> int:
    """The layer whose output "the last layer" of the article's model begins with."""
    return last_from(of, layers) - 1


def up_to(depth: float, layers: int) -> int:
    """How many layers lie at or above a depth."""
    return int(depth * layers + 1e-6)


def steps(of: int, layers: int) -> list[int]:
    """The layers at the depths of the article's layers, for whatever goes layer by layer."""
    return [first_layer((k + 1) / of, layers) for k in range(of)]


def _tolerant(depth: float) -> float:
    """A depth that the same depth, by another fraction, is not beyond."""
    return round(depth + 1e-6, 6)
