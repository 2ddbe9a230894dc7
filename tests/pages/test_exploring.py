"""The pages of the interactive views: which there are, and that they hold the results' numbers."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import tiny

from replication.base.norms import NORMS
from replication.figures.further import SENTENCE
from replication.figures.table import FIGURES
from replication.measures.attention_weights import attention_of
from replication.measures.record import record
from replication.models import loading
from replication.pages import exploring
from replication.pages.templating import percent
from replication.questions.lens import RanksOf
from replication.questions.measured import Measured
from replication.questions.neurons import FactorsOf
from replication.questions.saliency import SaliencyOf

ATTENTION = ("attention_head", "attention_model", "attention_neuron")


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A tiny model in the table's place of a real one."""
    return tiny.plant(monkeypatch, tiny.model("gpt2")).name


def made(id: str, model: str, out: Path) -> str:
    (path,) = exploring.make([id], model, out)
    assert path == out / model / f"{id}.html"
    return path.read_text("utf-8")


def views_of(page: str) -> list[str]:
    """The views of a page: the published one first."""
    return re.findall('<figure class="result-view".*?</figure>', page, re.DOTALL)


def cells_of(view: str) -> list[list[str]]:
    """The cells of a view's last table, row by row."""
    table = view.rpartition("<tbody>")[2]
    return [re.findall("<td[^>]*>([^<]*)</td>", row) for row in re.findall("<tr>.*?</tr>", table)]


def ranks_of(view: str) -> list[list[int]]:
    """The ranks that a view tells of, layer by layer."""
    rows = re.findall("<tr><th scope=.row.*?</tr>", view, re.DOTALL)
    told = [re.findall(r"rank ([0-9,]+)", row) for row in rows]
    return [[int(rank.replace(",", "")) for rank in row] for row in told]


def test_ranks_are_the_published_and_the_measured_ones(name: str, tmp_path: Path) -> None:
    page = made("rank_selected_token", name, tmp_path)
    question = RanksOf.of_figure("ranks_ones_first_token")
    assert FIGURES["rank_selected_token"].questions == (question,)
    grids = [question.look_up(), *(Measured(name).answer(question, norm) for norm in NORMS)]
    for view, grid in zip(views_of(page), grids, strict=True):
        assert ranks_of(view) == grid.ranks.tolist()
        assert ("would say first" in view) == (grid is not grids[0])
    headings = re.findall("<h2[^>]*>(.*?)</h2>", page)
    assert headings == ["Published", *(f"tiny random gpt2, norm: {norm}" for norm in NORMS)]
    assert grids[1].ranks.tolist() != grids[2].ranks.tolist()


def test_the_tuned_lens_has_a_view_where_it_is_asked_for(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))
    (path,) = exploring.make(["rank_selected_token"], name, tmp_path, norms=("tuned",))
    _, view = views_of(path.read_text("utf-8"))
    found = Measured(name).answer(RanksOf.of_figure("ranks_ones_first_token"), "tuned")
    assert ranks_of(view) == found.ranks.tolist()


def test_saliency_is_the_published_and_the_measured_one(name: str, tmp_path: Path) -> None:
    views = views_of(made("saliency_ones", name, tmp_path))
    question = SaliencyOf.of_figure("saliency_ones")
    assert FIGURES["saliency_ones"].questions == (question,)
    found = question.look_up(), Measured(name).answer(question, "none")
    for view, saliency in zip(views, found, strict=True):
        rows = cells_of(view)
        assert len(rows) == len(saliency.shares)
        for place, row in enumerate(rows):
            shares = saliency.row(place)
            assert row[: len(shares)] == [percent(share) for share in shares]


def test_factors_are_the_published_and_the_measured_ones(name: str, tmp_path: Path) -> None:
    views = views_of(made("factors_counting_two", name, tmp_path))
    question = FactorsOf.of_figure("factors_counting_two")
    assert FIGURES["factors_counting_two"].questions == (question,)
    found = question.look_up(), Measured(name).answer(question, "none")
    for view, factors in zip(views, found, strict=True):
        shown = np.array(cells_of(view), float).T
        np.testing.assert_allclose(shown, factors.activity, rtol=1e-2, atol=1e-6)


