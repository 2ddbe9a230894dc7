"""The quality of the lenses against a plain computation with whole logits."""

from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from replication.articles import experiments
from replication.measures import tuned_lens
from replication.measures.lens_quality import POSITIONS, SEED, SHORTEST, STARTS, lens_quality
from replication.measures.record import record
from replication.measures.tuned_fit import TunedLens
from replication.measures.tuned_lens import lens_of
from replication.models.language_model import LanguageModel


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))


def plain(model: LanguageModel, states: torch.Tensor) -> torch.Tensor:
    """KL(output || layer) in bits, (layer, position), from whole logits."""
    logits = (model.final_norm(states) @ model.unembedding.T).double()
    shares = logits.log_softmax(-1)
    return (shares[-1].exp() * (shares[-1] - shares)).sum(-1) / np.log(2)


def test_divergences_are_those_of_whole_logits(model: LanguageModel) -> None:
    """Of the last of the articles' texts, whose every eighth or so position is read."""
    found = lens_quality(model)
    assert found.kinds[: len(STARTS)] == ("written",) * len(STARTS)
    assert set(found.kinds[len(STARTS) :]) == {"published"}
    text = [
        text
        for text in map(experiments.experiment, experiments.published_ids())
        if len(text.prompt) >= SHORTEST
    ][-1]
    recording = record(model, text.prompt, text.continuation)
    states = recording.states[:, 1 + recording.start_length :]
    places = [round(place) for place in np.linspace(0, states.shape[1] - 1, POSITIONS)]
    chosen = states[:, places]
    translated = torch.stack(
        [
            state + state @ matrix.T + offset
            for state, matrix, offset in zip(
                chosen, lens_of(model).matrices, lens_of(model).offsets, strict=True
            )
        ]
    )
    for values, read in ((found.final, chosen), (found.tuned, translated)):
        np.testing.assert_allclose(values[-1], plain(model, read).mean(1), rtol=1e-3, atol=1e-5)


def test_without_maps_nothing_is_gained() -> None:
    model = tiny.model("llama")
    sizes = (tiny.LAYERS, tiny.WIDTH, tiny.WIDTH), (tiny.LAYERS, tiny.WIDTH), (tiny.LAYERS,)
    tuned_lens._HELD[model.network] = {"feed-forward": TunedLens(*map(torch.zeros, sizes))}
    found = lens_quality(model)
    np.testing.assert_array_equal(found.tuned, found.final)
    assert (found.final[:, :-1] > 0).all()
    np.testing.assert_allclose(found.final[:, -1], 0, atol=1e-9)


def test_it_is_judged_on_texts_that_it_was_not_fitted_on() -> None:
    fitted_on = tuned_lens.settings_of(tiny.model("llama")).writing
    assert fitted_on.seed != SEED
    assert not set(fitted_on.starts) & set(STARTS)
