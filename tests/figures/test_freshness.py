"""Figures that would come out as they are stay; a change to what goes in makes them again.

The notebooks here are small ones of our own, run for real, under the names of real figures.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import hub_server
import pytest
from models.test_hub_faults import unknown

from replication.figures import freshness, notebooks
from replication.figures.errors import FigureError
from replication.figures.table import FORMATS
from replication.models import pins, registry, weights
from replication.models.cache import WEIGHTS
from replication.models.pins import Pin

NOTEBOOK = """
# %% tags=["parameters"]
model = "smollm2"
norms = "none,final"
out = "."
only = ""
moons = "1"
# %%
from pathlib import Path
folder = Path(out) / model
folder.mkdir(parents=True, exist_ok=True)
for suffix in (".svg", ".png", ".json"):
    (folder / f"heathrow{suffix}").write_text(f"{suffix} {moons} {norms}")
"""
UNCHANGED = "(unchanged)"


class Bench:
    """A notebook in a folder of its own, and what was said when it was run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notebook = folder / "notebooks" / "facts.py"
        self.notebook.parent.mkdir()
        self.notebook.write_text(NOTEBOOK)
        self.stamp = folder / "executed" / "smollm2" / "facts.stamp"
        self.files = [folder / "out/smollm2" / f"heathrow{suffix}" for suffix in FORMATS]

    def left_alone(
        self, *, again: bool = False, norms: tuple[str, ...] = ("none",), **more: str
    ) -> bool:
        """Make the figure, if it must be made; whether it need not."""
        said: list[str] = []
        notebooks.run(
            ["heathrow"],
            "smollm2",
            norms,
            self.folder / "out",
            more=more,
            again=again,
            notebooks=self.notebook.parent,
            executed=self.folder / "executed",
            say=said.append,
        )
        (line,) = said
        return line.endswith(UNCHANGED)


@pytest.fixture
def bench(tmp_path: Path, made_once: Path) -> Bench:
    """With a figure that was made once."""
    bench = Bench(tmp_path)
    for name in ("out", "executed"):
        shutil.copytree(made_once / name, tmp_path / name)
    return bench


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    weights.fetch(registry.MODELS["smollm2"])
    folder = tmp_path_factory.mktemp("once")
    assert not Bench(folder).left_alone(again=True)
    return folder


def test_a_figure_made_twice_is_left_alone(bench: Bench) -> None:
    files = [path.stat().st_mtime_ns for path in (*bench.files, bench.stamp)]
    assert bench.left_alone()
    assert [path.stat().st_mtime_ns for path in (*bench.files, bench.stamp)] == files


def test_all_are_made_unless_only_changed_ones_are_asked_for(bench: Bench) -> None:
    assert not bench.left_alone(again=True)


def other_notebook(bench: Bench) -> None:
    bench.notebook.write_text(NOTEBOOK + "# a remark\n")


def output_missing(bench: Bench) -> None:
    bench.files[1].unlink()


def output_altered(bench: Bench) -> None:
    bench.files[2].write_text(".json 1 final")


def stamp_missing(bench: Bench) -> None:
    bench.stamp.unlink()


@pytest.mark.parametrize("change", [other_notebook, output_missing, output_altered, stamp_missing])
def test_a_change_makes_it_again_once(bench: Bench, change: Callable[[Bench], None]) -> None:
    change(bench)
    assert not bench.left_alone()
    assert bench.files[2].read_text() == ".json 1 none"
    assert bench.left_alone()


def test_other_parameters_make_it_again(bench: Bench) -> None:
    assert not bench.left_alone(moons="3")
    assert bench.files[0].read_text() == ".svg 3 none"
    assert bench.left_alone(moons="3")
    assert not bench.left_alone(norms=("none", "final"))


def test_a_notebook_that_fails_is_not_taken_for_made(bench: Bench) -> None:
    bench.notebook.write_text(NOTEBOOK + "# %%\n1 / 0\n")
    for _ in range(2):
        with pytest.raises(FigureError, match="ZeroDivisionError"):
            bench.left_alone()


def inputs(notebook: Path, model: str = "published", **parameters: str) -> str:
    return freshness.inputs_of(notebook, parameters, model)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree in the place of the package, with a notebook beside it."""
    made = {"lens.py": "a", "data/published/x.json": "b", "data/t/x.jsonl": "c", "notes.md": "d"}
    for name, text in made.items():
        path = tmp_path / "replication" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "heathrow.py").write_text(NOTEBOOK)
    monkeypatch.setattr(
        freshness, "__file__", str(tmp_path / "replication" / "figures" / "freshness.py")
    )
    return tmp_path / "replication"


@pytest.mark.parametrize("name", ["lens.py", "data/published/x.json", "data/t/x.jsonl"])
def test_every_file_of_the_package_goes_into_a_figure(package: Path, name: str) -> None:
    notebook = package.parent / "heathrow.py"
    before = inputs(notebook)
    (package / "notes.md").write_text("what no figure reads")
    assert inputs(notebook) == before
    (package / name).write_text("z")
    assert inputs(notebook) != before


def test_files_more_or_fewer_or_renamed_go_into_it(package: Path) -> None:
    notebook = package.parent / "heathrow.py"
    found = [inputs(notebook)]
    (package / "own.py").write_text("")
    found.append(inputs(notebook))
    (package / "own.py").rename(package / "other.py")
    found.append(inputs(notebook))
    assert len(set(found)) == 3


def test_parameters_models_and_versions_go_into_it(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = package.parent / "heathrow.py"
    found = [
        inputs(notebook),
        inputs(notebook, norms="none"),
        inputs(notebook, norms="final"),
        inputs(notebook, "smollm2"),
        inputs(notebook, "smollm2-untrained-0"),
        inputs(notebook, "smollm2-untrained-1"),
    ]
    known = registry.MODELS["smollm2"]
    monkeypatch.setitem(registry.MODELS, "smollm2", replace(known, quantization="other"))
    found.append(inputs(notebook, "smollm2"))
    monkeypatch.setattr(metadata, "version", lambda name: "0")
    found.append(inputs(notebook))
    assert len(set(found)) == len(found)
    assert inputs(notebook, a="1", b="2") == inputs(notebook, b="2", a="1")


def test_weights_that_the_table_leaves_open_go_into_it_as_recorded(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = unknown(hub_server.repository())
    monkeypatch.setitem(registry.MODELS, entry.name, entry)
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path / "cache"))
    found = [inputs(package.parent / "heathrow.py", entry.name)]
    for revision in ("1" * 40, "2" * 40):
        pins.record(entry, Pin(hub_server.NAME, revision, {WEIGHTS: "0" * 64}))
        found.append(inputs(package.parent / "heathrow.py", entry.name))
    assert len(set(found)) == 3
