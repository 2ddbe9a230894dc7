"""Results as bytes: each comes back as it was, and nothing but results comes out of any bytes."""

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from replication.results.circuit import Head
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.roles import Role
from replication.results.sets import Item
from replication.results.stored import STRUCTURE, restored, stored
from replication.results.untestable import NotTestable

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", "final", "none", "")
GRID = RankGrid(np.array([[1, 9, 3], [10, 2, 4]]), (" 1", ",", " 2"), "continuation", 10, SOURCE)
TOP = TopTokens((("a", "b"), ("b", "é\n")), np.array([[0.6, 0.1], [1 / 3, 0.3]]), "b", SOURCE)
ITEM = Item(
    id="a",
    set="counting",
    cluster="1",
    template="T",
    prompt=" 1, 1,",
    continuation=" 1",
    conditions={"separator": ","},
)


@pytest.mark.parametrize("result", [GRID, TOP], ids=["ranks", "top tokens"])
def test_a_result_comes_back_to_the_last_bit(result: Any) -> None:
    again = restored(stored(result))
    assert type(again) is type(result)
    for name, value in vars(result).items():
        found = getattr(again, name)
        if isinstance(value, np.ndarray):
            assert found.dtype == value.dtype
            assert found.tobytes() == value.tobytes()
        else:
            assert found == value
    assert stored(again) == stored(result)


@pytest.mark.parametrize(
    "value",
    [
        None,
        0.1 + 0.2,
        float("inf"),
        True,
        (" are", (1, 2), ()),
        Role.NUMBER,
        Head(3, 1),
        ITEM,
        (ITEM, {"left out": 2}),
    ],
    ids=str,
)
def test_what_results_hold_comes_back(value: Any) -> None:
    again = restored(stored(value))
    assert again == value
    assert type(again) is type(value)


def test_that_there_is_no_answer_comes_back_with_the_reason() -> None:
    again = restored(stored(NotTestable("' zebra' is 2 tokens")))
    assert isinstance(again, NotTestable)
    assert str(again) == "' zebra' is 2 tokens"


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([object()]), lambda: 0])
def test_what_is_no_result_is_not_stored(value: Any) -> None:
    with pytest.raises(TypeError, match=r"is no result: expected one of replication\.base"):
        stored(value)


def made(structure: Any, **arrays: np.ndarray) -> bytes:
    file = BytesIO()
    np.savez(file, allow_pickle=True, **{STRUCTURE: np.array(json.dumps(structure))}, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        stored(GRID)[:-30],
        stored(GRID)[:400] + b"?" + stored(GRID)[401:],
        made({"result": ["os:stat_result", []]}),
        made({"result": ["replication.models.cache:cache_folder", []]}),
        made({"result": ["replication.results.ranks:np", []]}),
        made({"result": ["replication.results.nowhere:RankGrid", []]}),
        made({"result": ["replication.results.stored:stored", []]}),
        made({"array": "array0"}),
        made({"array": "array0"}, array0=np.array([print], dtype=object)),
        made({"code": "print()"}),
        made({}),
        made({"result": ["replication.results.ranks:RankGrid", [["ranks", 1]]]}),
    ],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no stored result"):
        restored(content)


def test_a_result_that_does_not_fit_is_refused_by_its_own_checks() -> None:
    grid = json.loads(str(np.load(BytesIO(stored(GRID)))[STRUCTURE]))
    with pytest.raises(ValueError, match="ranks"):
        restored(made(grid, array0=np.array([[0, 9, 3], [10, 2, 4]])))
