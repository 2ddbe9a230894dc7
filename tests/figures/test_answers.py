"""What figures with questions show: each model's answers, or why there is none; their numbers."""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import tiny

from replication.figures.answers import gather
from replication.figures.figure import Figure
from replication.figures.numbers import numbers_of
from replication.figures.saving import as_json
from replication.figures.table import FIGURES
from replication.models import loading, registry
from replication.questions.texts import AttentionIn, Formulas, UncertaintyOver, WordsAlongLayers
from replication.results.lens import Stage
from replication.results.patching import Pair, PatchingProfile
from replication.results.provenance import Provenance
from replication.results.untestable import Untestable

TEXT = "The keys to the cabinet"
WORDS = WordsAlongLayers(TEXT, (" man", " are"))
UNSURE, FORMULA = UncertaintyOver("The keys"), Formulas(TEXT, " man")
SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "a text")


def asking(*questions: Any) -> Figure:
    return Figure("planted", "Planted", ("X-1",), (), "", "answers", asks=questions, source="us")


@pytest.fixture(autouse=True)
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A tiny model in the table's place of a real one."""
    model = tiny.model("llama")
    monkeypatch.setitem(registry.MODELS, model.name, model.entry)
    monkeypatch.setattr(loading, "load", lambda _name: model)
    return model.name


def test_one_answer_for_each_norm_where_it_matters(name: str) -> None:
    figure = asking(WORDS, FORMULA)
    assert figure.lens
    results = gather(figure, name, "none,final")
    assert list(results) == [WORDS.id, FORMULA.id]
    assert [found.provenance.norm for found in results[WORDS.id]] == ["none", "final"]
    assert [found.provenance.norm for found in results[FORMULA.id]] == [None]
    (final,) = gather(figure, name, "final")[WORDS.id]
    assert final.provenance.norm == "final"


def test_no_norm_where_none_matters(name: str) -> None:
    figure = asking(FORMULA)
    assert not figure.lens
    (found,) = gather(figure, name, "none,final")[FORMULA.id]
    expected = FORMULA.ask(tiny.model("llama"), "none")
    np.testing.assert_array_equal(found.ranks, expected.ranks)
    shown = json.loads(as_json(figure, {FORMULA.id: [found]}, name, "none,final"))
    assert "norms" not in shown["parameters"]


def test_nothing_of_it_was_published() -> None:
    with pytest.raises(ValueError, match=r"nothing was published of .*: name a model"):
        gather(asking(WORDS, FORMULA), "published", "none")


def test_settings_that_no_question_has_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no setting 'txt'"):
        gather(asking(WORDS), name, "none", txt="x")


def test_settings_take_the_place_of_a_questions_own(name: str) -> None:
    figure = asking(WORDS, UNSURE, AttentionIn("The keys"))
    results = gather(figure, name, "final", text="The woman", sublayers=True, depth=1.0)
    words, unsure, attention = (found for (found,) in results.values())
    assert list(results) == [f"{kind}: The woman" for kind in ("words", "uncertainty", "attention")]
    assert words.words == (" man", " are")
    assert len(words.stages) == 2 * tiny.LAYERS
    assert "".join(unsure.tokens) == "The woman"
    assert len(unsure.stages) == tiny.LAYERS  # it has no sublayers to set
    assert attention.layer == tiny.LAYERS - 1
    assert WORDS.text == TEXT


def test_what_cannot_be_answered_says_why(name: str) -> None:
    figure = asking(replace(WORDS, words=(" Germany",)), replace(FORMULA, word=" Germany"))
    words, formulas = gather(figure, name, "none,final").values()
    assert all(isinstance(found, Untestable) for found in (*words, *formulas))
    assert all("' Germany' is" in found.reason for found in (*words, *formulas))
    assert [found.provenance.norm for found in words] == ["none", "final"]
    assert [found.provenance.norm for found in formulas] == [None]
    shown = json.loads(as_json(figure, {"x": words}, name, "none,final"))
    assert [panel["kind"] for panel in shown["panels"]] == ["untestable"] * 2


def test_the_json_names_question_source_and_settings(name: str) -> None:
    figure = asking(WORDS)
    results = gather(figure, name, "final", text="The woman")
    shown = json.loads(as_json(figure, results, name, "final", text="The woman"))
    assert (shown["source"], shown["claims"]) == ("us", ["X-1"])
    assert shown["parameters"] == {"model": name, "norms": ["final"], "text": "The woman"}
    (panel,) = shown["panels"]
    assert (panel["question"], panel["kind"]) == ("words: The woman", "word_probabilities")
    assert panel["provenance"]["prompt"] == "The woman"
    assert panel["words"] == [" man", " are"]


def test_figures_ask_or_show_an_experiment() -> None:
    for figure in FIGURES.values():
        assert bool(figure.asks) != bool(figure.experiments)
        assert bool(figure.asks) == (figure.shows == "answers")
        assert figure.source or figure.experiments


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


def test_answers_are_written_field_by_field() -> None:
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
    assert numbers_of(found) == {
        "kind": "of_many_kinds",
        "array": [[0.333333, 6.66667e-10]],
        "whole": [12345678],
        "pairs": [[0.666667, "a"], [1.0, "b"]],
        "inner": {"share": 0.142857},
        "counts": {"too long": 3},
        "flag": True,
        "nothing": None,
    }


def test_stages_and_pairs_are_written_as_what_they_hold() -> None:
    pair = Pair("The keys", "The key", " are", " is")
    by_layer = np.array([[0.25, 1]])
    one = np.ones(1)
    found = PatchingProfile(by_layer, by_layer, by_layer, by_layer, one, one, (pair,), {}, SOURCE)
    shown = numbers_of(found)
    assert shown["kind"] == "patching_profile"
    assert shown["pairs"] == [["The keys", "The key", " are", " is", ""]]
    assert shown["at_last"] == [[0.25, 1]]
    words = WORDS.ask(tiny.model("gpt2"), "none")
    stages = json.loads(json.dumps(numbers_of(words)))["stages"]
    assert stages[1] == {"layer": 1, "part": "feed-forward"}
    assert Stage(**stages[1]) == words.stages[1]
