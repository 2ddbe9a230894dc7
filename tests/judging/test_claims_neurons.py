"""What the claims on neurons say of the published numbers, and that each of them can fail."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_neuron_factors as module

from replication.articles.experiments import published_provenance
from replication.base.norms import Norm
from replication.judging.claims import Claim
from replication.judging.findings import judge
from replication.judging.parts import Part
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.results.factors import Factors
from replication.results.neurons import Clusters, LayerFiring
from replication.results.provenance import Provenance, SubjectKind
from replication.results.roles import Role, roles_of

CLAIMS = {
    found.id: found
    for found in vars(module).values()
    if isinstance(found, Claim) and found.questions[0].published
}
"""Those that can be asked of the published numbers."""
PUBLISHED = {
    "EX-09": "not_testable",
    "EX-10": "not_testable",
    "EX-11": "consistent",
    "EX-12": "not_testable",
    "EX-13": "consistent",
    "EX-14": "consistent",
    "EX-15": "consistent",
    "EX-16": "consistent",
    "EX-17": "not_testable",
    "EX-18": "consistent",
    "EX-19": "by_definition",
    "EX-20": "not_testable",
    "EX-23": "not_testable",
    "EX-26": "not_testable",
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


class OfThirty(Published):
    """A model of the table whose layer 4, at a sixth of its depth, has the published factors; those
    of layer 0 are shuffled, or the other way round.
    """

    def __init__(self, good: tuple[int, ...] | None) -> None:
        self.good = good

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        return replace(super().provenance(question, norm), kind="registry")

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        assert isinstance(question, FactorsOf)
        factors = module.UNDERGROUND.look_up()
        good = question.layers == self.good
        return factors if good else replace(factors, activity=shuffled(factors))


@pytest.mark.parametrize(("good", "holds"), [(None, [True, False]), ((0,), [False, True])])
def test_the_first_layer_is_asked_by_depth_and_layer_0_stands_beside(
    good: tuple[int, ...] | None, holds: list[bool]
) -> None:
    finding = judge(CLAIMS["EX-16"], Case(OfThirty(good), "none"))
    *by_depth, literal = finding.parts
    assert [all(part.holds for part in by_depth), literal.holds] == holds
    assert literal.weight == "beside"
    assert literal.statement.startswith("literally, of these 11 comparisons")
    assert module.UNDERGROUND.depth == 1 / 6


def first_token_goes(factors: Factors) -> np.ndarray:
    """Activity of which no pattern goes with the first token."""
    changed = factors.activity.copy()
    changed[:, 0] = 0
    return changed


@pytest.mark.parametrize(("without", "verdict"), [(1, "consistent"), (2, "not_replicated")])
@pytest.mark.parametrize("shortest", [True, False])
def test_a_factor_is_common_where_most_texts_have_it(
    shortest: bool, without: int, verdict: str
) -> None:
    """Texts of these lengths show of most of six that they have it where five do, whichever."""
    order = sorted(module.FIRST_TOKEN_FIGURES, key=lambda question: len(question.look_up().tokens))
    gone = {question.id for question in order[:: 1 if shortest else -1][:without]}

    class Some(Published):
        def answer(self, question: Question[Any], norm: Norm) -> Any:
            right = super().answer(question, norm)
            if question.id in gone:
                return replace(right, activity=first_token_goes(right))
            return right

    finding = judge(CLAIMS["EX-18"], Case(Some(), "none"))
    whole, *texts = finding.parts
    assert (finding.verdict, whole.weight) == (verdict, "core")
    assert {part.weight for part in texts} == {"beside"}
    assert sum(not part.holds for part in texts[1::2]) == without


def test_pieces_have_the_role_of_their_item() -> None:
    roles = [Role.SPACE, Role.NUMBER, Role.CONTINUED, Role.COMMA]
    assert module.whole(roles) == [Role.SPACE, Role.NUMBER, Role.NUMBER, Role.COMMA]


def clustered(firing: np.ndarray, roles: tuple[Role, ...], tokens: tuple[str, ...]) -> Clusters:
    """Clusters of one neuron each."""
    count = len(firing)
    of = LayerFiring(firing, np.arange(count), tokens, roles, 4)
    return Clusters(np.arange(count), firing, of, 0, published_provenance("factors_counting_two"))


class Firing(Published):
    """The published subject, with clusters made by hand."""

    def __init__(self, *found: Clusters) -> None:
        self.found = list(found)

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        return self.found[0].provenance

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        return self.found[-1] if question == module.DOWN else self.found[0]


def counted(*rows: list[float]) -> Clusters:
    """Clusters while four numbers are written, of which the last has a later piece."""
    tokens = (" 7", ",", " 8", ",", " 9", ",", " 1", "0", ",")
    return clustered(np.array(rows), roles_of(tokens), tokens)


COMMAS = [0.0, 4.0, 1.0, 4.0, 0.0, 4.0, 1.0, 9.0, 4.0]
NUMBERS = [5.0, 1.0, 5.0, 2.0, 5.0, 1.0, 5.0, 0.0, 2.0]
AT_ONE_NUMBER = [9.0, 4.0, 0.0, 4.0, 0.0, 4.0, 0.0, 0.0, 4.0]
SPARSE = [0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_cluster_for_numbers_fires_more_at_most_numbers_than_anywhere_else() -> None:
    """The later piece of a number is looked at as little as it is written by the article."""

    def core(*rows: list[float]) -> list[tuple[float, bool]]:
        parts = judge(CLAIMS["EX-10"], Case(Firing(counted(*rows)), "none")).parts
        return [(part.measured, part.holds) for part in parts[:3]]

    found = core(SPARSE, NUMBERS, COMMAS)
    assert found == [(1.0, True), (1.0, True), (pytest.approx(0.1 / 9), True)]
    assert core(SPARSE, AT_ONE_NUMBER, COMMAS)[0] == (0.25, False)
    assert core(NUMBERS, SPARSE, COMMAS)[2][1] is False


def in_both_ways(up: np.ndarray, down: np.ndarray) -> Part:
    """The growth over 2 to 8 of clusters that fire so at 2 to 9, and at 8 to 1."""

    def written(numbers: range, rows: np.ndarray) -> Clusters:
        tokens = tuple(t for number in numbers for t in (f" {number}", ","))
        firing = np.zeros((len(rows), len(tokens)))
        firing[:, ::2] = rows
        return clustered(firing, roles_of(tokens), tokens)

    subject = Firing(written(range(2, 10), up), written(range(8, 0, -1), down))
    return judge(module.some_neurons_fire_more_for_greater_numbers, Case(subject, "none")).parts[0]


def test_a_drift_along_the_text_is_no_growth_with_the_number() -> None:
    rising, wild = np.arange(8.0), np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    found = in_both_ways(np.stack([wild, rising**2]), np.stack([wild[::-1], rising[::-1]]))
    assert found.holds
    assert found.measured == pytest.approx(1.0)
    drift = in_both_ways(np.stack([rising, 2 * rising]), np.stack([rising, 3 * rising]))
    assert not drift.holds
    assert drift.measured == pytest.approx(0.0)


def test_a_number_in_pieces_does_not_grow() -> None:
    tokens = (" 1", "2", ",")
    pieces = Firing(clustered(np.ones((2, 3)), roles_of(tokens), tokens))
    finding = judge(module.some_neurons_fire_more_for_greater_numbers, Case(pieces, "none"))
    assert finding.verdict == "not_testable"
    assert "does not write ['3', '4'" in finding.measured


def test_a_factor_that_serves_what_was_known_is_not_a_words_own() -> None:
    """Planted: each word has a factor to itself, then one is the factor of the commas."""
    published = Published().answer(module.UNDERGROUND, "none")
    words = np.array([token.strip() for token in published.tokens])
    own = np.stack([words == "nothing", words == "man"]).astype(float)
    activity = np.vstack([published.activity, own])

    def holds(factors: Factors) -> list[bool]:
        marks = {word: words == word for word in ("nothing", "man")}
        return [part.holds for part in module.factors_of_their_own(factors, marks)]

    assert all(holds(replace(published, activity=activity)))
    comma = activity[5] + 100 * own[0]
    assert holds(replace(published, activity=np.vstack([activity[:-2], comma, own[1]])))[0] is True
    shared = published.activity.copy()
    shared[5] = shared[5] / shared[5].max() + own[0] + own[1]
    assert not all(holds(replace(published, activity=shared)))
