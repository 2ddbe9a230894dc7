"""One pass over the vocabulary against hand-worked numbers, and against whole logits."""

import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

from replication.measures import projection
from replication.measures.projection import Projection, project

# Four words in a plane, two states. Logits by hand:
#   state (1, 2): 1, 2, 3, -1  -> the third word is best, the fourth worst
#   state (1, 1): 1, 1, 2, -1  -> the first two tie
UNEMBEDDING = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]])
STATES = torch.tensor([[[1.0, 2.0], [1.0, 1.0]]])

# Three words whose logits are the state itself; two stages at one position, by hand:
#   first  (0, 0, -2):         1, 1, e^-2 over their sum
#   last   (0, ln 3, ln 4):    1/8, 3/8, 4/8     -> entropy 3/8 + 3/8 log2(8/3) + 1/2 bits
# KL(last || first) sums last x log2(last / first).
THIRD = math.exp(-2)
FIRST = [0.0, 0.0, -2.0]
LAST = [0.0, math.log(3), math.log(4)]


@pytest.fixture(params=[1, 2, 3, 4096])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many words are multiplied at once, one state after another."""
    monkeypatch.setattr(projection, "ROWS", 1)
    monkeypatch.setattr(projection, "LOGITS", request.param)
    return int(request.param)


@pytest.mark.usefixtures("chunk")
def test_ranks_by_hand() -> None:
    targets = torch.tensor([0, 1, 2, 3]).expand(1, 2, -1)
    found = project(STATES, UNEMBEDDING, ranks_of=targets)
    assert found.ranks.tolist() == [[[3, 2, 1, 4], [2, 2, 1, 4]]]  # equal logits share the best


@pytest.mark.usefixtures("chunk")
def test_best_tokens_by_hand() -> None:
    found = project(STATES, UNEMBEDDING, best=3)
    assert found.best[0, 0].tolist() == [2, 1, 0]
    total = math.log(math.exp(1) + math.exp(2) + math.exp(3) + math.exp(-1))
    expected = [logit - total for logit in (3, 2, 1)]
    assert found.best_log_probabilities[0, 0].tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("chunk")
def test_more_candidates_than_words_are_all_words() -> None:
    found = project(STATES, UNEMBEDDING, best=9)
    assert sorted(found.best[0, 0].tolist()) == [0, 1, 2, 3]
    assert float(found.best_log_probabilities[0, 0].exp().sum()) == pytest.approx(1)


@pytest.mark.usefixtures("chunk")
def test_entropy_and_divergence_by_hand() -> None:
    found = project(torch.tensor([[FIRST], [LAST]]), torch.eye(3), entropy=True, divergence=True)
    total = 2 + THIRD
    first = (1 / total, 1 / total, THIRD / total)
    last = (1 / 8, 3 / 8, 4 / 8)
    by_hand = sum(p * math.log2(p / q) for p, q in zip(last, first, strict=True))
    swapped = sum(q * math.log2(q / p) for p, q in zip(last, first, strict=True))
    assert found.divergence.flatten().tolist() == pytest.approx([by_hand, 0], abs=2e-7)
    assert abs(by_hand - swapped) > 0.1
    assert float(found.entropy[1, 0]) == pytest.approx(3 / 8 + 3 / 8 * math.log2(8 / 3) + 1 / 2)
    assert float(found.entropy[0, 0]) == pytest.approx(-sum(q * math.log2(q) for q in first))


@pytest.mark.usefixtures("chunk")
def test_log_probabilities_by_hand() -> None:
    states = torch.tensor([[LAST], [FIRST]])
    found = project(states, torch.eye(3), log_probabilities_of=torch.tensor([[[2]], [[0]]]))
    expected = [math.log(4 / 8), -math.log(2 + THIRD)]
    assert found.log_probabilities.flatten().tolist() == pytest.approx(expected)


def test_numbers_stay_finite_far_out() -> None:
    """Logits without a norm reach thousands: one word is sure, the others have nothing left."""
    states = torch.tensor([[[4000.0, 0.0]], [[0.0, 0.0]]])
    found = project(
        states,
        torch.eye(2),
        log_probabilities_of=torch.ones(2, 1, 1, dtype=torch.long),
        entropy=True,
        divergence=True,
    )
    assert found.entropy.flatten().tolist() == [0, 1]
    assert found.divergence.flatten().tolist() == [pytest.approx(2000 / math.log(2) - 1), 0]
    assert found.log_probabilities.flatten().tolist() == [-4000, pytest.approx(-math.log(2))]


def test_a_target_is_never_ahead_of_itself() -> None:
    """The target's logit is worked out apart from the others; its last bit must not cost a rank,
    wherever in its stretch of the vocabulary it stands, in the first place too.
    """
    generator = torch.Generator().manual_seed(0)
    unembedding = torch.randn(3000, 301, generator=generator)
    states = torch.randn(1, 50, 301, generator=generator)
    best = (states @ unembedding.T).argmax(-1, keepdim=True)
    assert (project(states, unembedding, ranks_of=best).ranks == 1).all()
    first = torch.zeros(1, 1, 1, dtype=torch.long)
    for state, token in zip(states[0, :, None], best.flatten().tolist(), strict=True):
        moved = unembedding.roll(-token, 0)
        assert project(state[None], moved, ranks_of=first).ranks.item() == 1


SMALL, WIDE = (3, 7, 16, 50), (5, 1, 8, 211)


def made(shape: tuple[int, int, int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """States, an unembedding and two tokens for every state, of (stage, position, width, word)."""
    stages, positions, width, words = shape
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(stages, positions, width, generator=generator)
    unembedding = torch.randn(words, width, generator=generator)
    return states, unembedding, torch.randint(words, (stages, positions, 2), generator=generator)


def everything(states: Tensor, unembedding: Tensor, ids: Tensor) -> Projection:
    """All that can be asked."""
    return project(
        states,
        unembedding,
        ranks_of=ids,
        log_probabilities_of=ids,
        best=4,
        entropy=True,
        divergence=True,
    )


@pytest.mark.parametrize("shape", [SMALL, WIDE])
@pytest.mark.parametrize(("rows", "logits"), [(1, 1), (4, 10), (1024, 2**22)])
def test_all_at_once_is_what_whole_logits_give(
    shape: tuple[int, int, int, int], rows: int, logits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, unembedding, ids = made(shape)
    monkeypatch.setattr(projection, "ROWS", rows)
    monkeypatch.setattr(projection, "LOGITS", logits)
    found = everything(states, unembedding, ids)
    whole = (states @ unembedding.T).double()
    said = Categorical(logits=whole)
    final = Categorical(logits=whole[-1:].expand_as(whole))
    order = whole.argsort(-1, descending=True)
    assert found.ranks.equal((order[..., None, :] == ids[..., None]).long().argmax(-1) + 1)
    assert found.best.equal(order[..., :4])
    close(found.log_probabilities, said.logits.gather(-1, ids))
    close(found.best_log_probabilities, said.logits.gather(-1, order[..., :4]))
    close(found.entropy, said.entropy() / math.log(2))
    close(found.divergence, kl_divergence(final, said) / math.log(2))
    assert (found.divergence[-1] == 0).all()


def close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_what_is_not_asked_for_is_empty() -> None:
    states, unembedding, ids = made(SMALL)
    whole = everything(states, unembedding, ids)
    ranked = project(states, unembedding, ranks_of=ids)
    listed = project(states, unembedding, best=4)
    assert ranked.ranks.equal(whole.ranks)
    assert listed.best.equal(whole.best)
    assert {name for name, value in vars(ranked).items() if len(value)} == {"ranks"}
    there = {name for name, value in vars(listed).items() if len(value)}
    assert there == {"best", "best_log_probabilities"}


@pytest.mark.parametrize("few", [0, 768])
def test_logits_may_lie_by_state_or_by_token(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "FEW", few)
    monkeypatch.setattr(projection, "LOGITS", 60)
    states, unembedding = torch.randn(2, 3, 5), torch.randn(23, 5)
    laid_out = {
        logits.stride()[0] == 1
        for _, logits, _ in projection._stretches(states.flatten(0, 1), unembedding)
    }
    assert laid_out == {few > 0}
    found = project(states, unembedding, best=4, entropy=True, divergence=True)
    chances = (states.double() @ unembedding.double().T).log_softmax(-1)
    assert torch.equal(found.best, chances.topk(4).indices)
    entropy = -(chances.exp() * chances).sum(-1) / math.log(2)
    torch.testing.assert_close(found.entropy, entropy, rtol=0, atol=1e-5)
    divergence = (chances[-1].exp() * (chances[-1] - chances)).sum(-1) / math.log(2)
    torch.testing.assert_close(found.divergence, divergence, rtol=0, atol=1e-5)


def test_no_more_logits_are_held_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "LOGITS", 100)
    held = []
    right = projection._stretches

    def watched(rows: Tensor, unembedding: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
        for start, logits, room in right(rows, unembedding):
            held.append(logits.numel())
            yield start, logits, room

    monkeypatch.setattr(projection, "_stretches", watched)
    everything(*made(SMALL))
    assert max(held) <= 100
    assert sum(held) == 3 * 7 * 50


def test_many_unlikely_words_are_not_lost() -> None:
    """One word has half of the probability and 100,000 others share the rest: what each of them
    adds is near the last bit of the sum. The stage before has them all but alone.
    """
    others = 100_000
    unembedding = torch.zeros(1 + others, 2)
    unembedding[0, 0] = unembedding[1:, 1] = 1
    states = torch.tensor([[[0.0, 5.0]], [[math.log(others), 0.0]]])
    found = project(states, unembedding, entropy=True, divergence=True)
    total = math.log2(1 + others * math.exp(5))  # of the stage before
    by_hand = 0.5 * (-1 + total) + 0.5 * (-1 - math.log2(others) - 5 / math.log(2) + total)
    assert float(found.entropy[1, 0]) == pytest.approx(1 + math.log2(others) / 2, abs=1e-5)
    assert float(found.divergence[0, 0]) == pytest.approx(by_hand, abs=1e-5)
