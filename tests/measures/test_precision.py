"""Ranks in half precision against float32."""

import numpy as np
import pytest
import tiny
import torch

from replication.measures.lens import continuation_ranks
from replication.measures.precision import in_half_precision, rank_changes
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.precision import Half, InHalf

PROMPT, CONTINUATION = "The keys to the", " cabinet are here.\n1. Austria"
GPT2 = tiny.model("gpt2")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_the_copy_is_in_half_precision_and_the_model_stays(
    model: LanguageModel, dtype: Half
) -> None:
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    half = in_half_precision(model, dtype)
    assert {p.dtype for p in half.network.parameters()} == {getattr(torch, dtype)}
    assert half.unembedding.dtype == getattr(torch, dtype)
    for name, value in model.network.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, before[name])


@pytest.mark.parametrize("in_half", ["states", "all"])
@pytest.mark.parametrize("norm", ["none", "final"])
def test_ranks_by_a_slow_route(model: LanguageModel, in_half: InHalf, norm: str) -> None:
    """Every layer's logits, whole and sorted, with the precision that the docstring names."""
    found = rank_changes(model, PROMPT, CONTINUATION, norm, in_half=in_half)  # type: ignore[arg-type]
    half = in_half_precision(model, "bfloat16")
    recording = record(half, PROMPT, CONTINUATION)
    reader = model if in_half == "states" else half
    states = recording.states.to(reader.unembedding.dtype)
    normed = reader.final_norm(states)
    read = normed if norm == "final" else torch.cat([states[:-1], normed[-1:]])
    logits = read[:, recording.prompt_length - 1 : -1] @ reader.unembedding.T
    targets = torch.tensor(recording.ids[recording.prompt_length :])
    own = logits.gather(2, targets.repeat(len(logits), 1)[..., None])
    expected = 1 + (logits > own).sum(-1).numpy()
    if in_half == "states":
        np.testing.assert_array_equal(found.half.ranks, expected)
    else:  # how sums are rounded to bfloat16 depends on the shape of the product
        assert (np.abs(found.half.ranks - expected) <= 3).mean() > 0.9
    whole = continuation_ranks(model, record(model, PROMPT, CONTINUATION), norm)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.full.ranks, whole.ranks)
    assert (found.dtype, found.in_half) == ("bfloat16", in_half)


def test_all_in_half_precision_is_the_lens_on_the_copy(model: LanguageModel) -> None:
    half = in_half_precision(model, "bfloat16")
    copy = continuation_ranks(half, record(half, PROMPT, CONTINUATION), "final")
    whole = rank_changes(model, PROMPT, CONTINUATION, "final", in_half="all")
    states = rank_changes(model, PROMPT, CONTINUATION, "final", in_half="states")
    np.testing.assert_array_equal(whole.half.ranks, copy.ranks)
    assert (whole.half.ranks != states.half.ranks).any()


def test_bfloat16_changes_more_than_float16_and_float32_nothing() -> None:
    changed = {
        dtype: rank_changes(GPT2, PROMPT, CONTINUATION, "final", dtype=dtype).changed.sum()
        for dtype in ("bfloat16", "float16")
    }
    assert changed["bfloat16"] > changed["float16"]


def test_states_beyond_float16_are_refused_and_bfloat16_holds_them() -> None:
    large = tiny.model("llama")
    large.network.get_input_embeddings().weight.data.mul_(1e6)
    with pytest.raises(ModelError, match="not finite"):
        rank_changes(large, PROMPT, CONTINUATION, "final", dtype="float16")
    assert rank_changes(large, PROMPT, CONTINUATION, "final").full.layers == tiny.LAYERS
