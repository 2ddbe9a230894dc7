"""A figure of your own text is the same figure: its questions with other settings."""

import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
import tiny
from matplotlib.patches import Patch

from replication.articles.experiments import experiment, published_ids
from replication.figures import notebooks
from replication.figures.answers import answers
from replication.figures.drawing.draw import draw
from replication.figures.figure import Figure
from replication.figures.saving import as_json
from replication.figures.table import FIGURES
from replication.models import weights
from replication.models.language_model import LanguageModel
from replication.models.registry import MODELS
from replication.questions.lens import RanksOf, WordsOf
from replication.questions.question import Text
from replication.questions.sets import AgreementByLayer
from replication.results.untestable import Untestable

TEXT = "The keys to the"
COUNTING = FIGURES["factors_counting_two"]
SMALL = {"clusters": 3, "neurons": 5, "factors": 2, "word": " man", "words": '[" man", " are"]'}
"""Settings that a tiny model can show, for figures that have them."""
WITH_PROMPT = [
    figure for figure in FIGURES.values() if any("prompt" in q.settings for q in figure.questions)
]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("llama"))


@pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))
def test_figures_are_described(figure: Figure) -> None:
    assert set(figure.published) <= set(published_ids())
    assert figure.questions
    assert figure.claims
    assert figure.source
    assert len(figure.alt) > 60
    assert len(figure.title) <= 52, "it would run into the colour scale"


def test_a_figure_has_the_source_of_what_it_redraws_or_its_own() -> None:
    assert FIGURES["heathrow"].source == experiment("ranks_heathrow").source
    assert FIGURES["lens_formulas"].source.startswith("nostalgebraist 2020")


def test_a_norm_matters_where_inner_layers_are_read() -> None:
    assert FIGURES["heathrow"].lens
    assert not any(FIGURES[id].lens for id in ("saliency_ones", "many_texts", "lens_formulas"))