def test_attention_is_the_one_measured(name: str, tmp_path: Path) -> None:
    page = made("attention_neuron", name, tmp_path)
    start = page.index("window.bertviz_params = ") + len("window.bertviz_params = ")
    drawn = json.JSONDecoder().raw_decode(page[start:])[0]["attention"]["all"]["attn"]
    model = loading.load(name)
    expected = attention_of(model, record(model, SENTENCE.prompt, attention=True))
    np.testing.assert_allclose(np.array(drawn), expected.weights, atol=0.00051)


def test_each_view_of_attention_is_a_page_of_its_own(name: str, tmp_path: Path) -> None:
    paths = exploring.make(ATTENTION, name, tmp_path)
    titles = [re.findall("<h1>(.*?) view of attention", path.read_text("utf-8")) for path in paths]
    assert titles == [["Head"], ["Model"], ["Neuron"]]


@pytest.mark.parametrize("id", ["heathrow", "saliency_hero", "factors_counting_five"])
def test_the_published_numbers_have_pages_without_any_model(id: str, tmp_path: Path) -> None:
    page = made(id, "published", tmp_path)
    assert len(views_of(page)) == len(FIGURES[id].published)
    assert f"<h1>{FIGURES[id].title}</h1>" in page


def test_no_attention_was_published(tmp_path: Path) -> None:
    (path,) = exploring.make(["attention_head", "saliency_ones"], "published", tmp_path)
    assert path.stem == "saliency_ones"
    assert [file.name for file in (tmp_path / "published").glob("*.html")] == ["saliency_ones.html"]
    with pytest.raises(ValueError, match="no attention was published: name a model"):
        exploring.make(ATTENTION, "published", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_ids_are_chosen_once_each_and_unknown_ones_get_the_known(tmp_path: Path) -> None:
    assert exploring.select(["heathrow", "attention_head", "heathrow"]) == [
        "heathrow",
        "attention_head",
    ]
    everything = exploring.select([])
    assert set(ATTENTION) < set(everything)
    for id, figure in FIGURES.items():
        (kind, *_) = {type(question) for question in figure.questions}
        assert (id in everything) == (kind in exploring.OF_QUESTIONS)
    assert all(len(exploring.how(id)) > 20 for id in everything)
    assert {"top_tokens_last", "neurons_counting", "many_texts"}.isdisjoint(everything)
    with pytest.raises(ValueError, match="no interactive view 'moon': expected one of rank_sel"):
        exploring.select(["heathrow", "moon"])


def test_an_unknown_model_leaves_nothing_behind(tmp_path: Path) -> None:
    for id in ("heathrow", "attention_head"):
        with pytest.raises(ValueError, match="unknown model 'gpt9'"):
            exploring.make([id], "gpt9", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_that_would_come_out_as_it_is_is_left(name: str, tmp_path: Path) -> None:
    def make(again: bool) -> int:
        (path,) = exploring.make(["saliency_ones"], name, tmp_path, again=again)
        return path.stat().st_mtime_ns

    first = make(again=False)
    assert make(again=False) == first
    assert make(again=True) > first
    path = tmp_path / name / "saliency_ones.html"
    path.write_text("altered")
    make(again=False)
    assert "altered" not in path.read_text("utf-8")


@pytest.mark.parametrize("id", ["heathrow", "occupations", "saliency_hero", "factors_eu"])
def test_figures_of_your_own_text_have_pages_too(id: str, name: str) -> None:
    """Of the model alone, under every norm where one matters."""
    own = FIGURES[id].of(prompt="The keys to the")
    page = exploring.figure_page(own, name)
    assert len(views_of(page)) == (2 if own.lens else 1)
    assert f"<h1>{own.title}</h1>" in page
