"""A figure's files: every number drawn with what stands behind it, whole or not at all."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny
from matplotlib.figure import Figure as Drawing
from PIL import Image

from replication.articles.experiments import (
    published_factors,
    published_figure,
    published_ranks,
    published_saliency,
)
from replication.figures.answers import answers
from replication.figures.figure import Figure
from replication.figures.saving import as_json, save
from replication.figures.table import FIGURES, FORMATS
from replication.models.language_model import LanguageModel


def written(figure: Figure, model: str = "published", norms: str = "none") -> Any:
    return json.loads(as_json(figure, answers(figure.questions, model, norms), model, norms))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("llama"))


def test_the_json_names_question_source_and_settings(planted: LanguageModel) -> None:
    figure = FIGURES["capital_words"].of(prompt="The woman", words='[" man"]')
    shown = written(figure, planted.name, "final")
    assert (shown["figure"], shown["title"]) == (figure.id, figure.title)
    assert (shown["source"], shown["claims"]) == (figure.source, ["LL-01"])
    assert shown["parameters"] == {
        "model": planted.name,
        "norms": ["final"],
        "prompt": "The woman",
        "words": [" man"],
    }
    (panel,) = shown["panels"]
    assert panel["question"]["id"] == "words of 'The woman'"
    assert panel["question"]["type"] == "WordsOf"
    assert panel["question"]["words"] == panel["words"] == [" man"]
    assert panel["type"] == "WordProbabilities"
    assert panel["provenance"] == vars(planted.provenance("The woman", "final"))
    assert "torch" in shown["packages"]


def test_the_json_holds_the_published_numbers() -> None:
    shown = written(FIGURES["heathrow"], norms="none,final")
    grid = published_ranks("ranks_heathrow")
    assert shown["parameters"] == {"model": "published", "norms": ["none", "final"]}
    (panel,) = shown["panels"]
    assert panel["figure"] == published_figure("ranks_heathrow").figure
    assert panel["ranks"] == grid.ranks.tolist()
    assert tuple(panel["tokens"]) == grid.tokens
    assert panel["provenance"]["prompt"] == grid.provenance.prompt


def test_the_json_of_saliency_holds_its_shares() -> None:
    shown = written(FIGURES["saliency_shakespeare"])
    (panel,) = shown["panels"]
    assert shown["parameters"] == {"model": "published"}
    assert (panel["type"], panel["provenance"]["norm"]) == ("Saliency", None)
    expected = published_saliency("saliency_shakespeare").shares
    np.testing.assert_allclose(panel["shares"], expected, rtol=1e-5)


def test_the_json_of_factors_holds_their_activity_and_settings() -> None:
    shown = written(FIGURES["factors_counting_five"].of(factors=5))
    (panel,) = shown["panels"]
    assert shown["parameters"] == {"model": "published", "factors": 5}
    assert (panel["type"], panel["question"]["factors"], panel["energy"]) == ("Factors", 5, None)
    activity = published_factors("factors_counting_five").activity
    np.testing.assert_allclose(panel["activity"], activity, rtol=1e-5)


def test_numbers_that_are_not_whole_have_six_digits(planted: LanguageModel) -> None:
    figure = FIGURES["top_tokens_last"]
    shown = written(figure, planted.name)["panels"][1]
    (_, measured) = answers(figure.questions, planted.name, "none")["top10_ones"]
    np.testing.assert_allclose(shown["probabilities"], measured.probabilities, rtol=1e-5)
    assert all(len(str(p).split("e")[0].strip("0.")) <= 7 for p in shown["probabilities"][-1])


def test_a_figure_of_your_own_text_is_saved_beside_its_settings(
    planted: LanguageModel, tmp_path: Path
) -> None:
    figure = FIGURES["heathrow"].of(prompt="The keys", continuation=" to the")
    results = answers(figure.questions, planted.name, "final")
    saved = save(figure, Drawing(), results, planted.name, "final", tmp_path)
    assert saved.path == tmp_path / planted.name / "heathrow"
    shown = json.loads(saved.path.with_suffix(".json").read_text("utf-8"))
    assert shown["parameters"]["continuation"] == " to the"
    assert shown["source"] == FIGURES["heathrow"].source
    assert [panel["question"]["published"] for panel in shown["panels"]] == [None]
    assert saved._repr_png_() == saved.path.with_suffix(".png").read_bytes()
    assert Image.open(saved.path.with_suffix(".png")).format == "PNG"


def test_files_come_all_or_none(tmp_path: Path) -> None:
    figure = FIGURES["heathrow"]
    results = answers(figure.questions, "published", "none")
    saved = save(figure, Drawing(), results, "published", "none", tmp_path)
    before = {path.name: path.read_bytes() for path in saved.path.parent.iterdir()}
    assert set(before) == {f"heathrow{suffix}" for suffix in FORMATS}
    with pytest.raises(ValueError, match="unknown norm 'layer'"):
        save(figure, Drawing(figsize=(1, 1)), results, "published", "layer", tmp_path)
    assert {path.name: path.read_bytes() for path in saved.path.parent.iterdir()} == before
