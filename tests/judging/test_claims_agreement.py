"""Where agreement is settled: planted circuits and curves come out as what they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_agreement_settled as settled

from replication.base.norms import NORMS, Norm
from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.measures.circuit import held_out
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.questions.template_sets import agreement_pairs, items
from replication.results.circuit import Ablation, Attribution, Circuit, Head, HeadEffects
from replication.results.circuit import PatchingProfile as Profile
from replication.results.provenance import Provenance
from replication.results.sets import ExpectedSet, WatchedSet

SOURCE = Provenance("planted", "registry", "planted", "by hand", "0", None, "none", "")
CLAIMS = {found.id: found for found in vars(settled).values() if isinstance(found, Claim)}
LAYERS, START = 12, 10  # of twelve layers the last sixth is two
PAIRS = agreement_pairs(1)
Answers = Mapping[Any, Any]


class Planted(Published):
    """A subject whose answers are made up."""

    name = "planted"

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: set[Question[Any]] = set()

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        return SOURCE

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        self.asked.add(question)
        return self.answers[question]


def found(id: str, answers: Answers) -> Finding:
    return judge(CLAIMS[id], Case(Planted(answers), "none"))


def failing(finding: Finding) -> list[str]:
    """The weight of each part that fails."""
    return [part.weight for part in finding.parts if not part.holds]


def carried(head: Head, *, attends: float = 0.9) -> Circuit:
    """One head brings everything, and writes it; the pairs are those of the set."""
    count, layers = len(PAIRS), np.arange(LAYERS)
    after = np.tile((layers >= head.layer).astype(float), (2, count, 1))
    here = np.tile((layers == head.layer).astype(float), (2, count, 1))
    nothing, one = np.zeros((count, 2, LAYERS)), np.ones(count)
    attention = np.stack([here[0], np.zeros((count, LAYERS))], axis=1)
    heads = np.zeros((count, 2, LAYERS, 2))
    heads[:, 0, head.layer, head.number] = 1
    late = head.layer >= START
    return Circuit(
        Attribution(
            nothing[:, :, 0], attention, nothing, heads, nothing[:, :, 0], attention.sum(2)
        ),
        Profile(after, here),
        HeadEffects(
            (head.layer,),
            heads[None, :, 0, [head.layer]].repeat(2, 0),
            (head,),
            np.ones((2, count)),
            np.full((count, 1), attends),
            one / 5,
            held_out(PAIRS),
        ),
        Ablation(
            sixth=one - late,
            before=one * late,
            last=one - (head.layer == LAYERS - 1),
            feed_forwards=one,
            named=0 * one,
        ),
        PAIRS,
        {},
        SOURCE,
    )


def watched(none: int, final: int) -> WatchedSet:
    """The right verb leads from a layer on, under each norm."""
    texts = items("agreement")
    lead = np.ones((len(NORMS), len(texts), LAYERS))
    lead[NORMS.index("none"), :, :none] = -1
    lead[NORMS.index("final"), :, :final] = -1
    return WatchedSet(lead, texts, (), SOURCE)


def repeated(none: list[float], final: list[float]) -> ExpectedSet:
    """The repeated token is best in the last layers, with these probabilities."""
    texts = tuple(item for item in items("counting") if item.conditions["kind"] == "repeat")
    shares = np.full((len(NORMS), len(texts), len(none)), 0.5)
    shares[NORMS.index("none")] = none
    shares[NORMS.index("final")] = final
    return ExpectedSet(np.ones(shares.shape, int), shares, np.ones(shares.shape[:2]), texts, SOURCE)


FALLING, RISING = [0.7, 0.9, 0.8, 0.6], [0.3, 0.4, 0.5, 0.6]
TRUE: Answers = {
    settled.CIRCUIT: carried(Head(11, 1)),
    settled.AGREEMENT: watched(none=11, final=5),
    settled.REPEATS: repeated(FALLING, RISING),
}
FALSE: Answers = {
    settled.CIRCUIT: carried(Head(4, 1)),
    settled.AGREEMENT: watched(none=5, final=11),
    settled.REPEATS: repeated(RISING, FALLING),
}


@pytest.mark.parametrize("id", CLAIMS)
def test_planted_answers_come_out_as_what_they_are(id: str) -> None:
    right, wrong = found(id, TRUE), found(id, FALSE)
    assert (right.verdict, wrong.verdict) == ("generalises", "not_replicated")
    core = [part for part in wrong.parts if part.weight == "core"]
    assert all(not part.holds for part in core)  # every part of the core can fail
    assert CLAIMS[id].says.endswith(".")


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_asks_for_what_it_says_beforehand(id: str) -> None:
    subject = Planted(TRUE)
    judge(CLAIMS[id], Case(subject, "none"))
    assert subject.asked == set(CLAIMS[id].questions)


def test_the_layer_before_the_last_is_the_last_by_depth_and_not_literally() -> None:
    for id in ("HS-Q1-transport", "HS-Q1-decision"):
        finding = found(id, {settled.CIRCUIT: carried(Head(10, 0))})
        assert finding.verdict == "generalises"
        literal = [part for part in finding.parts if "literally" in part.statement]
        assert [part.holds for part in literal] == [False] * len(literal)
        assert {part.weight for part in literal} == {"beside"}


def test_heads_are_named_with_their_layer() -> None:
    finding = found("HS-Q1-transport", TRUE)
    assert "(layer.head: 11.1)" in finding.parts[2].statement
    assert finding.parts[2].spread is not None
    assert finding.parts[2].spread.clusters == 14  # the nouns that nothing was chosen on
    assert finding.parts[0].crossing is not None
    assert finding.parts[0].crossing.estimate == 1


def test_heads_that_look_elsewhere_do_not_bring_it_from_the_subject() -> None:
    finding = found("HS-Q1-transport", {settled.CIRCUIT: carried(Head(11, 0), attends=0.4)})
    assert (finding.verdict, failing(finding)[0]) == ("partially", "further")


def test_transport_and_decision_are_told_apart() -> None:
    """The number arrives early; what is written late, by a feed-forward layer, decides."""
    early = carried(Head(4, 1))
    told = early.attribution
    decided = replace(
        early,
        attribution=replace(
            told, attention=0 * told.attention, feed_forward=told.attention[:, :, ::-1]
        ),
        ablation=replace(early.ablation, sixth=np.zeros(len(PAIRS))),
    )
    late = told.attention[0, 0, ::-1].argmax() >= START
    finding = found("HS-Q1-decision", {settled.CIRCUIT: decided})
    assert (finding.verdict == "generalises") == late
    assert found("HS-Q1-transport", {settled.CIRCUIT: decided}).verdict == "not_replicated"


def test_a_lead_that_is_early_without_the_norm_is_no_lateness_made_by_it() -> None:
    """Late under both norms; and early under both, though a little later without."""
    both_late = found("HS-Q2", {settled.AGREEMENT: watched(none=11, final=10)})
    assert [part.holds for part in both_late.parts[:2]] == [True, False]
    neither = found("HS-Q2", {settled.AGREEMENT: watched(none=5, final=5)})
    assert [part.holds for part in neither.parts[:2]] == [False, True]
    crossings = [part.crossing for part in both_late.parts[:2]]
    assert [one.estimate for one in crossings if one] == [pytest.approx(1), pytest.approx(11 / 12)]


def test_caution_under_both_norms_is_not_made_by_leaving_one_out() -> None:
    answers = {**TRUE, settled.REPEATS: repeated(FALLING, FALLING)}
    finding = found("HS-Q2-caution", answers)
    assert [part.holds for part in finding.parts[:2]] == [True, False]
    assert finding.verdict == "not_replicated"
