"""The claims on companion texts: planted findings come out as what they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_companion_texts as companion
from judging.test_claims_many import Planted

from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.measures.heads import STATISTICS
from replication.questions.subjects import Case
from replication.questions.template_sets import agreement_pairs
from replication.results.attention import Attention, HeadStatistics
from replication.results.cost import LensCost
from replication.results.lens import FormulaVariants, Stage, Uncertainty, WordProbabilities
from replication.results.provenance import Provenance
from replication.results.steering import Steering

SOURCE = Provenance("planted", "registry", "planted", "by hand", "0", None, "none", "")
CLAIMS = {found.id: found for found in vars(companion).values() if isinstance(found, Claim)}
STAGES = tuple(Stage(layer, "feed-forward") for layer in range(6))
CAPITAL = ("The", " capital", " of", " France", " is")
Answers = Mapping[Any, Any]  # by question


def cities() -> WordProbabilities:
    shares = np.full((6, 3), 0.001)
    shares[-1] = 0.8, 0.02, 0.01
    ranks = np.full((6, 3), 99)
    ranks[3:, 0] = 10, 1, 1
    return WordProbabilities(shares, ranks, STAGES, companion.CITIES.words, SOURCE)


def heads() -> HeadStatistics:
    """Each target has a head of its own that gives it 0.6; heads are 0.8 apart, tokens 0.4."""
    values = np.full((len(STATISTICS), 2, 2), 0.1)
    values[range(4), [0, 0, 1, 1], [0, 1, 0, 1]] = 0.6
    names = ("first token", "previous token", "delimiter", "same word")
    apart, steps = np.full((2, 2), [[0.8], [0.4]])
    return HeadStatistics(names, values, np.full(4, 0.1), (9,) * 4, apart, steps, (), SOURCE)


def steered(number: float, same: float = -1.0, random: float = -1.0) -> Steering:
    """Leads after each vector at the third of four layers, for one pair of each noun and number."""
    pairs = agreement_pairs(1)
    leads = np.full((3, 4, len(pairs)), -2.0)
    leads[:, 2] = np.array([number, same, random])[:, None]
    return Steering(leads, np.full(len(pairs), -2.0), pairs, {}, SOURCE)


def seen(*last: float) -> Attention:
    """What one head of the last token gives to each token; the others see themselves."""
    weights = np.eye(5)
    weights[-1] = last
    return Attention(weights[None, None], CAPITAL, SOURCE)


TRUE: Answers = {
    companion.CITIES: cities(),
    companion.FORMULA: FormulaVariants(
        " Paris", np.full((4, 3), 0.1), np.array([[90, 80, 95]] * 3 + [[70, 1, 9]]), False, SOURCE
    ),
    companion.UNSURE: Uncertainty(
        np.ones((6, 5)), np.tile([[9.0], [8], [5], [4], [2], [0]], 5), STAGES, ("a",) * 5, SOURCE
    ),
    companion.HEADS: heads(),
    companion.STEERING: steered(1.0),
    companion.COST: LensCost(5, 100, 500, 100, SOURCE),
    companion.SEEN: seen(0.84, 0.05, 0.02, 0.06, 0.03),
}
FALSE: Answers = {
    companion.CITIES: replace(
        cities(), ranks=cities().ranks[:, ::-1], probabilities=cities().probabilities[:, ::-1]
    ),
    # Every formula gives the same, and there is a bias.
    companion.FORMULA: replace(
        TRUE[companion.FORMULA], ranks=np.array([[90] * 3] * 4), head_has_bias=True
    ),
    companion.UNSURE: replace(
        TRUE[companion.UNSURE], divergence=TRUE[companion.UNSURE].divergence[::-1]
    ),
    companion.HEADS: replace(
        heads(), values=0.6 - heads().values, distances=heads().steps, steps=heads().distances
    ),
    companion.STEERING: steered(-1.0),
    companion.COST: LensCost(5, 500, 100, 20, SOURCE),
    companion.SEEN: seen(0.84, 0.02, 0.05, 0.03, 0.06),
}
DEFINED = ("LL-06",)


def found(id: str, answers: Answers) -> Finding:
    return judge(CLAIMS[id], Case(Planted(answers), "none"))


def failing(finding: Finding) -> list[int]:
    return [
        place
        for place, part in enumerate(finding.parts)
        if not part.holds and part.weight != "beside"
    ]


@pytest.mark.parametrize("id", CLAIMS)
def test_a_planted_true_finding_holds_and_a_false_one_does_not(id: str) -> None:
    right, wrong = found(id, TRUE), found(id, FALSE)
    assert right.verdict == ("by_definition" if id in DEFINED else "generalises")
    assert wrong.verdict == "not_replicated"
    core = {place for place, part in enumerate(right.parts) if part.weight == "core"}
    assert core <= set(failing(wrong))  # every part of it can fail


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_asks_for_what_it_says_beforehand(id: str) -> None:
    subject = Planted(TRUE)
    judge(CLAIMS[id], Case(subject, "none"))
    assert subject.asked == set(CLAIMS[id].questions)


@pytest.mark.parametrize(
    ("near", "best", "verdict", "holds"),
    [
        (3, 4, "generalises", [True, True, True, True, True]),
        (3, 5, "generalises", [True, True, False, True, True]),  # best in the last layer only
        (4, 4, "not_replicated", [False, True, True, True, True]),  # beyond the middle
        (1, 4, "partially", [True, False, True, True, True]),  # before it
    ],
)
def test_a_good_guess_is_formed_in_the_middle(
    near: int, best: int, verdict: str, holds: list[bool]
) -> None:
    """Of six layers, from which on " Paris" is among the ten best and is the best."""
    planted = cities()
    planted.ranks[:, 0] = [1 if k >= best else 10 if k >= near else 11 for k in range(6)]
    finding = found("LL-01", {companion.CITIES: planted})
    assert (finding.verdict, [part.holds for part in finding.parts]) == (verdict, holds)
    crossings = [part.crossing.estimate for part in finding.parts if part.crossing]
    assert crossings == pytest.approx([(near + 1) / 6] * 2 + [(best + 1) / 6])


def test_the_right_formula_is_the_one_with_one_norm() -> None:
    worse = replace(TRUE[companion.FORMULA], ranks=np.array([[90, 80, 95]] * 4))
    worse.ranks[-1] = 70, 75, 1
    assert failing(found("LL-02", {companion.FORMULA: worse})) == [2]


@pytest.mark.parametrize("null", [{"same": 1.0}, {"random": 1.0}])
def test_a_verb_that_any_vector_turns_does_not_follow(null: dict[str, float]) -> None:
    finding = found("LL-05", {companion.STEERING: steered(1.0, **null)})
    assert finding.verdict == "not_replicated"


def test_the_layer_of_steering_is_chosen_on_other_nouns() -> None:
    """Where half of the nouns turn at one layer and half at another, nothing is found."""
    steering = steered(-1.0)
    nouns = sorted({pair.cluster for pair in steering.pairs})
    even = np.array([nouns.index(pair.cluster) % 2 == 0 for pair in steering.pairs])
    steering.leads[0, 1, even] = 1
    steering.leads[0, 3, ~even] = 1
    (part,) = found("LL-05", {companion.STEERING: steering}).parts
    assert part.measured == 0
    assert part.statement.startswith("at layer 1,")
    assert part.spread is not None
    assert part.spread.items == (~even).sum()


def test_the_first_token_has_no_part_in_what_decides() -> None:
    finding = found("BV-05", {companion.SEEN: seen(0.1, 0.3, 0.1, 0.3, 0.2)})
    assert finding.verdict == "generalises"
    literal = finding.parts[1]
    assert literal.weight == "beside"
    assert literal.measured == pytest.approx(0.6)


def test_a_capital_in_pieces_is_not_testable() -> None:
    pieces = replace(seen(0.84, 0.05, 0.02, 0.06, 0.03), tokens=("The", " cap", "ital", "s", " i"))
    finding = found("BV-05", {companion.SEEN: pieces})
    assert finding.verdict == "not_testable"
