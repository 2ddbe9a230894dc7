"""What a notebook makes its figures with: by its parameters, and refused before it is measured."""

import json
from pathlib import Path

import numpy as np
import pytest
import tiny

from replication.figures.making import Figures
from replication.figures.saving import Saved
from replication.figures.table import FIGURES, FORMATS
from replication.questions.lens import RanksOf, WatchedRanksOf
from replication.questions.measured import subject
from replication.questions.question import Text

OWN = {"prompt": "The keys to", "words": '[" man", " are"]'}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> str:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("llama")).name


def test_a_figure_is_made_with_the_settings_of_your_own(model: str, tmp_path: Path) -> None:
    saved = Figures(model, "final", tmp_path, "agreement", OWN).make("agreement")
    assert isinstance(saved, Saved)
    made = tmp_path / model / "agreement"
    assert sorted(made.parent.iterdir()) == sorted(made.with_suffix(end) for end in FORMATS)
    shown = json.loads(made.with_suffix(".json").read_text("utf-8"))
    (panel,) = shown["panels"]
    assert panel["tokens"] == [" man", " are"]
    grid = subject(model).answer(WatchedRanksOf(Text("The keys to"), (" man", " are")), "final")
    assert panel["ranks"] == grid.ranks.tolist()


def test_only_the_figures_that_are_named_are_made(tmp_path: Path) -> None:
    figures = Figures("published", "none", tmp_path, only="heathrow")
    assert figures.make("cordoba") == "cordoba is not made: only heathrow is"
    figures.make("heathrow")
    assert {path.stem for path in (tmp_path / "published").iterdir()} == {"heathrow"}


def test_settings_of_your_own_are_for_figures_that_are_made(model: str, tmp_path: Path) -> None:
    figures = Figures(model, "final", tmp_path, "agreement", {**OWN, "generate": 0})
    assert figures["agreement"].settings == {"prompt": "The keys to", "words": (" man", " are")}
    assert figures["heathrow"] is FIGURES["heathrow"]
    with pytest.raises(ValueError, match="the figure heathrow has no setting 'words'"):
        Figures(model, "final", tmp_path, "agreement,heathrow", OWN)
    with pytest.raises(ValueError, match="unknown figure 'moon'"):
        Figures(model, "final", tmp_path, "moon")


def test_options_stand_in_the_place_of_the_figures(tmp_path: Path) -> None:
    pictures = []
    for name, options in (("a", {}), ("b", {"chosen": [1]})):
        Figures("published", "none", tmp_path / name).make("saliency_shakespeare", **options)
        pictures.append((tmp_path / name / "published/saliency_shakespeare.svg").read_bytes())
    assert pictures[0] != pictures[1]


def test_answers_are_the_subjects(model: str, tmp_path: Path) -> None:
    question = RanksOf(Text("The keys", " to the man"))
    figures = Figures(model, "none,final", tmp_path)
    for norm in ("none", "final"):
        expected = subject(model).answer(question, norm)
        np.testing.assert_array_equal(figures.answer(question, norm).ranks, expected.ranks)
    with pytest.raises(ValueError, match="unknown norm 'layer'"):
        figures.answer(question, "layer")
    with pytest.raises(ValueError, match="nothing is measured of the published numbers"):
        Figures("published", "none", tmp_path).answer(question)


def test_the_claims_of_the_figures_made_are_judged(model: str, tmp_path: Path) -> None:
    both = Figures(model, "none,final", tmp_path).verdicts("agreement", "heathrow")
    claims = {*FIGURES["agreement"].claims, *FIGURES["heathrow"].claims}
    assert {row.claim for row in both.rows} == claims
    one = Figures(model, "final", tmp_path, "heathrow").verdicts("agreement", "heathrow")
    assert {(row.claim, row.subject) for row in one.rows} == {
        ("HS-19", "published"),
        ("HS-19", model),
    }
