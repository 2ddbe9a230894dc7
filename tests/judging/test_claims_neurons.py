"""What the claims on neurons say of the published numbers, and that each of them can fail."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_neuron_factors as module

from replication.base.norms import Norm
from replication.judging.claims import Claim
from replication.judging.comparisons import Part
from replication.judging.findings import judge
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.results.factors import Factors
from replication.results.provenance import Provenance, SubjectKind
from replication.results.roles import Role

CLAIMS = {found.id: found for found in vars(module).values() if isinstance(found, Claim)}
PUBLISHED = {
    "EX-09": "not_testable",
    "EX-10": "not_testable",
    "EX-11": "replicated",
    "EX-12": "not_testable",
    "EX-13": "replicated",
    "EX-14": "replicated",
    "EX-15": "replicated",
    "EX-16": "replicated",
    "EX-17": "not_testable",
    "EX-18": "replicated",
    "EX-19": "replicated",
    "EX-20": "not_testable",
}
"""What becomes of each claim on the published numbers."""

Change = Callable[[Factors], np.ndarray]


class Changed(Published):
    """The published subject with something done to its activity."""

    def __init__(self, change: Change) -> None:
        self.change = change

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        right = super().answer(question, norm)
        if isinstance(right, Factors):
            return replace(right, activity=self.change(right))
        return right


def shuffled(factors: Factors) -> np.ndarray:
    order = np.random.default_rng(1).permutation(len(factors.tokens))
    return factors.activity[:, order]


def backwards(factors: Factors) -> np.ndarray:
    return factors.activity[:, ::-1]


def one_token_late(factors: Factors) -> np.ndarray:
    return np.roll(factors.activity, 1, axis=1)


def all_alike(factors: Factors) -> np.ndarray:
    return np.repeat(factors.activity.mean(axis=0, keepdims=True), len(factors.activity), axis=0)


def first_token_everywhere(factors: Factors) -> np.ndarray:
    changed = factors.activity.copy()
    changed[:, 0] = 10
    return changed


@pytest.mark.parametrize("id", CLAIMS)
def test_on_the_published_numbers(id: str) -> None:
    assert judge(CLAIMS[id], Case(Published(), "none")).verdict == PUBLISHED[id]


@pytest.mark.parametrize(
    ("change", "fail"),
    [
        (shuffled, "EX-11 EX-13 EX-14 EX-15 EX-16 EX-18"),
        (backwards, "EX-13 EX-14 EX-15 EX-16 EX-18"),
        # Factors have no names: a token late, the one for numbers passes for that for commas.
        (one_token_late, "EX-13 EX-15 EX-16 EX-18"),
        (all_alike, "EX-11 EX-13 EX-14 EX-15 EX-16 EX-18"),
        (first_token_everywhere, "EX-11"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_claim_fails_where_activity_does_not_fit_the_text(change: Change, fail: str) -> None:
    held = [id for id in fail.split() if judge(CLAIMS[id], Case(Changed(change), "none")).holds]
    assert not held


def test_a_claim_asks_for_what_it_says_beforehand() -> None:
    """Untrained controls measure beforehand what is listed: a check may ask for no more."""
    for found in CLAIMS.values():
        asked: set[Question[Any]] = set()

        class Listening(Published):
            def answer(self, question: Question[Any], norm: Norm) -> Any:
                asked.add(question)  # noqa: B023
                return super().answer(question, norm)

        judge(found, Case(Listening(), "none"))
        assert asked <= set(found.questions)


def test_starts_are_asked_of_trained_models_only() -> None:
    class Trained(Published):
        def __init__(self, kind: SubjectKind, good: int) -> None:
            self.kind, self.good, self.seeds = kind, good, list[int]()

        def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
            return replace(super().provenance(question, norm), kind=self.kind)

        def answer(self, question: Question[Any], norm: Norm) -> Any:
            assert isinstance(question, FactorsOf)
            self.seeds.append(question.seed)
            factors = super().answer(question.of(seed=0), norm)
            good = question.seed < self.good
            return factors if good else replace(factors, activity=shuffled(factors))

    def last(kind: SubjectKind, good: int) -> Part:
        subject = Trained(kind, good)
        parts = judge(CLAIMS["EX-14"], Case(subject, "none")).parts
        assert sorted(set(subject.seeds)) == ([0] if kind == "control" else list(range(20)))
        return parts[-1]

    assert "starts" not in last("control", 20).unit
    assert (last("registry", 11).measured, last("registry", 11).holds) == (11, True)
    assert (last("paper", 10).measured, last("paper", 10).holds) == (10, False)


def test_pieces_have_the_role_of_their_item() -> None:
    roles = [Role.SPACE, Role.NUMBER, Role.CONTINUED, Role.COMMA]
    assert module.whole(roles) == [Role.SPACE, Role.NUMBER, Role.NUMBER, Role.COMMA]


def test_growth_is_measured_against_shuffled_orders() -> None:
    numbers = np.arange(15.0)
    firing = np.stack([np.cos(3 * numbers), numbers**3, np.ones(15)])
    cluster, found, chance = module.growth(firing)
    assert (cluster, round(found, 6)) == (1, 1.0)
    assert 0.3 < chance < 0.7
    assert module.growth(firing[[0, 2]])[1] < chance
