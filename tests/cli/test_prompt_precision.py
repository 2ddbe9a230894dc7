"""Half precision from the command line: the numbers of the library, or one sentence."""

import json

import pytest
from typer.testing import CliRunner

from replication.articles.experiments import experiment
from replication.cli.main import app
from replication.cli.prompt_precision import look
from replication.measures.precision import rank_changes
from replication.models.errors import ModelError
from replication.models.loading import load

ONES = "ranks_ones"


def test_the_command_tells_the_librarys_numbers() -> None:
    text = experiment(ONES)
    expected = rank_changes(load("smollm2"), text.prompt, text.continuation, "final").bands()
    told = json.loads(CliRunner().invoke(app, ["precision", ONES, "--json"]).stdout)
    assert told["bands"] == [vars(band) for band in expected]
    assert (told["dtype"], told["in_half"], told["device"]) == ("bfloat16", "states", "cpu")
    table = CliRunner().invoke(app, ["precision", ONES]).stdout
    rows = [line.split() for line in table.splitlines()[-len(expected) :]]
    assert [(row[-3], row[-2]) for row in rows] == [
        (str(band.ranks), str(band.changed)) for band in expected
    ]


@pytest.mark.parametrize(
    ("id", "device", "told"),
    [
        (ONES, "nowhere", "no device 'nowhere' here"),
        ("watch_nurse", "cpu", "watch_nurse has no continuation to rank"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(id: str, device: str, told: str) -> None:
    settings = {"model": "smollm2", "norm": "final", "dtype": "bfloat16", "in_half": "states"}
    with pytest.raises(ModelError, match=told):
        look(id, device=device, **settings)  # type: ignore[arg-type]
