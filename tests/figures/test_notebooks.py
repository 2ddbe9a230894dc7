"""Figures are made by their notebooks, hold the library's numbers, and come whole or not at all."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from replication.articles.experiments import (
    published_factors,
    published_ids,
    published_ranks,
    published_saliency,
)
from replication.figures import notebooks
from replication.figures.answers import _result, gather, views
from replication.figures.figure import Figure
from replication.figures.notebooks import FigureError
from replication.figures.saving import as_json
from replication.figures.table import FIGURES, FORMATS
from replication.models import weights
from replication.models.registry import MODELS
from replication.questions.measured import subject
from replication.questions.subjects import Published, View
from replication.results.untestable import NotTestable, Untestable

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


@pytest.fixture(scope="session")
def smollm2() -> str:
    weights.fetch(MODELS["smollm2"])
    return "smollm2"


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_each_figure_has_its_notebook() -> None:
    assert {notebook.stem for notebook in NOTEBOOKS} == set(FIGURES)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))
def test_figures_are_described(figure: Figure) -> None:
    assert set(figure.experiments) <= set(published_ids())
    assert figure.claims
    assert len(figure.alt) > 60
    assert len(figure.title) <= 52, "it would run into the colour scale"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_short_and_hold_no_logic(notebook: Path) -> None:
    text = notebook.read_text("utf-8")
    code = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) < 60
    tree = ast.parse(text)
    used = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert all(str(name).split(".")[0] in ("replication", "matplotlib") for name in used)
    logic = ast.Import | ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.If | ast.Try
    assert not [node for node in ast.walk(tree) if isinstance(node, logic)]
    assert all(claim in text for claim in FIGURES[notebook.stem].claims)
    assert f'FIGURES["{notebook.stem}"]' in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"ids": ["eu"]}, "unknown figure 'eu': expected one of top_tokens_last, "),
        ({"model": "gpt9"}, "unknown model 'gpt9'"),
        ({"norms": ["layer"]}, "unknown norm 'layer': expected one of none, final"),
        ({"norms": []}, "unknown norm ''"),
        ({"jobs": 0}, "jobs is 0"),
    ],
)
def test_unknown_arguments_are_refused(
    arguments: dict[str, object], told: str, tmp_path: Path
) -> None:
    given = {"model": "published", "out": tmp_path, "executed": tmp_path, **arguments}
    with pytest.raises(ValueError, match=told):
        notebooks.run(**given)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_unknown_parameters_are_refused(tmp_path: Path) -> None:
    notebook = notebooks.read(NOTEBOOKS[0])
    with pytest.raises(FigureError, match="no parameter 'modle': the notebook has model, norms"):
        notebooks.execute(notebook, {"modle": "x"}, tmp_path / "a.ipynb")


def test_unknown_further_parameters_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FigureError, match="heathrow: no parameter 'layer': the notebook has"):
        notebooks.run(
            ["heathrow"], "published", out=tmp_path, executed=tmp_path, more={"layer": "1"}
        )
    assert not list(tmp_path.iterdir())


def test_a_clone_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notebooks, "__file__", str(tmp_path / "replication/figures/notebooks.py"))
    with pytest.raises(FigureError, match="run from a clone"):
        notebooks.notebooks_folder()


def test_what_a_subject_cannot_show_is_kept_as_a_reason() -> None:
    class Mute(Published):
        def _refuse(self, norm: object) -> None:
            raise NotTestable("' man' is several tokens")

    result = _result(View(Mute(), "none"), "watch_nurse", FIGURES["occupations"], {})
    assert isinstance(result, Untestable)
    shown = json.loads(as_json(FIGURES["occupations"], {"watch_nurse": [result]}, "x", "none"))
    assert shown["panels"][0]["reason"] == "' man' is several tokens"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One figure of published numbers, made twice."""
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        arguments = {"model": "published", "out": folder, "executed": folder / "notebooks"}
        (path,) = notebooks.run(["heathrow"], **arguments)  # type: ignore[arg-type]
        assert path == folder / "published/heathrow"
    return folders


def test_a_figure_is_three_files_with_the_same_bytes_each_time(made: tuple[Path, Path]) -> None:
    first, second = (files_of(folder / "published") for folder in made)
    assert set(first) == {f"heathrow{suffix}" for suffix in FORMATS}
    assert first == second


def test_executed_notebooks_are_the_same_but_for_their_paths(made: tuple[Path, Path]) -> None:
    first, second = (folder / "notebooks/published/heathrow.ipynb" for folder in made)
    assert first.read_bytes() == second.read_bytes()
    notebook = json.loads(first.read_text("utf-8"))
    assert "image/png" in notebook["cells"][-1]["outputs"][0]["data"]


def test_the_json_holds_the_published_numbers(made: tuple[Path, Path]) -> None:
    shown = json.loads((made[0] / "published/heathrow.json").read_text("utf-8"))
    grid = published_ranks("ranks_heathrow")
    assert shown["parameters"] == {"model": "published", "norms": ["none", "final"]}
    (panel,) = shown["panels"]
    assert panel["ranks"] == grid.ranks.tolist()
    assert tuple(panel["tokens"]) == grid.tokens
    assert panel["provenance"]["prompt"] == grid.provenance.prompt


