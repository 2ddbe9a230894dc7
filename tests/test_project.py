"""The project's own files: they agree with one another and with what they promise."""

import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

from replication.figures import manifest
from replication.figures.table import FIGURES, FORMATS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def committed() -> list[Path]:
    """The files of the project, as git knows them, or as they lie where there is no git."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_the_citation_is_valid_and_names_both_articles() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    command += ["vendor.citation-file-format", str(ROOT / "CITATION.cff")]
    assert subprocess.run(command, capture_output=True).returncode == 0
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]
    assert [entry["type"] for entry in citation["references"]] == ["blog", "blog"]
    assert "preferred-citation" not in citation


def test_the_workflows_are_valid() -> None:
    workflows = [str(path) for path in (ROOT / ".github" / "workflows").glob("*.yml")]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    command += ["vendor.github-workflows", *workflows]
    assert workflows
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_the_manifest_lists_every_figure() -> None:
    """If this fails, run ``python -m replication.figures.manifest``."""
    text = manifest.FILE.read_text("utf-8")
    assert manifest.put(text) == text
    listed = yaml.safe_load(text)["manifest"]
    assert [entry["file"] for entry in listed] == [f"figures/smollm2/{id}.png" for id in FIGURES]
    assert all(FIGURES[Path(entry["file"]).stem].title in entry["comment"] for entry in listed)


def test_a_manifest_without_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no line 'manifest:'"):
        manifest.put("version: 1\n")


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make on a copy of the Makefile, in an environment of programs that say how they were
    called, of which mypy fails.
    """
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "replicate", "pytest", "ruff", "mypy", "lint-imports"):
        status = 1 if name == "mypy" else 0
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $@"\nexit {status}\n')
        (programs / name).chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    for stamp in ("ready", "development"):
        (folder / ".venv" / stamp).touch()
    command = ["make", "--silent", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_every_part_of_the_tests_runs_and_the_failed_are_told_last(tmp_path: Path) -> None:
    run = make(tmp_path, "test")
    assert run.returncode != 0
    lines = run.stdout.splitlines()
    assert lines[-1] == "== failed: types"
    for called in ("ruff check", "mypy ", "lint-imports ", "pytest tests", "pytest claims"):
        assert any(line.startswith(called) for line in lines), called
    assert "pytest claims -q --nulls none" in lines


def test_nulls_are_held_against_the_table(tmp_path: Path) -> None:
    run = make(tmp_path, "nulls")
    assert run.returncode == 0
    assert run.stdout.splitlines() == [
        "pytest claims -q --anew",
        "replicate verdicts --check docs/verdicts.md",
    ]


def test_the_report_leaves_committed_figures_alone(tmp_path: Path) -> None:
    run = make(tmp_path, "report")
    assert run.returncode == 0
    assert run.stdout.splitlines() == [
        "replicate figures --model smollm2 --jobs 2 --out build/figures --changed",
        "replicate explore --model smollm2 --changed",
        "pytest claims -q",
        "replicate report --figures build/figures",
    ]


def test_every_figure_is_committed_in_every_format() -> None:
    expected = {f"{id}{ending}" for id in FIGURES for ending in FORMATS}
    assert {path.name for path in (ROOT / "figures" / "smollm2").iterdir()} == expected


def test_the_readmes_files_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", readme)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", readme, re.MULTILINE)) <= targets


def test_every_dependency_is_locked() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    locked = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *chain.from_iterable(extras)]
    names = {re.split(r"[\[<>=;]", name)[0].lower().replace("_", "-") for name in wanted}
    assert names - {PROJECT["project"]["name"]} <= locked
    assert "torch==2.13.0" in lines
    assert "torch==2.13.0" in PROJECT["project"]["dependencies"]


@pytest.mark.parametrize("path", committed(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_committed_names_a_machine(path: Path) -> None:
    if path.suffix == ".png" or path == Path(__file__):
        return
    text = path.read_text("utf-8")
    for word in ("/work/", "/root/", "/tmp/", "/home/", "pypi.org", "pythonhosted", "npmjs"):
        assert word not in text
