"""Figures are made by their notebooks, hold the library's numbers, and come whole or not at all."""

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replication.figures import notebooks
from replication.figures.errors import FigureError
from replication.figures.table import FIGURES, FORMATS
from replication.models import weights
from replication.models.registry import MODELS
from replication.questions.lens import RanksOf
from replication.questions.measured import subject

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


@pytest.fixture(scope="session")
def smollm2() -> str:
    weights.fetch(MODELS["smollm2"])
    return "smollm2"


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_each_figure_has_its_notebook() -> None:
    assert {notebook.stem for notebook in NOTEBOOKS} == set(FIGURES)


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


def parameters_of(notebook: Path) -> dict[str, Any]:
    """The values that a notebook's cell of parameters has."""
    (cell,) = [
        cell
        for cell in notebooks.read(notebook).cells
        if "parameters" in cell.metadata.get("tags", ())
    ]
    values: dict[str, Any] = {}
    exec(cell.source, values)
    return {name: values[name] for name in values["__annotations__"]}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_the_settings_of_the_figure(notebook: Path) -> None:
    """Each is handed on by its name, and with the values that the notebook has nothing changes."""
    figure, given = FIGURES[notebook.stem], parameters_of(notebook)
    assert (given.pop("model"), given.pop("norms"), given.pop("out")) == (
        "smollm2",
        "none,final",
        "figures",
    )
    chosen = given.pop("chosen", None)
    assert chosen == (",".join(map(str, figure.options["chosen"])) if chosen else None)
    assert bool(chosen) == ("chosen" in figure.options)
    assert figure.of(**given).questions == figure.questions
    handed = {
        keyword.arg: ast.unparse(keyword.value)
        for node in ast.walk(ast.parse(notebook.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("].of")
        for keyword in node.keywords
    }
    assert handed == {name: f"str({name})" if name == "layers" else name for name in given}
    settings = {name for question in figure.questions for name in question.settings}
    assert ("prompt" in given) == ("prompt" in settings)
    assert ("generate" in given) == ("continuation" in given)
    if figure.published or "generate" in given:
        of_next_token = any("word" in name for name in settings)
        assert ("generate" in given) == (not of_next_token)


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
    assert "save(1 // 0, drawing" in told
    assert files_of(made[0] / "published") == earlier


@pytest.mark.parametrize("id", ["saliency_shakespeare", "factors_counting_five"])
def test_other_kinds_of_figures_have_the_same_bytes_each_time(id: str, tmp_path: Path) -> None:
    folders = tmp_path / "first", tmp_path / "second"
    for folder in folders:
        notebooks.run([id], "published", out=folder, executed=folder / "notebooks")
    first, second = (files_of(folder / "published") for folder in folders)
    assert set(first) == {f"{id}{suffix}" for suffix in FORMATS}
    assert first == second


def test_measured_figures_hold_what_the_library_computes(smollm2: str, tmp_path: Path) -> None:
    seen: list[str] = []
    notebooks.run(["heathrow"], smollm2, ["final"], tmp_path, executed=tmp_path, say=seen.append)
    assert seen == [f"heathrow: {tmp_path}/smollm2/heathrow"]
    shown = json.loads((tmp_path / "smollm2/heathrow.json").read_text("utf-8"))
    published, measured = shown["panels"]
    assert published["provenance"]["subject"] == "published"
    assert measured["provenance"]["norm"] == "final"
    grid = subject(smollm2).answer(RanksOf.of_figure("ranks_heathrow"), "final")
    assert tuple(measured["tokens"]) == grid.tokens
    # As many threads as there are cores move ranks in the ten thousands by one.
    np.testing.assert_allclose(measured["ranks"], grid.ranks, rtol=1e-3)
