"""The published numbers: whole, typed, and the same as in their files."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from replication.articles import experiments
from replication.articles.experiments import PublishedFigure
from replication.judging import schemas
from replication.models.registry import MODELS

DATA = resources.files("replication").joinpath("data/published")


@pytest.mark.parametrize("id", experiments.published_ids())
def test_every_file_fits_the_schema_and_gives_an_experiment(id: str) -> None:
    figure, experiment = experiments.published_figure(id), experiments.experiment(id)
    assert figure.source.startswith("Alammar (202")
    assert experiment.prompt == figure.prompt != ""
    assert experiment.paper_model is None or experiment.paper_model in MODELS
    assert bool(experiment.watched) != bool(experiment.continuation) or figure.kind == "nmf_factors"


@pytest.mark.parametrize("id", experiments.published_ids())
def test_typed_access_gives_the_numbers_of_the_file(id: str) -> None:
    raw = json.loads(DATA.joinpath(f"{id}.json").read_text("utf-8"))
    match raw["kind"]:
        case "top_tokens_per_layer":
            top = experiments.published_top_tokens(id)
            assert [list(row) for row in top.tokens] == raw["tokens"]
            np.testing.assert_allclose(top.probabilities * 100, raw["values"])
        case "grad_x_input":
            saliency = experiments.published_saliency(id)
            for row, values in enumerate(raw["values"]):
                assert saliency.row(row).tolist() == values
        case "nmf_factors":
            factors = experiments.published_factors(id)
            assert (factors.activity.tolist(), list(factors.tokens)) == (
                raw["values"],
                raw["tokens"],
            )
        case _:
            grid = experiments.published_ranks(id)
            assert (grid.ranks.tolist(), list(grid.tokens)) == (raw["values"], raw["tokens"])


@pytest.mark.parametrize(
    ("id", "continuation", "watched", "last_only"),
    [
        ("ranks_ones", " 1, 1", (), False),
        ("ranks_ones_first_token", " 1", (), True),
        ("top10_ones", " 1", (), True),
        ("watch_doctor", "", (" man", " woman"), False),
        ("saliency_shakespeare", " 1564", (), False),
    ],
)
def test_experiments_look_at_what_the_article_shows(
    id: str, continuation: str, watched: tuple[str, ...], last_only: bool
) -> None:
    experiment = experiments.experiment(id)
    assert experiment.continuation == continuation
    assert (experiment.watched, experiment.last_only) == (watched, last_only)


def test_unknown_ids_and_wrong_kinds_are_named() -> None:
    with pytest.raises(ValueError, match="no experiment 'ranks_moon': expected one of factors_"):
        experiments.experiment("ranks_moon")
    for wrong in (
        experiments.published_ranks,
        experiments.published_saliency,
        experiments.published_factors,
    ):
        with pytest.raises(ValueError, match="was published as top_tokens_per_layer"):
            wrong("top10_ones")
    with pytest.raises(ValueError, match="was published as rank_of_watched_token"):
        experiments.published_top_tokens("watch_doctor")


@pytest.mark.parametrize("kind", ["watch_doctor", "top10_ones", "saliency_ones", "factors_eu"])
def test_a_row_too_short_is_refused(kind: str) -> None:
    raw = json.loads(DATA.joinpath(f"{kind}.json").read_text("utf-8"))
    raw["values"][0] = raw["values"][0][:-1]
    with pytest.raises(ValidationError, match="rows of"):
        PublishedFigure.model_validate(raw)


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_exported_schemas_are_current(name: str) -> None:
    """If this fails, run ``python -m replication.judging.schemas``."""
    exported = resources.files("replication").joinpath("data", name)
    assert exported.read_text("utf-8") == schemas.text_of(name)


def test_the_schema_itself_takes_every_file_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    """With another library's reading of the schema."""
    schema = str(resources.files("replication").joinpath("data/published.schema.json"))
    files = [str(DATA.joinpath(f"{id}.json")) for id in experiments.published_ids()]
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema]
    assert subprocess.run([*command, *files], capture_output=True).returncode == 0
    wrong = tmp_path / "wrong.json"
    wrong.write_text(DATA.joinpath("watch_doctor.json").read_text("utf-8").replace("kind", "sort"))
    assert subprocess.run([*command, str(wrong)], capture_output=True).returncode == 1


def test_the_attribution_lies_beside_the_numbers() -> None:
    text = DATA.joinpath("ATTRIBUTION.md").read_text("utf-8")
    assert "Jay Alammar" in text
    assert "CC BY-NC-SA 4.0" in text
