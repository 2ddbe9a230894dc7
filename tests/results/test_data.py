"""Results as plain data: field by field, by one rule, for every type there is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
import tiny
from measures.test_patching import worded

from replication.articles import experiments
from replication.questions.attention import (
    AttentionOf,
    HeadsOver,
    LayerAttentionOf,
    QueriesAndKeysOf,
)
from replication.questions.lens import (
    CandidatesOf,
    FormulasOf,
    PositionsOf,
    RanksOf,
    TopTokensOf,
    UncertaintyOf,
    WordsOf,
)
from replication.questions.neurons import ClustersOf, ComponentsOf, FactorsOf, FiringOf, SparsityOf
from replication.questions.patching import PatchingOf
from replication.questions.precision import RankChangesOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.questions.sets import ExpectedOver
from replication.questions.template_sets import items
from replication.results.data import as_data
from replication.results.lens import Stage
from replication.results.patching import Pair
from replication.results.provenance import Provenance
from replication.results.sets import ArrivalSet, ExpectedSet, LayerCurves, WatchedSet
from replication.results.untestable import Untestable

TEXT = Text("The keys", " to the cabinet")
SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "a text")
QUESTIONS: tuple[Question[Any], ...] = (
    RanksOf(TEXT),
    CandidatesOf(TEXT),
    TopTokensOf(TEXT, 3),
    WordsOf(TEXT, (" man", " are"), sublayers=True),
    PositionsOf(TEXT),
    UncertaintyOf(TEXT),
    FormulasOf(TEXT, " man"),
    SaliencyOf(TEXT),
    SparsityOf(TEXT),
    ClustersOf(TEXT, 3),
    FiringOf(TEXT, 3, 5),
    FactorsOf(TEXT, 2),
    ComponentsOf(TEXT, 2),
    AttentionOf(TEXT),
    LayerAttentionOf(TEXT),
    QueriesAndKeysOf(TEXT),
    HeadsOver(("The keys, the cabinet, the keys.", "man, woman, man, woman.")),
    PatchingOf(*worded(tiny.model("gpt2"), "The keys", "The man")[:4]),
    RankChangesOf(TEXT),
)
BOTH, ONE = np.full((2, 1, 3), 0.25), items("agreement")[:1]
BY_HAND: tuple[Any, ...] = (
    WatchedSet(BOTH, ONE, (), SOURCE),
    ExpectedSet(np.ones((2, 1, 3), int), BOTH, BOTH[..., 0], ONE, SOURCE),
    ArrivalSet(BOTH[..., 0], BOTH[..., 0], ONE, SOURCE),
    LayerCurves(("a",), ("b", "c"), *(np.ones((1, 2, 3)),) * 3, (1, 1), (1, 1), 9, 0, SOURCE),
    Untestable("not here", SOURCE),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(tiny.model("gpt2"))


def unwritten(data: Any) -> bool:
    """Whether anything in some data is a provenance."""
    if isinstance(data, Mapping):
        return "provenance" not in data and all(unwritten(value) for value in data.values())
    return not isinstance(data, list) or all(unwritten(value) for value in data)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_every_answer_is_written_field_by_field(question: Question[Any], reader: Reader) -> None:
    answer = question.measure(reader, "final")
    written = json.loads(json.dumps(as_data(answer)))
    assert unwritten(written)
    left_out = {"provenance"} | {
        field.name for field in fields(answer) if not field.metadata.get("written", True)
    }
    assert written.keys() == {field.name for field in fields(answer)} - left_out
    assert ("neurons" in left_out) == isinstance(question, FactorsOf | ComponentsOf)
    for name, value in written.items():
        if isinstance(getattr(answer, name), np.ndarray):
            np.testing.assert_array_equal(value, getattr(answer, name))


@pytest.mark.parametrize("answer", BY_HAND, ids=lambda answer: type(answer).__name__)
def test_answers_over_sets_are_written_too(answer: Any) -> None:
    written = json.loads(json.dumps(as_data(answer)))
    assert written.keys() == {field.name for field in fields(answer)} - {"provenance"}
    if isinstance(answer, WatchedSet):
        assert written["items"] == [ONE[0].model_dump(mode="json")]
        assert written["lead"] == BOTH.tolist()


@pytest.mark.parametrize("question", [*QUESTIONS, ExpectedOver(from_depth=0.5)])
def test_questions_are_written_too(question: Question[Any]) -> None:
    written = json.loads(json.dumps(as_data(question)))
    assert written.keys() == {field.name for field in fields(question)}
    assert written["published"] is None
    if "text" in written:
        assert Text(**written["text"]) == TEXT


def test_published_numbers_are_written_as_measured_ones() -> None:
    written = as_data(experiments.published_factors("factors_counting_two"))
    assert written["energy"] is None
    assert written["layers"] == list(range(6))
    assert len(written["activity"]) == 2


@dataclass(frozen=True)
class Inner:
    share: float
    provenance: Provenance


@dataclass(frozen=True)
class OfManyKinds:
    array: np.ndarray
    whole: np.ndarray
    pairs: tuple[tuple[float, str], ...]
    inner: Inner
    counts: dict[str, int]
    flag: bool
    nothing: None
    provenance: Provenance


def test_digits_are_those_asked_for() -> None:
    found = OfManyKinds(
        array=np.array([[1 / 3, 2e-9 / 3]], np.float32),
        whole=np.array([12345678]),
        pairs=((2 / 3, "a"), (1.0, "b")),
        inner=Inner(1 / 7, SOURCE),
        counts={"too long": 3},
        flag=True,
        nothing=None,
        provenance=SOURCE,
    )
    assert as_data(found, 6) == {
        "array": [[0.333333, 6.66667e-10]],
        "whole": [12345678],
        "pairs": [[0.666667, "a"], [1.0, "b"]],
        "inner": {"share": 0.142857},
        "counts": {"too long": 3},
        "flag": True,
        "nothing": None,
    }
    assert as_data(found)["pairs"][0][0] == 2 / 3


def test_stages_and_pairs_are_written_as_what_they_hold(reader: Reader) -> None:
    pair = Pair("The keys", "The key", " are", " is")
    assert as_data((pair,)) == [["The keys", "The key", " are", " is", ""]]
    words = WordsOf(TEXT, (" man",)).measure(reader, "none")
    stages = json.loads(json.dumps(as_data(words)))["stages"]
    assert stages[1] == {"layer": 1, "part": "feed-forward"}
    assert Stage(**stages[1]) == words.stages[1]
