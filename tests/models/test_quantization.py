"""Noise of a quantization's size: the step is found again, and the noise is that large."""

import pytest
import tiny
import torch
from torch import Tensor, nn

from replication.models.quantization import BLOCK, add_quantization_noise, block_steps


def quantized(rows: int, blocks: int) -> tuple[Tensor, Tensor]:
    """Random weights as Q4_1 gives them back, and the steps that they were made with."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(rows, blocks, BLOCK, generator=generator)
    least = weights.amin(-1, keepdim=True)
    steps = (weights.amax(-1, keepdim=True) - least) / 15
    numbers = ((weights - least) / steps).round()
    return (numbers * steps + least).flatten(1), steps[..., 0]


class Tied(nn.Module):
    """An embedding that is the unembedding too, a gain, and a matrix without whole blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(40, 2 * BLOCK)
        self.gain = nn.Parameter(torch.ones(BLOCK))
        self.odd = nn.Linear(BLOCK + 1, 2)
        self.head = nn.Linear(2 * BLOCK, 40, bias=False)
        self.head.weight = self.embedding.weight


def network(weights: Tensor) -> Tied:
    made = Tied().requires_grad_(False)
    made.embedding.weight.copy_(weights)
    return made


def test_a_step_by_hand() -> None:
    """Levels 0, 0.5, 1.5 show the step 0.5; 3, 5 and 9 a multiple of theirs; one level none."""
    rows = torch.tensor([[0.0, 0.5, 1.5], [3, 5, 9], [2, 2, 2]])
    weights = rows.repeat(1, 11)[:, :BLOCK]
    assert block_steps(weights).tolist() == [[0.5], [2], [0]]
    rounded = weights * (1 + 1e-7)  # equal levels that differ by the rounding of numbers
    rounded[:, 3:] = weights[:, 3:]
    torch.testing.assert_close(block_steps(rounded), torch.tensor([[0.5], [2], [0]]))
    with pytest.raises(ValueError, match="rows of 33 weights: expected a multiple of 32"):
        block_steps(torch.zeros(2, BLOCK + 1))


def test_steps_of_quantized_weights_are_found_again() -> None:
    weights, steps = quantized(50, 4)
    found = block_steps(weights)
    assert (found / steps - 1).abs().lt(1e-3).float().mean() > 0.95
    assert (found >= steps * 0.999).all()


def test_noise_is_uniform_within_half_a_step() -> None:
    weights, _ = quantized(40, 2)
    before = network(weights)
    noisy = add_quantization_noise(before, 0)
    steps = block_steps(weights).repeat_interleave(BLOCK, dim=1)
    moved = (noisy.embedding.weight - weights) / steps
    assert moved.abs().max() <= 0.5 + 1e-3
    assert moved.std().item() == pytest.approx(12**-0.5, rel=0.03)
    assert moved.mean().item() == pytest.approx(0, abs=0.03)
    torch.testing.assert_close(before.embedding.weight, weights, rtol=0, atol=0)


def test_what_is_tied_stays_tied_and_what_is_kept_in_full_stays() -> None:
    before = network(quantized(40, 2)[0])
    noisy = add_quantization_noise(before, 0)
    assert noisy.head.weight is noisy.embedding.weight
    assert (noisy.gain == 1).all()
    assert (noisy.odd.weight == before.odd.weight).all()


def test_the_seed_alone_decides() -> None:
    before = network(quantized(40, 2)[0])
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, again, other = (add_quantization_noise(before, seed) for seed in (1, 1, 2))
    assert (torch.get_rng_state() == state).all()
    assert (first.embedding.weight == again.embedding.weight).all()
    assert (first.embedding.weight != other.embedding.weight).any()


def test_weights_that_were_never_quantized_hardly_move() -> None:
    """Of 32 random weights the smallest gap is about a thousandth of their range."""
    weights = torch.randn(200, BLOCK, generator=torch.Generator().manual_seed(3))
    span = weights.amax(1) - weights.amin(1)
    assert (block_steps(weights)[:, 0] / span).median() < 0.01
    trained = tiny.network("llama")
    noisy = add_quantization_noise(trained, 0)
    for before, after in zip(trained.parameters(), noisy.parameters(), strict=True):
        torch.testing.assert_close(after, before, rtol=0, atol=0.05)
