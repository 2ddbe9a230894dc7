"""Tests of the tests: each way of breaking the lens is caught, and every claim can fail."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_hidden_states
import tiny
import torch
from measures import test_lens, test_record
from torch import Tensor

from replication.base.norms import NORMS, Norm
from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.measures import lens, projection
from replication.measures.projection import Projection, project
from replication.measures.record import Recording, record
from replication.models import loading
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.lens import RanksOf
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.results.ranks import RankGrid, TopTokens

Patch = pytest.MonkeyPatch


def norm_twice(patch: Patch) -> None:
    right = lens.readable_states
    patch.setattr(lens, "readable_states", lambda m, r, n: m.final_norm(right(m, r, n)))


def norm_left_out(patch: Patch) -> None:
    patch.setattr(lens, "readable_states", lambda _model, recording, _norm: recording.states)


def norms_swapped(patch: Patch) -> None:
    right = lens.readable_states
    other: dict[Norm, Norm] = {"none": "final", "final": "none"}
    patch.setattr(lens, "readable_states", lambda m, r, n: right(m, r, other[n]))


def off_by_one_layer(patch: Patch) -> None:
    right = lens.readable_states
    patch.setattr(lens, "readable_states", lambda m, r, n: right(m, r, n).roll(1, 0))


def off_by_one_position(patch: Patch) -> None:
    right = lens.readable_states
    patch.setattr(lens, "readable_states", lambda m, r, n: right(m, r, n).roll(1, 1))


def rank_from_the_wrong_end(patch: Patch) -> None:
    change_ranks(patch, lambda ranks, words: words + 1 - ranks)


def rank_from_zero(patch: Patch) -> None:
    change_ranks(patch, lambda ranks, _words: (ranks - 1).clamp(min=1))


def change_ranks(patch: Patch, change: Callable[[Tensor, int], Tensor]) -> None:
    def changed(states: Tensor, unembedding: Tensor, ranks_of: Tensor) -> Projection:
        found = project(states, unembedding, ranks_of=ranks_of)
        return replace(found, ranks=change(found.ranks, len(unembedding)))

    patch.setattr(lens, "project", changed)


def last_chunk_forgotten(patch: Patch) -> None:
    right = projection._stretches
    patch.setattr(projection, "_stretches", lambda s, u: right(s, u[: len(u) // 2]))


BREAKS = (
    norm_twice,
    norm_left_out,
    norms_swapped,
    off_by_one_layer,
    off_by_one_position,
    rank_from_the_wrong_end,
    rank_from_zero,
    last_chunk_forgotten,
)


def ranks_disagree(architecture: str) -> bool:
    """Whether the tests of the lens notice, for a network of an architecture."""
    model, noticed = tiny.model(architecture), []
    for norm in NORMS:
        for test in (
            test_lens.test_ranks_agree_with_sorting_all_logits,
            test_lens.test_watched_ranks_agree_with_sorting_all_logits,
        ):
            try:
                test(model, norm)
            except (AssertionError, ValueError):
                noticed.append(test)
    return bool(noticed)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
@pytest.mark.parametrize("break_lens", BREAKS)
def test_a_broken_lens_is_noticed(
    break_lens: Callable[[Patch], None], architecture: str, monkeypatch: Patch
) -> None:
    assert not ranks_disagree(architecture)
    break_lens(monkeypatch)
    assert ranks_disagree(architecture)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
@pytest.mark.parametrize("times", [0, 2])
def test_the_door_notices_another_norm_than_the_networks(architecture: str, times: int) -> None:
    model = replace(tiny.model(architecture))
    vars(model)["final_norm"] = torch.nn.Sequential(*[model.final_norm] * times)
    with pytest.raises(ModelError, match="do not give the model's own logits"):
        loading.check(model)


def test_a_shifted_recording_is_noticed(monkeypatch: Patch) -> None:
    def shifted(model: LanguageModel, prompt: str, continuation: str = "") -> Recording:
        recording = record(model, prompt, continuation)
        return replace(recording, states=recording.states.roll(1, 0))

    monkeypatch.setattr(test_record, "record", shifted)
    with pytest.raises(AssertionError):
        test_record.test_states_are_those_of_transformers(tiny.model("gpt2"))


class Mutated(Published):
    """The published numbers, put wrong in one way."""

    def __init__(
        self, ranks: Callable[[RankGrid], RankGrid], top: Callable[[TopTokens], TopTokens]
    ) -> None:
        self._wrong_ranks, self._wrong_top = ranks, top

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        right = super().answer(question, norm)
        match right:
            case RankGrid():
                return self._wrong_ranks(right)
            case TopTokens():
                return self._wrong_top(right)
        # What was written is in the tokens of the ranks.
        return self.answer(RanksOf.of_figure(str(question.published)), norm).tokens


def layers_upside_down(grid: RankGrid) -> RankGrid:
    return replace(grid, ranks=grid.ranks[::-1])


def wrong_end(grid: RankGrid) -> RankGrid:
    return replace(grid, ranks=grid.vocabulary + 1 - grid.ranks)


def tokens_backwards(grid: RankGrid) -> RankGrid:
    return replace(grid, tokens=grid.tokens[::-1])


def top_upside_down(top: TopTokens) -> TopTokens:
    return replace(top, tokens=top.tokens[::-1], probabilities=top.probabilities[::-1])


def all_the_same(top: TopTokens) -> TopTokens:
    flat = np.full_like(top.probabilities, 0.1)
    return replace(top, tokens=tuple(("0", *row[1:]) for row in top.tokens), probabilities=flat)


WRONG = (
    Mutated(layers_upside_down, top_upside_down),
    Mutated(wrong_end, all_the_same),
    Mutated(tokens_backwards, all_the_same),
)
CLAIMS = [item for item in vars(test_hidden_states).values() if isinstance(item, Claim)]


def bearing(finding: Finding) -> int:
    """How many parts hold of those that bear on the verdict."""
    return sum(part.holds for part in finding.parts if part.weight != "beside")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_claim_can_fail(claim: Claim) -> None:
    """Some way of putting the article's numbers wrong makes each claim fail that held on them."""
    verdicts = [judge(claim, Case(wrong, "none")) for wrong in WRONG]
    right = judge(claim, Case(Published(), "none"))
    held = bearing(right)
    assert any(bearing(wrong) < held for wrong in verdicts)
    assert any(wrong.holds is False for wrong in verdicts)


def test_random_networks_differ_enough_to_notice() -> None:
    first, second = (tiny.model("llama", seed).unembedding for seed in (0, 1))
    assert not torch.allclose(first, second)