@pytest.mark.usefixtures("made")
def test_a_failing_notebook_names_its_cell_and_leaves_earlier_files(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    earlier = files_of(made[0] / "published")
    source = next(path for path in NOTEBOOKS if path.stem == "heathrow").read_text("utf-8")
    failing = source.replace("save(figure,", "save(1 // 0,")
    (tmp_path / "heathrow.py").write_text(failing, "utf-8")
    target = made[0] / "notebooks"
    with pytest.raises(FigureError) as error:
        notebooks.run(["heathrow"], "published", out=made[0], notebooks=tmp_path, executed=target)
    told = str(error.value)
    assert told.startswith("heathrow: ZeroDivisionError: integer division or modulo by zero")
    assert "save(1 // 0, results" in told
    assert files_of(made[0] / "published") == earlier


@pytest.mark.parametrize("id", ["saliency_shakespeare", "factors_counting_five"])
def test_other_kinds_of_figures_have_the_same_bytes_each_time(id: str, tmp_path: Path) -> None:
    folders = tmp_path / "first", tmp_path / "second"
    for folder in folders:
        notebooks.run([id], "published", out=folder, executed=folder / "notebooks")
    first, second = (files_of(folder / "published") for folder in folders)
    assert set(first) == {f"{id}{suffix}" for suffix in FORMATS}
    assert first == second


def test_the_json_of_saliency_has_rows_as_long_as_they_are() -> None:
    figure = FIGURES["saliency_shakespeare"]
    shown = json.loads(as_json(figure, gather(figure, "published", "none"), "published", "none"))
    saliency = published_saliency("saliency_shakespeare")
    (panel,) = shown["panels"]
    assert shown["parameters"] == {"model": "published"}
    assert panel["kind"] == "saliency"
    assert panel["provenance"]["norm"] is None
    assert [len(row) for row in panel["shares"]] == [7, 8]
    for number, row in enumerate(panel["shares"]):
        np.testing.assert_allclose(row, saliency.row(number), rtol=1e-5)


def test_the_json_of_factors_holds_their_activity_and_settings() -> None:
    figure = FIGURES["factors_counting_five"]
    results = gather(figure, "published", "none")
    shown = json.loads(as_json(figure, results, "published", "none", factors=5, seed=0))
    (panel,) = shown["panels"]
    assert shown["parameters"] == {"model": "published", "factors": 5, "seed": 0}
    assert (panel["kind"], panel["count"], panel["energy"]) == ("factors", 5, None)
    activity = published_factors("factors_counting_five").activity
    np.testing.assert_allclose(panel["activity"], activity, rtol=1e-5)


def test_another_number_of_factors_was_not_published() -> None:
    figure = FIGURES["factors_underground"]
    ((result,),) = gather(figure, "published", "none", factors=18).values()
    assert isinstance(result, Untestable)
    assert "18 factors" in result.reason
    assert result.provenance.norm is None


def test_neurons_drawn_are_those_that_the_library_draws(smollm2: str) -> None:
    figure = FIGURES["neurons_counting"]
    results = gather(figure, smollm2, "none", clusters=3, neurons=20, seed=1)
    published, firing = results["factors_counting_five"]
    assert isinstance(published, Untestable)
    found = View(subject(smollm2), "none").clusters("factors_counting_five", 3)
    expected = np.sort(np.random.default_rng(1).choice(len(found.labels), 20, replace=False))
    np.testing.assert_array_equal(firing.neurons, expected)
    np.testing.assert_allclose(firing.values, found.of.values[expected], rtol=1e-4, atol=1e-5)
    shown = json.loads(as_json(figure, results, smollm2, "none"))["panels"][1]
    assert (shown["kind"], shown["layer"]) == ("clusters", 15)
    assert sum(shown["sizes"]) == len(found.labels)
    np.testing.assert_allclose(shown["mean_firing"], found.firing, rtol=1e-3, atol=1e-4)


def test_measured_figures_hold_what_the_library_computes(smollm2: str, tmp_path: Path) -> None:
    seen: list[str] = []
    notebooks.run(["heathrow"], smollm2, ["final"], tmp_path, executed=tmp_path, say=seen.append)
    assert seen == [f"heathrow: {tmp_path}/smollm2/heathrow"]
    shown = json.loads((tmp_path / "smollm2/heathrow.json").read_text("utf-8"))
    published, measured = shown["panels"]
    assert published["provenance"]["subject"] == "published"
    assert measured["provenance"]["norm"] == "final"
    grid = View(subject(smollm2), "final").ranks("ranks_heathrow")
    assert tuple(measured["tokens"]) == grid.tokens
    # As many threads as there are cores move ranks in the ten thousands by one.
    np.testing.assert_allclose(measured["ranks"], grid.ranks, rtol=1e-3)


def test_probabilities_are_rounded(smollm2: str) -> None:
    figure = FIGURES["top_tokens_last"]
    results = gather(figure, smollm2, "none")
    assert [view.norm for view in views(smollm2, "none")] == ["none", "none"]
    shown = json.loads(as_json(figure, results, smollm2, "none"))["panels"][1]
    measured = View(subject(smollm2), "none").top_tokens("top10_ones")
    np.testing.assert_allclose(shown["probabilities"], measured.probabilities, rtol=1e-5)
    assert all(len(str(p).split("e")[0].strip("0.")) <= 7 for p in shown["probabilities"][-1])
