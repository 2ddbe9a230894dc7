"""The variants of the lens against hand-worked numbers, and against whole logits."""

import math
import pickle
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from measures.test_lens import assert_ranks, reference_logits
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

from replication.base.norms import NORMS, Norm
from replication.measures import lens, variants
from replication.measures.record import record, record_ids
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.lens import Stage

PROMPT, WORDS = "The keys to the cabinet", (" man", " woman", " are")


def stage_logits(model: LanguageModel, norm: Norm, ids: tuple[int, ...]) -> Tensor:
    """(stage, position, vocabulary) with both stages of every layer: after attention by taking
    away what the feed-forward layer adds.
    """
    added: list[Tensor] = []
    last = "post_feedforward_layernorm" if model.entry.architecture == "gemma3_text" else "mlp"
    parts = [block.get_submodule(last) for block in model.blocks]
    hooks = [part.register_forward_hook(lambda _m, _i, out: added.append(out[0])) for part in parts]
    after = record_ids(model, ids).states
    for hook in hooks:
        hook.remove()
    between = after - torch.stack(added)
    with torch.inference_mode():
        read = model.final_norm(between) if norm == "final" else between
        whole = reference_logits(model, norm, ids)
        return torch.stack([model.network.lm_head(read), whole], dim=1).flatten(0, 1)


def test_stages_are_in_the_order_of_the_network() -> None:
    labels = [str(stage) for stage in variants.stages_of(2, sublayers=True)]
    assert labels == ["0 attention", "0", "1 attention", "1"]
    assert variants.stages_of(2, sublayers=False) == (
        Stage(0, "feed-forward"),
        Stage(1, "feed-forward"),
    )


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("sublayers", [False, True])
def test_everything_agrees_with_whole_logits(
    model: LanguageModel, norm: Norm, sublayers: bool
) -> None:
    recording = record(model, PROMPT, sublayers=True)
    logits = stage_logits(model, norm, recording.ids)[
        slice(None) if sublayers else slice(1, None, 2)
    ]
    shares = logits.double().softmax(-1)

    words = variants.word_probabilities(model, recording, norm, WORDS, sublayers=sublayers)
    ids = [model.single_token(word) for word in WORDS]
    close(words.probabilities, shares[:, -1, ids])
    assert_ranks(words.ranks, logits[:, -1:].expand(-1, len(ids), -1), ids)
    assert len(words.stages) == len(logits) == (2 if sublayers else 1) * tiny.LAYERS

    grid = variants.top_at_all_positions(model, recording, norm, sublayers=sublayers)
    close(grid.probabilities, shares.max(-1).values)
    assert grid.best == tuple(model.texts(row) for row in shares.argmax(-1).tolist())
    assert_ranks(grid.next_ranks, logits[:, :-1], list(recording.ids[1:]))

    unsure = variants.uncertainty(model, recording, norm, sublayers=sublayers)
    said = Categorical(logits=logits.double())
    final = Categorical(logits=logits[-1:].double().expand_as(logits))
    close(unsure.entropy, said.entropy() / math.log(2))
    close(unsure.divergence, kl_divergence(final, said) / math.log(2))
    with pytest.raises(AssertionError):
        close(unsure.divergence, kl_divergence(said, final) / math.log(2))
    assert unsure.divergence[-1] == pytest.approx(0, abs=1e-6)


