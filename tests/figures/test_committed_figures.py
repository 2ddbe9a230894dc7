"""The committed figures' numbers against freshly computed ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replication.figures import freshness
from replication.figures.answers import answers
from replication.figures.figure import Figure
from replication.figures.saving import as_json
from replication.figures.table import FIGURES, FORMATS, of_notebook
from replication.models import weights
from replication.models.registry import MODELS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "figures" / "smollm2"
NORMS = "none,final"


@pytest.fixture(scope="module", autouse=True)
def _default_model() -> None:
    weights.fetch(MODELS["smollm2"])


def assert_same(committed: Any, fresh: Any, name: str = "") -> None:
    """The same but for the packages, up to what float sums may change from one processor to the
    next: near-ties of ranks, the last digits of probabilities, and of what a factorization or a
    clustering makes of them 2 % of the greatest value.
    """
    if isinstance(committed, dict):
        assert committed.keys() == fresh.keys()
        for key in committed.keys() - {"packages"}:
            assert_same(committed[key], fresh[key], key)
    elif name == "ranks":
        np.testing.assert_allclose(committed, fresh, rtol=0.005, atol=0.5)
    elif _holds_numbers(committed):
        greatest = max(map(abs, committed), default=0)
        np.testing.assert_allclose(committed, fresh, atol=max(0.002, 0.02 * greatest))
    elif name == "tokens" and committed and isinstance(committed[0], list):
        # Candidates per layer: behind the first, equally improbable ones may change places.
        assert [row[0] for row in committed] == [row[0] for row in fresh]
    elif isinstance(committed, list):
        assert len(committed) == len(fresh)
        for old, new in zip(committed, fresh, strict=True):
            assert_same(old, new, name)
    else:
        assert committed == fresh


def _holds_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int | float) for one in value)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda figure: figure.id)
def test_committed_numbers_are_those_of_the_code(figure: Figure) -> None:
    committed = json.loads((FOLDER / f"{figure.id}.json").read_text("utf-8"))
    assert_same(committed, just_made(figure) or made_now(figure, committed["parameters"]))


def just_made(figure: Figure) -> Any:
    """What ``make test`` has made of the same sources a moment ago, if it has."""
    made = ROOT / "build" / "figures" / "smollm2"
    together = [made / one.id for one in of_notebook(figure.notebook)]
    files = [path.with_suffix(suffix) for path in together for suffix in FORMATS]
    stamp = ROOT / "build" / "notebooks" / "smollm2" / f"{figure.notebook}.stamp"
    notebook = ROOT / "notebooks" / f"{figure.notebook}.py"
    inputs = freshness.inputs_of(notebook, {"model": "smollm2", "norms": NORMS}, "smollm2")
    if not freshness.is_fresh(stamp, inputs, files):
        return None
    return json.loads((made / f"{figure.id}.json").read_text("utf-8"))


def made_now(figure: Figure, parameters: dict[str, Any]) -> Any:
    """The numbers computed here."""
    changed = figure.of(
        **{name: parameters[name] for name in parameters.keys() - {"model", "norms"}}
    )
    results = answers(changed.questions, "smollm2", NORMS)
    return json.loads(as_json(changed, results, "smollm2", NORMS))


@pytest.mark.parametrize("place", [("panels", 1, "ranks", 3, 0), ("panels", 0, "tokens", 0)])
def test_another_number_would_be_noticed(place: tuple[Any, ...]) -> None:
    committed = json.loads((FOLDER / "heathrow.json").read_text("utf-8"))
    changed = json.loads((FOLDER / "heathrow.json").read_text("utf-8"))
    assert_same(committed, changed)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = inner[place[-1]] * 2
    with pytest.raises(AssertionError):
        assert_same(committed, changed)
