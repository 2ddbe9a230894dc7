"""The research object's metadata, against the files and read back by another reader's rules."""

import hashlib
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from rocrate.rocrate import ROCrate

from replication.base.environment import environment
from replication.pages.report import crate
from replication.pages.report.crate import Described, Entry

ROOT = Path(__file__).parents[3]
FILES = (
    Entry("index.html", "The report", "First page"),
    Entry("figures/smollm2/heathrow.png", "Heathrow", "Ranks"),
)
DESCRIBED = Described("Title", "About", datetime(2026, 1, 2, 3, tzinfo=UTC), environment())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, entry in enumerate(FILES):
        (tmp_path / entry.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / entry.path).write_bytes(b"drawn" * number)
    return tmp_path


@pytest.fixture
def graph(folder: Path) -> dict[str, Any]:
    written = crate.as_jsonld(folder, FILES, DESCRIBED)
    assert written["@context"] == "https://w3id.org/ro/crate/1.2/context"
    return {entity["@id"]: entity for entity in json.loads(json.dumps(written))["@graph"]}


def test_the_files_are_listed_with_size_and_sum(graph: dict[str, Any], folder: Path) -> None:
    assert graph["./"]["hasPart"] == [{"@id": entry.path} for entry in FILES]
    for entry in FILES:
        held, content = graph[entry.path], (folder / entry.path).read_bytes()
        assert held["@type"] == "File"
        assert (held["name"], held["description"]) == (entry.name, entry.description)
        assert held["contentSize"] == str(len(content))
        assert held["sha256"] == hashlib.sha256(content).hexdigest()
    assert graph["figures/smollm2/heathrow.png"]["encodingFormat"] == "image/png"


def test_the_crate_says_what_it_is_and_what_made_it(graph: dict[str, Any]) -> None:
    root = graph["./"]
    assert (root["name"], root["description"]) == ("Title", "About")
    assert root["datePublished"] == "2026-01-02T03:00:00+00:00"
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert graph[root["license"]["@id"]]["name"] == "CC BY-NC-SA 4.0"
    run, software = graph[root["mentions"]["@id"]], graph["#software"]
    assert run["instrument"] == {"@id": "#software"}
    assert run["result"] == root["hasPart"]
    assert software["version"] == DESCRIBED.environment.replication
    assert f"torch {DESCRIBED.environment.packages['torch']}" in software["softwareRequirements"]


def test_every_reference_leads_somewhere(graph: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [value["@id"]] if set(value) == {"@id"} else []
        inner = value if isinstance(value, list) else []
        return [found for one in inner for found in references(one)]

    for entity in graph.values():
        for name, value in entity.items():
            if name != "conformsTo":
                assert set(references(value)) <= set(graph), (entity["@id"], name)


def test_the_authors_and_licences_are_the_projects(graph: dict[str, Any]) -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert [author["name"] for author in citation["authors"]] == [graph["#authors"]["name"]]
    assert graph["./"]["author"] == {"@id": "#authors"}
    assert graph["#software"]["license"]["@id"].endswith(f"/{citation['license']}")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert graph["#software"]["name"] == project["name"]


def test_another_reader_takes_it(folder: Path) -> None:
    written = crate.as_jsonld(folder, FILES, DESCRIBED)
    (folder / crate.NAME).write_text(json.dumps(written))
    read = ROCrate(str(folder))
    assert read.name == "Title"
    assert {entity.id for entity in read.data_entities} == {entry.path for entry in FILES}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"index\.html is not in .*: write it before the crate"):
        crate.as_jsonld(tmp_path, FILES, DESCRIBED)
