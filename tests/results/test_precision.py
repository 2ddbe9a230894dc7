"""Bands of ranks, by hand at their bounds."""

import numpy as np
import pytest

from replication.results.precision import RankChanges
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", "none", "none", "")


def grid(*ranks: list[int]) -> RankGrid:
    tokens = tuple("abcdefgh"[: len(ranks[0])])
    return RankGrid(np.array(ranks), tokens, "continuation", 50257, SOURCE)


def test_bands_worked_by_hand() -> None:
    full = grid([1, 1, 2, 10], [11, 100, 101, 50257], [1000, 1001, 2, 2])
    half = grid([1, 2, 2, 15], [22, 100, 101, 50000], [1000, 1001, 2, 2])
    changes = RankChanges(full, half, "bfloat16", "states")
    assert changes.changed.sum() == 4
    assert [(b.best, b.worst) for b in changes.bands] == [
        (1, 1), (2, 10), (11, 100), (101, 1000), (1001, 50257),
    ]  # fmt: skip
    assert [(b.ranks, b.changed) for b in changes.bands] == [
        (2, 1),
        (4, 1),
        (2, 1),
        (2, 0),
        (2, 1),
    ]
    assert [b.median_change for b in changes.bands] == pytest.approx(
        [0.5, 0, 0.5, 0, 257 / 50257 / 2]
    )


def test_a_band_without_ranks_has_no_changes() -> None:
    bands = RankChanges(grid([1]), grid([1]), "bfloat16", "states").bands
    assert [(b.ranks, b.changed, b.median_change) for b in bands[1:]] == [(0, 0, 0)] * 4


def test_grids_of_two_texts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 2\) in half precision: expected \(1, 1\)"):
        RankChanges(grid([1]), grid([1, 2]), "bfloat16", "states")