@pytest.mark.parametrize("figure", WITH_PROMPT, ids=lambda figure: figure.id)
def test_any_figure_of_a_text_is_one_of_your_own_text(
    figure: Figure, planted: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One panel a norm of your text alone, with its numbers and its picture."""
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))  # of the tuned lens
    there = {name for question in figure.questions for name in question.settings}
    small = {name: value for name, value in SMALL.items() if name in there}
    own = figure.of(prompt=TEXT, **small)
    assert not own.published
    assert (own.id, own.source, own.claims) == (figure.id, figure.source, figure.claims)
    results = answers(own.questions, planted.name, "none,final")
    assert len(results) == len(own.questions)
    shown = [result for answered in results.values() for result in answered]
    assert not any(isinstance(result, Untestable) for result in shown)
    assert [result.provenance.norm for result in shown] == (
        ["none", "final"] if own.lens else [None] * len(results)
    )
    written = json.loads(as_json(own, results, planted.name, "none,final"))
    assert written["parameters"]["prompt"] == TEXT
    for panel in written["panels"]:
        if "text" not in panel["question"]:
            continue  # the quality of the tuned lens, which stands beside what it reads
        assert panel["question"]["text"]["prompt"] == TEXT
        assert panel["question"]["published"] is None
        assert panel["provenance"]["prompt"].startswith(TEXT)
        assert "figure" not in panel
    plt.close(draw(results, own.title, **figure.options))


def test_a_pair_of_your_own_is_patched(planted: LanguageModel) -> None:
    own = FIGURES["patching_pair"].of(
        clean="The keys", corrupted="The man", right=" are", wrong=" man"
    )
    ((found,),) = answers(own.questions, planted.name, "none").values()
    assert (found.clean, found.words) == (("The", " keys"), (" are", " man"))


def test_tokens_that_a_short_continuation_lacks_are_not_drawn(planted: LanguageModel) -> None:
    own = FIGURES["saliency_ones"].of(prompt=TEXT, generate=2)
    results = answers(own.questions, planted.name, "none")
    pages = [draw(results, own.title, chosen=chosen) for chosen in ((0,), (0, 12), (12,), (0, 1))]
    first, *others, two = [len(page.findobj(Patch)) for page in pages]
    assert (
        others == [first] * 2
    )  # the box of the first token stands in for those that are not there
    assert two > first
    for page in pages:
        plt.close(page)


def test_empty_settings_leave_what_the_figure_has() -> None:
    for figure in WITH_PROMPT:
        same = figure.of(prompt="", continuation="", generate=0)
        assert (same.questions, same.settings) == (figure.questions, {})
    eu = FIGURES["eu_list"]
    assert eu.of(generate="0", prompt="").questions == eu.questions  # as a command line has it
    assert COUNTING.of(layers="", seed=0, factors=2).questions == COUNTING.questions


def test_a_switch_can_be_turned_off_and_layer_0_chosen() -> None:
    (words,) = FIGURES["capital_words"].of(sublayers=False).questions
    assert isinstance(words, WordsOf)
    assert not words.sublayers
    (factors,) = COUNTING.of(layers="0").questions
    assert factors == COUNTING.questions[0].of(layers=(0,))


def test_settings_go_to_the_questions_that_have_them() -> None:
    figure = Figure(
        "made", "Made", ("X-1",), (RanksOf(Text("a", "b")), AgreementByLayer()), "", {}, "us"
    )
    own = figure.of(prompt="c", continuation="d")
    assert own.questions == (RanksOf(Text("c", "d")), AgreementByLayer())
    assert own.settings == {"prompt": "c", "continuation": "d"}
    assert own.of(generate=3).settings == {"prompt": "c", "continuation": "d", "generate": 3}
    assert figure.questions[0] == RanksOf(Text("a", "b"))


def test_with_one_text_questions_become_one() -> None:
    assert len(FIGURES["agreement"].of(prompt=TEXT).questions) == 1
    assert len(FIGURES["agreement"].of(words=" man").questions) == 4
    assert len(FIGURES["eu_gallery"].of(prompt=TEXT).questions) == 1


@pytest.mark.parametrize(
    ("id", "there"),
    [
        ("heathrow", "continuation, generate, last_only, prompt"),
        ("patching_pair", "clean, corrupted, right, wrong"),
        ("many_texts", "norms"),
    ],
)
def test_unknown_settings_are_refused_with_those_there_are(id: str, there: str) -> None:
    for value in (3, "", "x"):
        with pytest.raises(ValueError, match=f"the figure {id} has no setting 'moons': .* {there}"):
            FIGURES[id].of(moons=value)


@pytest.mark.parametrize(
    ("figure", "settings", "told"),
    [
        (COUNTING, {"layers": "three"}, "cannot read 'three': expected a number or a range"),
        (COUNTING, {"factors": "many"}, "cannot read 'many'"),
        (FIGURES["attention_layer"], {"depth": "2"}, "depth 2.0 was asked for: expected above 0"),
        (FIGURES["heathrow"], {"continuation": "a", "generate": 1}, "choose one"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(
    figure: Figure, settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        figure.of(**settings)


def test_layers_of_your_own_were_not_published(planted: LanguageModel) -> None:
    (found,) = answers(COUNTING.of(layers="1-2").questions, planted.name, "none").values()
    published, factors = found
    assert "factors of layers [1, 2] with seed 0 were not published" in published.reason
    assert factors.layers == (1, 2)
    assert factors.neurons.shape == (2, 2 * tiny.NEURONS)


def test_a_text_of_your_own_is_read_in_the_figures_layers(planted: LanguageModel) -> None:
    own = FIGURES["factors_underground"].of(prompt=TEXT, generate=1, factors=3)
    ((found,),) = answers(own.questions, planted.name, "none").values()
    assert found.layers == (0,)
    assert len(found.activity) == 3


def test_a_notebook_takes_a_text_of_your_own(tmp_path: Path) -> None:
    weights.fetch(MODELS["smollm2"])
    more = {"prompt": "One, two, three,", "generate": "3", "layers": "0"}
    executed = tmp_path / "notebooks"
    ids = ["factors_counting_two"]
    (path,) = notebooks.run(ids, "smollm2", out=tmp_path, executed=executed, more=more)
    shown = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert [panel["layers"] for panel in shown["panels"]] == [[0]]
    assert "".join(shown["panels"][0]["tokens"]).startswith("One, two, three,")
    assert shown["parameters"]["generate"] == 3
