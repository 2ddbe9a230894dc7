"""The committed figures' numbers against freshly computed ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replication import weights
from replication.figures import FIGURES, Figure
from replication.registry import MODELS
from replication.savings import as_json, gather

FOLDER = Path(__file__).parents[1] / "figures" / "smollm2"
NORMS = "none,final"


@pytest.fixture(scope="module", autouse=True)
def _default_model() -> None:
    weights.fetch(MODELS["smollm2"])


def assert_same(committed: dict[str, Any], fresh: dict[str, Any]) -> None:
    """Everything but the packages is the same; ranks up to near-ties, which float sums may turn
    round from one processor to the next, probabilities up to the same.
    """
    assert committed.keys() == fresh.keys()
    for name in committed.keys() - {"packages", "panels"}:
        assert committed[name] == fresh[name]
    for old, new in zip(committed["panels"], fresh["panels"], strict=True):
        assert old.keys() == new.keys()
        for name in old.keys() - {"ranks", "probabilities", "tokens"}:
            assert old[name] == new[name]
        if "ranks" in old:
            assert old["tokens"] == new["tokens"]
            np.testing.assert_allclose(old["ranks"], new["ranks"], rtol=0.005, atol=0.5)
        if "probabilities" in old:
            assert [row[0] for row in old["tokens"]] == [row[0] for row in new["tokens"]]
            np.testing.assert_allclose(old["probabilities"], new["probabilities"], atol=2e-3)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda figure: figure.id)
def test_committed_numbers_are_those_of_the_code(figure: Figure) -> None:
    committed = json.loads((FOLDER / f"{figure.id}.json").read_text("utf-8"))
    fresh = json.loads(as_json(figure, gather(figure, "smollm2", NORMS), "smollm2", NORMS))
    assert_same(committed, fresh)


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
