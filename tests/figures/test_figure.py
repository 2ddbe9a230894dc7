"""Figures of a text or layers of one's own, in the place of the article's."""

import json
from pathlib import Path

import numpy as np
import pytest

from replication.figures import notebooks
from replication.figures.answers import gather
from replication.figures.own_text import Own
from replication.figures.saving import as_json
from replication.figures.table import FIGURES
from replication.models import weights
from replication.models.registry import MODELS
from replication.questions.measured import Measured
from replication.results.factors import Factors
from replication.results.neurons import Firing
from replication.results.saliency import Saliency

TEXT = "One, two, three,"
COUNTING = FIGURES["factors_counting_two"]


@pytest.fixture(scope="module", autouse=True)
def _default_model() -> None:
    weights.fetch(MODELS["smollm2"])


def test_a_text_of_ones_own_has_no_published_panel() -> None:
    own = Own(TEXT, generate=3)
    (results,) = gather(COUNTING, "smollm2", "none", own).values()
    (factors,) = results
    assert isinstance(factors, Factors)
    assert "".join(factors.tokens).startswith(TEXT)
    assert len(factors.tokens) >= factors.n_input + 3
    assert factors.layers == tuple(range(30))
    shown = json.loads(as_json(COUNTING, {"factors_counting_two": results}, "smollm2", "none", own))
    assert shown["parameters"] == {
        "model": "smollm2", "factors": 2, "seed": 0, "prompt": TEXT, "generate": 3,
    }  # fmt: skip
    assert shown["panels"][0]["provenance"]["prompt"] == TEXT


def test_layers_of_ones_own_stand_beside_the_published_ones() -> None:
    (results,) = gather(COUNTING, "smollm2", "none", Own(layers="3-5")).values()
    published, factors = results
    assert (published.layers, factors.layers) == (tuple(range(6)), (3, 4, 5))
    assert factors.neurons.shape == (2, 3 * 1536)
    # All layers, named one by one, are what the figure shows without them.
    (whole,) = gather(COUNTING, "smollm2", "none", Own(layers="0-29")).values()
    usual = Measured("smollm2").factors("factors_counting_two", "none")
    np.testing.assert_allclose(whole[1].activity, usual.activity, rtol=1e-4, atol=1e-5)


def test_a_text_of_ones_own_is_read_in_the_figures_layers() -> None:
    own = Own("He would have been there, would he not?", generate=1)
    (results,) = gather(FIGURES["factors_underground"], "smollm2", "none", own, factors=3).values()
    assert results[0].layers == (0,)


def test_saliency_and_neurons_of_a_text_of_ones_own() -> None:
    own = Own(TEXT, generate=2)
    (saliency,) = gather(FIGURES["saliency_ones"], "smollm2", "none", own)["saliency_ones"]
    assert isinstance(saliency, Saliency)
    assert "".join(saliency.tokens[: saliency.n_input]) == TEXT
    figure = FIGURES["neurons_counting"]
    (firing,) = gather(figure, "smollm2", "none", Own(TEXT, 2, "7"), clusters=3).values()
    assert isinstance(firing[0], Firing)
    assert (firing[0].layer, len(firing[0].sizes)) == (7, 3)


def test_what_cannot_be_shown_is_named() -> None:
    with pytest.raises(ValueError, match="nothing was published of"):
        gather(COUNTING, "published", "none", Own(TEXT))
    with pytest.raises(ValueError, match=r"cannot look at layers \(40,\)"):
        gather(COUNTING, "smollm2", "none", Own(layers="40"))
    with pytest.raises(ValueError, match="layers is '3-5': the neurons of one layer"):
        gather(FIGURES["neurons_counting"], "smollm2", "none", Own(layers="3-5"))


def test_a_notebook_takes_a_text_of_ones_own(tmp_path: Path) -> None:
    more = {"prompt": TEXT, "generate": "3", "layers": "0"}
    ids = ["factors_counting_two"]
    executed = tmp_path / "notebooks"
    (path,) = notebooks.run(ids, "smollm2", out=tmp_path, executed=executed, more=more)
    shown = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert [panel["layers"] for panel in shown["panels"]] == [[0]]
    assert "".join(shown["panels"][0]["tokens"]).startswith(TEXT)
