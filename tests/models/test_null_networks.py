"""What each null takes from a trained network, and what it leaves; on every architecture."""

from typing import Any

import numpy as np
import pytest
import tiny
import torch

from replication.measures.record import generate, record_ids
from replication.models.architectures import architecture_of
from replication.models.language_model import LanguageModel
from replication.models.loading import check
from replication.models.null_networks import (
    made,
    permuted,
    seeing_one_token,
    with_blocks_of,
)
from replication.models.nulls import KINDS, OF_THE_LENS, WITHOUT_NETWORK, Null, draws_of

NETWORKS = [kind for kind in KINDS if kind not in (*WITHOUT_NETWORK, *OF_THE_LENS, "untrained")]
IDS = [3, 1, 4, 1, 5]


@pytest.fixture(params=tiny.ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def null_of(architecture: str, null: Null) -> LanguageModel:
    """A null of the tiny model, which is itself left as it is."""
    trained = tiny.model(architecture)
    start = bool(trained.entry.start_token)
    network = made(
        null, tiny.network(architecture), lambda: tiny.network(architecture, 7), start=start
    )
    return LanguageModel("null", trained.entry, null, network, trained.tokenizer)


def named(network: Any) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in network.state_dict().items()}


def logits(model: LanguageModel, ids: list[int] = IDS) -> np.ndarray:
    return np.asarray(model.network(torch.tensor([ids])).logits[0])


@pytest.mark.parametrize("kind", NETWORKS)
def test_every_null_passes_the_checks_at_the_door(kind: Any, architecture: str) -> None:
    for null in draws_of(kind):
        check(null_of(architecture, null))


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_seed_repeats_and_another_differs(kind: Any, architecture: str) -> None:
    first, again = (logits(null_of(architecture, draws_of(kind)[0])) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, logits(tiny.model(architecture)))
    if kind in ("permuted", "shuffled-unembedding"):  # fresh blocks are the library's, by its seed
        assert not np.array_equal(first, logits(null_of(architecture, Null(kind, 1))))


def test_permuted_weights_are_the_same_values_in_another_order(architecture: str) -> None:
    before, after = (
        named(tiny.network(architecture)),
        named(permuted(tiny.network(architecture), 0)),
    )
    for name, values in before.items():
        assert after[name].shape == values.shape
        assert np.array_equal(np.sort(after[name], axis=None), np.sort(values, axis=None)), name
        assert values.size < 2 or not np.array_equal(after[name], values), name


def test_tied_embeddings_stay_tied_when_permuted(architecture: str) -> None:
    network = permuted(tiny.network(architecture), 0)
    head = network.get_submodule(architecture_of(network).head)
    assert head.weight is network.get_input_embeddings().weight


def test_random_blocks_keep_all_but_the_blocks(architecture: str) -> None:
    trained, fresh = tiny.network(architecture), tiny.network(architecture, 7)
    mixed = named(with_blocks_of(tiny.network(architecture), fresh))
    inside = architecture_of(trained).blocks + "."
    kept = [name for name in mixed if not name.startswith(inside)]
    assert len(kept) in (3, 4, 5)  # embeddings, a final norm with or without bias, the head
    before, other = named(trained), named(fresh)
    for name, values in mixed.items():
        assert np.array_equal(values, (before if name in kept else other)[name]), name
        assert not np.array_equal(before[name], other[name])


def test_a_shuffled_unembedding_keeps_states_and_permutes_logits(architecture: str) -> None:
    trained, null = tiny.model(architecture), null_of(architecture, Null("shuffled-unembedding", 0))
    one, other = (record_ids(model, IDS, 3).states for model in (trained, null))
    assert torch.equal(one, other)
    before, after = logits(trained), logits(null)
    order = np.random.default_rng(0).permutation(before.shape[1])
    np.testing.assert_allclose(after, before[:, order], rtol=1e-4, atol=1e-4)
    embedding = null.network.get_input_embeddings().weight
    assert torch.equal(embedding, trained.network.get_input_embeddings().weight)
    assert not torch.equal(embedding, null.unembedding)


@pytest.mark.parametrize("rotary", ["llama", "gemma3_text"])
def test_a_token_that_is_seen_alone_is_as_if_it_were_the_whole_text(rotary: str) -> None:
    """With rotary positions it makes no difference where the token stands."""
    network: Any = seeing_one_token(tiny.network(rotary), start=False)
    whole = network(torch.tensor([IDS])).logits[0]
    plain: Any = tiny.network(rotary)
    single = torch.stack([plain(torch.tensor([[token]])).logits[0, 0] for token in IDS])
    torch.testing.assert_close(whole, single, rtol=1e-3, atol=1e-3)


def test_the_start_token_is_seen_too() -> None:
    network: Any = seeing_one_token(tiny.network("gemma3_text"), start=True)
    pair = tiny.network("gemma3_text")(torch.tensor([[0, 9]])).logits[0, 1]
    longer = tiny.network("gemma3_text")(torch.tensor([[0, 5, 9]])).logits[0, 2]
    alone = network(torch.tensor([[0, 9]])).logits[0, 1]
    torch.testing.assert_close(alone, pair, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(network(torch.tensor([[0, 5, 9]])).logits[0, 2], longer)


def test_no_token_but_the_last_counts(architecture: str) -> None:
    model = null_of(architecture, Null("last-token-only"))
    one, other = (logits(model, [0, first, 9])[-1] for first in (5, 6))
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    attention = record_ids(model, [0, 5, 9], 2, attention=True).attention
    assert attention is not None
    seen = torch.eye(3, dtype=torch.bool)
    seen[:, 0] |= bool(model.entry.start_token)
    assert torch.equal(attention > 0, seen.expand_as(attention))


def test_a_continuation_is_written_as_it_is_read(architecture: str) -> None:
    model = null_of(architecture, Null("last-token-only"))
    written = generate(model, "The keys", 4)
    best = logits(model, [*model.encode("The keys", start=True), *written]).argmax(axis=1)
    assert best[-len(written) - 1 : -1].tolist() == written


@pytest.mark.parametrize("kind", ["untrained", "his-word"])
def test_what_keeps_no_weights_is_not_made_here(kind: Any) -> None:
    with pytest.raises(ValueError, match=f"{kind} keeps no trained weights"):
        made(draws_of(kind)[0], tiny.network("gpt2"), lambda: None, start=False)
