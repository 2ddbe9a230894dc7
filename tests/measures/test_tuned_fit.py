"""Maps that are known are found; the penalty is chosen on texts that are left out."""

import pytest
import torch
from sklearn.linear_model import Ridge
from torch import Tensor

from replication.measures.tuned_fit import CHOOSING, PENALTIES, Moments, TunedLens, fit
from replication.measures.written import Written

WIDTH, TEXTS, LENGTH = 6, 10, 40


def written(states: Tensor, final: Tensor) -> Written:
    return Written(torch.zeros(len(final), final.shape[1] + 1, dtype=torch.long), states, final)


def drawn(seed: int = 0) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(TEXTS, LENGTH, WIDTH, generator=chance)


def test_one_dimension_by_hand() -> None:
    """States 0 and 4 are to become -1 and 1: -1 and -3 are added. Around their means the states
    are -2 and 2, what is added 1 and -1: a slope of -4/8, halved by a penalty of 1.
    """
    moments = Moments.none(1, 1)
    moments.add(torch.tensor([[[0.0], [4.0]]]), torch.tensor([[-1.0], [1.0]]))
    plain, held = moments.fitted(0, 0.0), moments.fitted(0, 1.0)
    assert plain.flatten().tolist() == pytest.approx([-0.5, -1.0])
    assert held.flatten().tolist() == pytest.approx([-0.25, -1.5])
    assert moments.error(0, plain) == pytest.approx(0, abs=1e-12)
    assert moments.error(0, held) == pytest.approx(2 * 0.5**2)  # 0.5 too much and too little
    assert moments.error(0, torch.zeros(2, 1, dtype=torch.float64)) == pytest.approx(1 + 9)


def test_a_map_is_that_of_scikit_learn() -> None:
    """Its ridge regression, weighted by each last state's scale, on inputs of unit variance."""
    state, final = drawn().flatten(0, 1), drawn(1).flatten(0, 1) * torch.arange(1, 7) + 2
    moments = Moments.none(1, WIDTH)
    moments.add(state[None], final)
    weights = 1 / final.double().square().mean(1)
    mean = (weights[:, None] * state).sum(0) / weights.sum()
    sizes = (weights[:, None] * (state - mean).square()).sum(0).sqrt()
    for penalty in PENALTIES:
        theirs = Ridge(alpha=penalty).fit(state / sizes, final - state, sample_weight=weights)
        ours = moments.fitted(0, penalty)
        matrix = torch.as_tensor(theirs.coef_).T / sizes[:, None]
        torch.testing.assert_close(ours[:-1], matrix, rtol=1e-4, atol=1e-5)
        offset = torch.as_tensor(theirs.intercept_, dtype=torch.float64)
        torch.testing.assert_close(ours[-1], offset, rtol=1e-4, atol=1e-5)


def test_positions_count_in_units_of_their_last_state() -> None:
    """A state ten times as large counts as much as the others."""
    plain, large = Moments.none(1, 1), Moments.none(1, 1)
    plain.add(torch.tensor([[[0.5]]]), torch.tensor([[1.0]]))
    large.add(torch.tensor([[[5.0]]]), torch.tensor([[10.0]]))
    assert plain.inputs[0, 0, 0] == large.inputs[0, 0, 0]
    assert plain.squares.tolist() == large.squares.tolist() == [0.25]


def test_a_linear_network_is_undone() -> None:
    """Where the last state is an affine map of an inner one, that map is found."""
    state, chance = drawn(), torch.Generator().manual_seed(1)
    matrix, offset = (torch.randn(size, generator=chance) for size in ((WIDTH, WIDTH), (WIDTH,)))
    final = state @ matrix.T + offset
    lens = fit([written(torch.stack([state, final]), final)])
    # The smallest penalty bends it by as little.
    torch.testing.assert_close(lens.matrices[0] + torch.eye(WIDTH), matrix, rtol=0, atol=1e-2)
    torch.testing.assert_close(lens.offsets[0], offset, rtol=0, atol=1e-2)
    assert lens.penalties[0] == torch.tensor(PENALTIES[0])
    assert not lens.matrices[1].any()
    assert not lens.offsets[1].any()
    other = drawn(2)
    read = lens(torch.stack([other, other]))
    torch.testing.assert_close(read[0], other @ matrix.T + offset, rtol=0, atol=5e-2)
    assert torch.equal(read[1], other)
    assert torch.equal(lens(other[None])[0], other)  # one layer is the last one


def test_what_cannot_be_told_is_left_as_it_is() -> None:
    """What is added has nothing to do with the state: a strong penalty wins."""
    state = drawn()
    final = state + drawn(1)
    lens = fit([written(torch.stack([state, final]), final)])
    assert lens.penalties[0] > 0.1


def test_batches_make_no_difference() -> None:
    state, final = drawn(), drawn(1)
    states = torch.stack([state, final])
    whole = fit([written(states, final)])
    parts = fit([written(states[:, i : i + 3], final[i : i + 3]) for i in range(0, TEXTS, 3)])
    torch.testing.assert_close(parts.matrices, whole.matrices)
    torch.testing.assert_close(parts.offsets, whole.offsets)


def test_a_text_must_be_left_to_choose_by() -> None:
    state = drawn()[: CHOOSING - 1]
    with pytest.raises(ValueError, match=f"{CHOOSING - 1} texts to fit on: expected {CHOOSING}"):
        fit([written(state[None], state)])


def test_an_empty_map_changes_nothing() -> None:
    none = TunedLens(torch.zeros(3, WIDTH, WIDTH), torch.zeros(3, WIDTH), torch.zeros(3))
    states = drawn().flatten(0, 1)[:30].view(3, 10, WIDTH)
    assert torch.equal(none(states), states)
    assert torch.equal(none(states[:, 0]), states[:, 0])
