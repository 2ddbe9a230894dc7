"""Erasure, against a pass of its own for each erased token, and on a planted network."""

import numpy as np
import pytest
import tiny
import torch
from scipy.stats import spearmanr

from replication.measures.erasure import erasure
from replication.measures.record import record
from replication.measures.saliency import embed, gradient_x_input_ids
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.erasure import ErasureSet
from replication.results.provenance import Provenance

TEXTS = ("The keys to the cabinet are", "man to the cabinet", "1, 1, 1,")
SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")


def logits(model: LanguageModel, inputs: torch.Tensor) -> torch.Tensor:
    """The network's own output at the last position."""
    with torch.inference_mode():
        found: torch.Tensor = model.network(inputs_embeds=inputs[None]).logits[0, -1]
    return found


def test_each_token_is_erased_in_a_pass_of_its_own(model: LanguageModel) -> None:
    found = erasure(model, TEXTS)
    every = torch.cat([embed(model, model.encode(text, start=True)) for text in TEXTS])
    blank = every.mean(dim=0)
    for column, text in enumerate(TEXTS):
        inputs = embed(model, model.encode(text, start=True))
        whole = logits(model, inputs)
        best = int(whole.argmax())
        start = len(inputs) - len(model.encode(text))
        moved = []
        for place in range(start, len(inputs)):
            without = inputs.clone()
            without[place] = blank
            moved.append(abs(float(logits(model, without)[best] - whole[best])))
        ids = model.encode(text, start=True)
        shares = gradient_x_input_ids(model, [*ids, best], len(ids)).row(0)
        last = record(model, text, attention=True).attention
        assert last is not None
        attention = last[:, :, -1, start:].mean(dim=(0, 1))
        for name, score in (
            ("saliency", shares),
            ("attention", attention),
            ("position", range(len(moved))),
        ):
            expected = spearmanr(score, moved).statistic
            assert found.of(name)[column] == pytest.approx(expected, abs=1e-6)
        expected = []
        for quarters in (1, 2, 3):
            without = inputs.clone()
            top = np.argsort(-shares)[: round(quarters * len(shares) / 4)] + start
            without[top.copy()] = blank
            expected.append(abs(float(logits(model, without)[best] - whole[best])))
        assert found.after("saliency")[column] == pytest.approx(expected[0], abs=1e-4)
        assert found.over_shares("saliency")[column] == pytest.approx(np.mean(expected), abs=1e-4)


def test_the_random_order_is_the_seeds() -> None:
    made = tiny.model("gpt2")
    one, same, other = (erasure(made, TEXTS, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.moved, same.moved)
    assert not np.array_equal(one.after("random"), other.after("random"))
    np.testing.assert_array_equal(one.correlation, other.correlation)


def test_a_text_too_short_to_be_ranked_is_refused() -> None:
    with pytest.raises(ModelError, match=r"'man' is .* tokens: expected at least four"):
        erasure(tiny.model("gpt2"), ["man"])


def test_shapes_are_held() -> None:
    with pytest.raises(ValueError, match=r"moved has the shape \(2, 2, 2\): expected \(3, 2, 2\)"):
        ErasureSet(np.zeros((3, 2)), np.zeros((2, 2, 2)), ("a", "b"), SOURCE)
