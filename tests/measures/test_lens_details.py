"""What layers would say, against all logits and against the lens at one position."""

from collections.abc import Callable

import numpy as np
import pytest
import tiny
import torch
from measures.test_lens import CONTINUATION, PROMPT, reference_logits

from replication.base.norms import NORMS, Norm
from replication.measures import lens
from replication.measures.lens_details import continuation_details
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.ranks import TopGrid


@pytest.mark.parametrize("norm", NORMS)
def test_details_agree_with_the_softmax(model: LanguageModel, norm: Norm) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    details = continuation_details(model, recording, norm, count=3)
    logits = reference_logits(model, norm, recording.ids)[:, recording.prompt_length - 1 : -1]
    shares, ids = logits.softmax(-1).topk(3)
    np.testing.assert_allclose(details.probabilities, shares.numpy(), rtol=1e-3, atol=1e-6)
    assert len(details.tokens[0]) == len(recording.continuation)
    assert details.tokens[-1] == tuple(model.texts(row) for row in ids[-1].tolist())
    assert details.tokens[0] == tuple(model.texts(row) for row in ids[0].tolist())


def test_the_last_place_is_that_of_the_top_tokens(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    details = continuation_details(model, recording, "none")
    top = lens.top_tokens(model, recording, "none", count=5)
    assert tuple(row[-1] for row in details.tokens) == top.tokens
    np.testing.assert_allclose(details.probabilities[:, -1], top.probabilities, rtol=1e-5)


def test_a_token_of_rank_1_is_the_best_candidate() -> None:
    """Its provenance and its places are those of the ranks."""
    model = tiny.model("llama")
    said = record(model, PROMPT, CONTINUATION)
    with torch.inference_mode():
        best = int(model.network(torch.tensor([said.ids])).logits[0, -2].argmax())
    text = "".join(said.continuation[:-1]) + model.texts([best])[0]
    recording = record(model, PROMPT, text)
    grid = lens.continuation_ranks(model, recording, "final")
    details = continuation_details(model, recording, "final", count=1)
    first = [(layer, at) for layer, at in np.argwhere(grid.ranks == 1)]
    assert first
    for layer, at in first:
        assert details.tokens[layer][at] == (grid.tokens[at],)
    assert details.provenance == grid.provenance


def test_from_one_candidate_to_the_whole_vocabulary() -> None:
    model = tiny.model("gpt2")
    recording, size = record(model, PROMPT, " are"), len(model.unembedding)
    for count in (1, size):
        assert continuation_details(model, recording, "none", count).probabilities.shape[2] == count
    assert continuation_details(model, recording, "none").probabilities.shape[2] == 5
    with pytest.raises(ModelError, match=f"{size + 1} best tokens asked for: expected 1 to {size}"):
        continuation_details(model, recording, "none", size + 1)


def test_the_last_token_alone_is_the_last_column(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    whole = continuation_details(model, recording, "none")
    last = continuation_details(model, recording, "none", last_only=True)
    assert last.tokens == tuple(row[-1:] for row in whole.tokens)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda m: continuation_details(m, record(m, PROMPT), "none"), "no continuation"),
        (lambda m: continuation_details(m, record(m, PROMPT, "a"), "none", 0), "0 best tokens"),
        (lambda m: continuation_details(m, record(m, PROMPT, "a"), "none", 999), "expected 1 to"),
    ],
)
def test_bad_input_is_named(wrong: Callable[[LanguageModel], TopGrid], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        wrong(tiny.model("gpt2"))
