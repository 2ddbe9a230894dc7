"""Figures are made by their notebooks, hold the library's numbers, and come whole or not at all."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replication.figures import executing, notebooks
from replication.figures.errors import FigureError
from replication.figures.table import FIGURES, FORMATS, of_notebook
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


def code_of(notebook: Path) -> str:
    cells = executing.read(notebook).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def calls_of(notebook: Path, method: str) -> list[str]:
    """The names that a notebook hands to a method of its figures, in order."""
    calls = [node for node in ast.walk(ast.parse(code_of(notebook))) if isinstance(node, ast.Call)]
    of_method = [call for call in calls if ast.unparse(call.func) == f"figures.{method}"]
    return [ast.literal_eval(given) for call in of_method for given in call.args]


def test_every_figure_is_made_by_exactly_one_notebook() -> None:
    made = {notebook.stem: calls_of(notebook, "make") for notebook in NOTEBOOKS}
    assert {name: sorted(ids) for name, ids in made.items()} == {
        name: sorted(figure.id for figure in of_notebook(name)) for name in made
    }
    assert sorted(id for ids in made.values() for id in ids) == sorted(FIGURES)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_teaches(notebook: Path) -> None:
    """It shows the method by hand and checks it, judges what it draws, and leaves something to do;
    prose stands around cells of a few lines.
    """
    cells = executing.read(notebook).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for part in ("## By hand", "## What holds", "## Now try", "## Sources"):
        assert part in prose
    assert all(claim in prose for id in calls_of(notebook, "make") for claim in FIGURES[id].claims)
    assert "assert" in code_of(notebook)
    code = [cell.source.splitlines() for cell in cells if cell.cell_type == "code"]
    assert max(map(len, code)) <= 20
    assert len(prose.splitlines()) > sum(map(len, code)) / 2
    judged = {claim for id in calls_of(notebook, "verdicts") for claim in FIGURES[id].claims}
    assert judged == {claim for id in calls_of(notebook, "make") for claim in FIGURES[id].claims}


def parameters_of(notebook: Path) -> dict[str, Any]:
    """The values that a notebook's cell of parameters has."""
    (cell,) = [
        cell
        for cell in executing.read(notebook).cells
        if "parameters" in cell.metadata.get("tags", ())
    ]
    values: dict[str, Any] = {}
    exec(cell.source, values)
    return {name: values[name] for name in values["__annotations__"]}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_settings_of_the_figures(notebook: Path) -> None:
    """Each can be changed in some figure, and as the notebook has it it changes none."""
    given = parameters_of(notebook)
    fixed = [given.pop(name) for name in ("model", "norms", "out", "only")]
    assert fixed == ["smollm2", "none,final", "figures", ""]
    figures = of_notebook(notebook.stem)
    settings = {name for f in figures for question in f.questions for name in question.settings}
    options = {name for figure in figures for name in figure.options}
    assert given.keys() <= settings | options
    assert not any(given.values())
    assert {"prompt", "words", "clean"} & settings <= given.keys()
    assert ("continuation" in given) == ("generate" in given)


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
    notebook = executing.read(NOTEBOOKS[0])
    with pytest.raises(FigureError, match="no parameter 'modle': the notebook has model, norms"):
        executing.execute(notebook, {"modle": "x"}, tmp_path / "a.ipynb")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"layer": "1"}, "facts: no parameter 'layer': the notebook has"),
        ({"words": "[]"}, "facts: ValueError: the figure heathrow has no setting 'words'"),
    ],
)
def test_settings_that_a_figure_lacks_are_refused(
    more: dict[str, str], told: str, smollm2: str, tmp_path: Path
) -> None:
    with pytest.raises(FigureError, match=told):
        notebooks.run(["heathrow"], smollm2, out=tmp_path, executed=tmp_path, more=more)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_published_figures_refuse_settings_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the figure heathrow has no setting 'layer'"):
        notebooks.run(
            ["heathrow"], "published", out=tmp_path, executed=tmp_path, more={"layer": "1"}
        )
    with pytest.raises(ValueError, match="only is not to be given"):
        notebooks.run(["heathrow"], more={"only": "cordoba"})
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


SMALL = """
# %% tags=["parameters"]
model: str = "smollm2"
norms: str = "none,final"
out: str = "figures"
only: str = ""
# %%
from replication.figures.making import Figures

figures = Figures("published", norms, out, only)
# %%
figures.make("heathrow")
"""


@pytest.fixture
def small(smollm2: str, tmp_path: Path) -> Callable[..., Path]:
    """A notebook in the place of the tutorial, which draws published numbers; run, the folder."""

    def ran(name: str, source: str = SMALL) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "facts.py").write_text(source, "utf-8")
        place = {"out": folder, "executed": folder / "notebooks", "notebooks": folder}
        notebooks.run(["heathrow"], smollm2, **place)  # type: ignore[arg-type]
        return folder

    return ran


def test_executed_notebooks_are_the_same_each_time(small: Callable[..., Path]) -> None:
    first, second = (small(name) / "notebooks/smollm2/facts.ipynb" for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    notebook = json.loads(first.read_text("utf-8"))
    assert "image/png" in notebook["cells"][-1]["outputs"][0]["data"]


def test_a_failing_notebook_names_its_cell_and_leaves_earlier_files(
    small: Callable[..., Path],
) -> None:
    earlier = files_of(small("a") / "published")
    with pytest.raises(FigureError) as error:
        small("a", SMALL + "# %%\n1 // 0\n")
    told = str(error.value)
    assert told.startswith("facts: ZeroDivisionError: integer division or modulo by zero")
    assert "    1 // 0" in told
    assert files_of(small("a") / "published") == earlier


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
    made = {path.name for path in (tmp_path / "smollm2").iterdir()}
    assert made == {*(f"heathrow{suffix}" for suffix in FORMATS), "facts.ipynb", "facts.stamp"}
    shown = json.loads((tmp_path / "smollm2/heathrow.json").read_text("utf-8"))
    published, measured = shown["panels"]
    assert published["provenance"]["subject"] == "published"
    assert measured["provenance"]["norm"] == "final"
    grid = subject(smollm2).answer(RanksOf.of_figure("ranks_heathrow"), "final")
    assert tuple(measured["tokens"]) == grid.tokens
    # As many threads as there are cores move ranks in the ten thousands by one.
    np.testing.assert_allclose(measured["ranks"], grid.ranks, rtol=1e-3)
