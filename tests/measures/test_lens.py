"""The lens against hand-worked numbers, and against another route to the same ranks."""

from collections.abc import Callable

import numpy as np
import pytest
import tiny
import torch
from torch import Tensor

from replication.base.norms import NORMS, Norm
from replication.measures import lens
from replication.measures.record import record, record_ids
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.models.nulls import Null

PROMPT, CONTINUATION = "The keys to the cabinet", " are here.\n1. Austria"


def reference_logits(model: LanguageModel, norm: Norm, ids: tuple[int, ...]) -> Tensor:
    """(layer, position, vocabulary) by transformers' own hidden states and the whole head."""
    with torch.inference_mode():
        output = model.network(torch.tensor([ids]), output_hidden_states=True)
        states = torch.cat(output.hidden_states[1:])
        if norm == "final":
            states[:-1] = model.final_norm(states[:-1])  # the last one is after the norm already
        return model.network.lm_head(states)


def assert_ranks(ranks: np.ndarray, logits: Tensor, targets: list[int]) -> None:
    """Ranks agree with sorting all logits; where logits are equal as floats go, any of their ranks
    will do. ``logits`` are (layer, target, vocabulary).
    """
    near = 1e-5 * logits.abs().max()
    for layer in range(len(logits)):
        for column, target in enumerate(targets):
            row = logits[layer, column]
            ordered = row.argsort(descending=True).tolist()
            best = 1 + int((row > row[target] + near).sum())
            worst = int((row > row[target] - near).sum())
            assert best <= ranks[layer, column] <= worst
            if best == worst:
                assert ranks[layer, column] == ordered.index(target) + 1


@pytest.mark.parametrize("norm", NORMS)
def test_ranks_agree_with_sorting_all_logits(model: LanguageModel, norm: Norm) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    grid = lens.continuation_ranks(model, recording, norm)
    logits = reference_logits(model, norm, recording.ids)[:, recording.prompt_length - 1 : -1]
    assert grid.ranks.shape == (tiny.LAYERS, len(recording.continuation))
    assert grid.kind == "continuation"
    assert_ranks(grid.ranks, logits, list(recording.ids[recording.prompt_length :]))


@pytest.mark.parametrize("norm", NORMS)
def test_a_blind_lens_reads_the_last_layer_alone(model: LanguageModel, norm: Norm) -> None:
    """Inner states keep their length and lose their meaning; seeds differ and repeat."""
    recording = record(model, PROMPT, CONTINUATION)
    plain = lens.continuation_ranks(model, recording, norm).ranks
    blind = [
        LanguageModel("null", model.entry, Null("blind-lens", seed), model.network, model.tokenizer)
        for seed in (0, 0, 1)
    ]
    first, again, other = (lens.continuation_ranks(one, recording, norm).ranks for one in blind)
    assert (first[-1] == plain[-1]).all()
    assert (first == again).all()
    assert (first[:-1] != plain[:-1]).mean() > 0.5
    assert (first[:-1] != other[:-1]).any()
    inner = lens.blinded(recording.states, 0, keep_last=True)
    torch.testing.assert_close(inner.norm(dim=-1), recording.states.norm(dim=-1))


@pytest.mark.parametrize("norm", NORMS)
def test_watched_ranks_agree_with_sorting_all_logits(model: LanguageModel, norm: Norm) -> None:
    words = (" man", " woman", " are")
    recording = record(model, PROMPT)
    grid = lens.watched_ranks(model, recording, norm, words)
    logits = reference_logits(model, norm, recording.ids)[:, -1:].expand(-1, len(words), -1)
    assert (grid.tokens, grid.kind) == (words, "watched")
    assert_ranks(grid.ranks, logits, [model.single_token(word) for word in words])


@pytest.mark.parametrize("norm", NORMS)
def test_top_tokens_agree_with_the_softmax(model: LanguageModel, norm: Norm) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    top = lens.top_tokens(model, recording, norm, count=7)
    shares, ids = reference_logits(model, norm, recording.ids)[:, -2].softmax(-1).topk(7)
    np.testing.assert_allclose(top.probabilities, shares.numpy(), rtol=1e-3, atol=1e-6)
    assert top.tokens[-1] == model.texts(ids[-1].tolist())
    assert top.target == recording.tokens[-1]
    cut = record_ids(model, recording.ids[:-1])  # without a continuation: what comes next
    following = lens.top_tokens(model, cut, norm, count=7)
    assert (following.tokens, following.target) == (top.tokens, "")


def test_the_whole_vocabulary_sums_to_one(model: LanguageModel) -> None:
    size = model.entry.vocabulary
    top = lens.top_tokens(model, record(model, PROMPT), "final", count=size)
    np.testing.assert_allclose(top.probabilities.sum(1), 1, rtol=1e-5)
    assert (np.diff(top.probabilities, axis=1) <= 0).all()


def test_from_one_top_token_to_the_whole_vocabulary() -> None:
    model = tiny.model("gpt2")
    recording, size = record(model, PROMPT), len(model.unembedding)
    best = [row[:1] for row in lens.top_tokens(model, recording, "none", 2).tokens]
    assert list(lens.top_tokens(model, recording, "none", 1).tokens) == best
    assert len(lens.top_tokens(model, recording, "none", size).tokens[0]) == size
    assert len(lens.top_tokens(model, recording, "none").tokens[0]) == 10
    for count in (0, size + 1):
        with pytest.raises(ModelError, match=f"{count} top tokens asked for: expected 1 to {size}"):
            lens.top_tokens(model, recording, "none", count)


def test_the_last_layer_is_the_same_under_both_norms(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    none, final = (lens.continuation_ranks(model, recording, norm).ranks for norm in NORMS)
    assert (none[-1] == final[-1]).all()
    assert (none[:-1] != final[:-1]).any()


def test_last_only_is_the_last_column(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    whole = lens.continuation_ranks(model, recording, "final")
    last = lens.continuation_ranks(model, recording, "final", last_only=True)
    assert last.tokens == whole.tokens[-1:]
    assert (last.ranks == whole.ranks[:, -1:]).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda m, r: lens.watched_ranks(m, r, "none", ()), "no words to watch"),
        (lambda m, r: lens.watched_ranks(m, r, "none", [" zebra"]), r"' zebra' is \d tokens"),
        (lambda m, r: lens.watched_ranks(m, r, "none", [""]), "'' is 0 tokens"),
        (lambda m, r: lens.continuation_ranks(m, r, "none"), "no continuation to rank"),
    ],
)
def test_bad_input_is_named(wrong: Callable[..., object], message: str) -> None:
    model = tiny.model("gpt2")
    with pytest.raises(ModelError, match=message):
        wrong(model, record(model, PROMPT))