def close(found: np.ndarray, expected: Tensor) -> None:
    np.testing.assert_allclose(found, expected.numpy(), rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("norm", NORMS)
def test_states_after_blocks_read_as_by_the_lens(model: LanguageModel, norm: Norm) -> None:
    recording = record(model, PROMPT, sublayers=True)
    words = variants.word_probabilities(model, recording, norm, WORDS, sublayers=True)
    bare = variants.word_probabilities(model, recording, norm, WORDS)
    assert (words.ranks[1::2] == bare.ranks).all()
    assert (bare.ranks == lens.watched_ranks(model, recording, norm, WORDS).ranks).all()
    assert (words.ranks[::2] != bare.ranks).any()


def test_formulas_by_whole_logits(model: LanguageModel) -> None:
    recording = record(model, PROMPT)
    found = variants.formula_variants(model, recording, " are")
    bare, token = recording.states[:, -1], model.single_token(" are")
    with torch.inference_mode():
        once = model.final_norm(bare)
        logits = torch.stack([bare, once, model.final_norm(once)], dim=1) @ model.unembedding.T
    close(found.probabilities, logits.double().softmax(-1)[..., token])
    assert_ranks(found.ranks, logits, [token] * 3)
    for column, norm in enumerate(NORMS):
        right = variants.word_probabilities(model, recording, norm, [" are"])
        assert (found.ranks[:-1, column] == right.ranks[:-1, 0]).all()
        assert found.ranks[-1, 1] == right.ranks[-1, 0]


def test_the_published_formula_needs_a_bias_that_is_not_there(model: LanguageModel) -> None:
    recording = record(model, PROMPT)
    head = model.network.lm_head
    with pytest.raises(TypeError, match="NoneType"):
        recording.states[-1] @ head.weight.T + head.bias
    assert not variants.formula_variants(model, recording, " are").head_has_bias
    head.bias = torch.nn.Parameter(torch.zeros(model.entry.vocabulary))
    assert variants.formula_variants(model, recording, " are").head_has_bias


def test_one_position_has_no_next_token() -> None:
    model = tiny.model("gpt2")
    grid = variants.top_at_all_positions(model, record(model, "T"), "none")
    assert (grid.probabilities.shape, grid.next_ranks.shape) == ((4, 1), (4, 0))


def test_a_gap_is_that_of_the_models_own_logits() -> None:
    model = tiny.model("llama")
    recording = record(model, "The keys")
    found = variants.word_probabilities(model, recording, "final", (" man", " woman"))
    logits = model.network(torch.tensor([list(recording.ids)])).logits[0, -1]
    man, woman = (model.single_token(word) for word in (" man", " woman"))
    own = (logits[man] - logits[woman]).item()
    assert found.gap(" man", " woman")[-1] == pytest.approx(own, abs=1e-3)


def test_for_no_words_the_best_next_one_is_taken() -> None:
    model = tiny.model("gpt2")
    found = variants.word_probabilities(model, record(model, "The keys"), "none", ())
    assert found.words == (variants.best_word(model, record(model, "The keys")),)
    assert model.encode(found.words[0])  # a word that its text gives back
    assert found.ranks[-1, 0] <= variants.CANDIDATES


Look = Callable[..., object]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda m, r: variants.word_probabilities(m, r, "none", [" zebra"]), r"' zebra' is \d tok"),
        (lambda m, r: variants.formula_variants(m, r, " zebra"), r"' zebra' is \d tokens"),
        (lambda m, r: variants.uncertainty(m, r, "none", sublayers=True), "with sublayers=True"),
    ],
)
def test_bad_input_is_named(wrong: Look, message: str) -> None:
    model = tiny.model("gpt2")
    with pytest.raises(ModelError, match=message):
        wrong(model, record(model, PROMPT))


def test_results_travel_and_refuse_what_does_not_fit() -> None:
    model = tiny.model("llama")
    recording = record(model, PROMPT)
    words = variants.word_probabilities(model, recording, "final", WORDS)
    grid = variants.top_at_all_positions(model, recording, "final")
    unsure = variants.uncertainty(model, recording, "final")
    formulas = variants.formula_variants(model, recording, " are")
    assert b"torch" not in pickle.dumps((words, grid, unsure, formulas))
    with pytest.raises(ValueError, match=r"probabilities of shape \(4, 3\).*expected \(4, 2\)"):
        replace(words, words=("a", "b"))
    with pytest.raises(ValueError, match=r"probabilities found .* expected 0 to 1"):
        replace(words, probabilities=words.probabilities + 1)
    with pytest.raises(ValueError, match="ranks of the next tokens of shape"):
        replace(grid, next_ranks=np.ones((4, 1), dtype=np.int64))
    with pytest.raises(ValueError, match="best tokens"):
        replace(grid, best=grid.best[1:])
    for found, name in ((unsure.entropy, "entropy"), (unsure.divergence, "divergence")):
        with pytest.raises(ValueError, match=f"{name} found"):
            replace(unsure, **{name: found - 1000})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"ranks of shape \(4, 2\) .* expected \(4, 3\)"):
        replace(formulas, ranks=formulas.ranks[:, :2], probabilities=formulas.probabilities[:, :2])
