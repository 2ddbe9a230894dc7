"""Parts: their weights, how they read, and that JSON keeps them."""

import numpy as np

from replication.judging.comparisons import agrees, at_most, less, mostly
from replication.judging.parts import Part, beside, describe, further, literally

TWELVE = list("abcdefghijkl") * 2
TEN = list("aabbbb") + list("ccdddd") + list("eeffff") + list("gghhhh") + list("iijjjj")
"""Five clusters of two items and five of four."""
OF_FOUR = np.array(([False] * 2 + [True] * 4) * 5)


def test_single_values_read_as_sentences() -> None:
    assert describe(less("rank of ' are'", 1, 12, "ranks")) == "rank of ' are': 1 < 12"
    assert describe(at_most("layers", 3, 0, "layers")) == "layers: 3 ≰ 0"
    assert describe(agrees("share", 0.59791, 0.7, 0.1, "probability")) == "share: 0.5979 ≠ 0.7"


def test_parts_read_as_sentences() -> None:
    every = mostly("share of plurals", np.ones(24, bool), TWELVE)
    assert describe(every) == "share of plurals: 1 [0.7354, 1] > 0.5"
    some = mostly("share", OF_FOUR, TEN)
    assert describe(some) == "share: 0.6667 [0.3333, 0.8889] ≯ 0.5"
    assert describe(less("rank", 1, 12, "ranks")) == "rank: 1 < 12"


def test_parts_keep_their_spread_through_json() -> None:
    values = np.array([1.0, 3, 4, 4, 4, 4] * 5)
    by_layer = np.ones((30, 2), bool)
    part = mostly("share", values > 0, TEN, values=values, values_unit="u", by_layer=by_layer)
    assert Part.model_validate_json(part.model_dump_json()) == part


def test_parts_are_the_core_unless_they_are_said_not_to_be() -> None:
    part = less("rank", 1, 12, "ranks")
    assert [one.weight for one in (part, further(part), beside(part))] == [
        "core",
        "further",
        "beside",
    ]
    assert beside(part).model_copy(update={"weight": "core"}) == part


def test_a_literal_reading_is_beside_and_named_so() -> None:
    part = literally(less("rank in layer 0", 1, 12, "ranks"))
    assert (part.weight, part.holds) == ("beside", True)
    assert part.statement == "literally, rank in layer 0"
