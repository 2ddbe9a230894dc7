"""The claims over many texts: planted findings come out as what they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_many_texts as many
from claim_runs import run_claims, written

from replication.base.norms import NORMS, Norm
from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.questions.template_sets import agreement_pairs, items
from replication.results.patching import PatchingProfile
from replication.results.provenance import Provenance
from replication.results.sets import ArrivalSet, ExpectedSet, Item, WatchedSet

SOURCE = Provenance("planted", "registry", "planted", "by hand", "0", None, "none", "")
CLAIMS = {found.id: found for found in vars(many).values() if isinstance(found, Claim)}
LAYERS = 4
RISING = [0, 1, 3, 2]  # the last two layers change places
Answers = Mapping[Any, Any]  # by question


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


def watched(name: str, late: Callable[[Item], bool]) -> WatchedSet:
    """Expected words that lead in every layer, or for some items after the last layer only."""
    lead = np.ones((2, len(items(name)), LAYERS))
    for row, item in enumerate(items(name)):
        if late(item):
            lead[:, row, :-1] = -1
    return WatchedSet(lead, items(name), (), SOURCE)


def cautious() -> ExpectedSet:
    """The repeated token is best in the last two layers, and loses in the last."""
    repeats = tuple(item for item in items("counting") if item.conditions["kind"] == "repeat")
    ranks = np.full((2, len(repeats), LAYERS), 9)
    ranks[:, :, -2:] = 1
    shares = np.tile([0.0, 0.2, 0.9, 0.6], (2, len(repeats), 1))
    return ExpectedSet(ranks, shares, repeats, SOURCE)


def listed() -> ArrivalSet:
    """Syntax is near the top from a quarter of the depth on, content from three quarters on."""
    shape = (2, len(items("lists")))
    return ArrivalSet(np.full(shape, 0.25), np.full(shape, 0.75), items("lists"), SOURCE)


def travelling(at_last: list[float], at_subject: list[float]) -> PatchingProfile:
    pairs = agreement_pairs(1)
    last, subject = (np.tile(track, (len(pairs), 1)) for track in (at_last, at_subject))
    one = np.ones(len(pairs))
    return PatchingProfile(subject, last, last, last, one, one, pairs, {}, SOURCE)


TRUE: Answers = {
    many.AGREEMENT: watched("agreement", lambda item: item.conditions["subject"] == "plural"),
    many.OCCUPATIONS: watched("occupations", lambda item: item.conditions["stereotype"] == "women"),
    many.BLIMP: watched("blimp", lambda item: True),
    many.WINOGENDER: watched("winogender", lambda item: True),
    many.LISTS: listed(),
    many.REPEATS: cautious(),
    many.PATCHING: travelling([0, 0, 0.1, 1], [1, 1, 0.9, 0]),
}
"""What the claims say, but for the second half of HS-Q1, which contradicts the first."""
CIRCUIT: Answers = {many.PATCHING: travelling([0.2, 0.5, 0.8, 1], [0.9, 0.6, 0.3, 0])}


def swapped(answers: Answers) -> Answers:
    """Each answer with its labels the wrong way round."""
    agreement, occupations = answers[many.AGREEMENT], answers[many.OCCUPATIONS]
    blimp, winogender, lists = (answers[q] for q in (many.BLIMP, many.WINOGENDER, many.LISTS))
    repeats = answers[many.REPEATS]
    return {
        many.AGREEMENT: replace(agreement, lead=-agreement.lead),
        many.OCCUPATIONS: replace(occupations, lead=-occupations.lead),
        many.BLIMP: replace(blimp, lead=-blimp.lead),
        many.WINOGENDER: replace(winogender, lead=-winogender.lead),
        many.LISTS: replace(lists, syntax=lists.content, content=lists.syntax),
        many.REPEATS: replace(repeats, probabilities=repeats.probabilities[:, :, RISING]),
        many.PATCHING: CIRCUIT[many.PATCHING],
    }


def found(id: str, answers: Answers, norm: Norm = "none") -> Finding:
    return judge(CLAIMS[id], Case(Planted(answers), norm))


def failing(finding: Finding) -> list[int]:
    return [place for place, part in enumerate(finding.parts) if not part.holds]


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("id", CLAIMS)
def test_a_planted_true_finding_is_replicated_and_a_false_one_is_not(id: str, norm: Norm) -> None:
    true, false = TRUE, swapped(TRUE)
    if id == "HS-Q1-circuit":
        true, false = CIRCUIT, TRUE
    right, wrong = found(id, true, norm), found(id, false, norm)
    assert (right.verdict, wrong.verdict) == ("replicated", "not_replicated")
    assert failing(wrong) == list(range(len(right.parts)))  # every part can fail
    assert all(part.margin <= 0 for part in wrong.parts)
    assert right.norm == (norm if CLAIMS[id].norm_matters else "either")
    assert CLAIMS[id].says.endswith(".")


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_asks_for_what_it_says_beforehand(id: str) -> None:
    """Untrained controls measure beforehand what is listed: a check may ask for no more."""
    subject = Planted(TRUE)
    judge(CLAIMS[id], Case(subject, "none"))
    assert subject.asked == set(CLAIMS[id].questions)


@pytest.mark.parametrize("id", [id for id in CLAIMS if id.endswith(("-many", "-held-out"))])
def test_shares_come_with_all_they_rest_on(id: str) -> None:
    for part in found(id, TRUE).parts:
        spread = part.spread
        assert spread is not None
        assert (part.measured, spread.low, spread.high) == (1, 1, 1)
        assert spread.clusters_holding == spread.clusters > 1
        assert spread.items >= 22
        assert spread.p_value == pytest.approx(0.5**spread.clusters)
        if spread.profile is not None:
            assert len(spread.profile.estimate) == LAYERS


def test_a_bare_majority_of_nouns_is_not_enough() -> None:
    """Sixteen of thirty nouns, with all of their items: the interval has one half inside."""
    agreement = TRUE[many.AGREEMENT]
    nouns = sorted({item.cluster for item in agreement.items})
    signs = np.array([1 if item.cluster in nouns[:16] else -1 for item in agreement.items])
    part = many.lateness(Case(Planted({many.AGREEMENT: agreement}), "none"), "none")
    assert part.holds
    some = replace(agreement, lead=agreement.lead * signs[:, None])
    finding = found("HS-14-many", {many.AGREEMENT: some})
    part = finding.parts[0]
    assert 0.5 < part.measured < 0.6
    assert part.spread is not None
    assert part.spread.clusters_holding == 16
    assert part.spread.low < 0.5 < part.spread.high
    assert finding.verdict == "not_replicated"


@pytest.mark.parametrize("layer", [-1, -2])
def test_only_the_best_candidate_can_lose_by_caution(layer: int) -> None:
    repeats = TRUE[many.REPEATS]
    ranks = repeats.ranks.copy()
    ranks[:, :, layer] = 2
    finding = found("HS-05-many", {many.REPEATS: replace(repeats, ranks=ranks)})
    assert finding.verdict == "not_replicated"
    assert finding.parts[0].spread is not None
    assert finding.parts[0].spread.effect == pytest.approx(0.3)  # it falls all the same


def test_each_norm_has_its_own_numbers() -> None:
    """A finding that leaving out the final norm makes: there under none, and no more with it."""
    agreement, repeats = TRUE[many.AGREEMENT], TRUE[many.REPEATS]
    lead = agreement.lead.copy()
    lead[1] = 1  # right in every layer
    shares = repeats.probabilities.copy()
    shares[1] = shares[1][:, RISING]
    made = {
        many.AGREEMENT: replace(agreement, lead=lead),
        many.REPEATS: replace(repeats, probabilities=shares),
    }
    for id in ("HS-05-many", "HS-15-many"):
        assert found(id, made, "none").verdict == "replicated"
        assert found(id, made, "final").verdict == "not_replicated"
    assert found("HS-Q2", made, "none").verdict == "not_replicated"
    both = found("HS-Q2", {**made, many.REPEATS: repeats}, "none")
    assert (both.verdict, failing(both)) == ("partially", [1])


def test_a_layer_out_of_step_is_enough_to_fail() -> None:
    agreement = TRUE[many.AGREEMENT]
    for layer, failed in ((1, {"HS-15-many", "HS-16-many"}), (3, {"HS-14-many", "HS-16-many"})):
        lead = agreement.lead.copy()
        lead[:, :, layer] *= -1
        answers = {many.AGREEMENT: replace(agreement, lead=lead)}
        ids = ("HS-14-many", "HS-15-many", "HS-16-many")
        seen = {id for id in ids if not found(id, answers).holds}
        assert seen == failed | ({"HS-15-many"} if layer == 3 else set())


def test_work_of_both_kinds_is_judged_apart() -> None:
    occupations = TRUE[many.OCCUPATIONS]
    men = np.ones_like(occupations.lead)
    men[:, occupations.of(stereotype="women")] = -1  # the man's word throughout
    answers = {many.OCCUPATIONS: replace(occupations, lead=men)}
    assert found("HS-17-many", answers).verdict == "replicated"
    finding = found("HS-18-many", answers)
    assert (finding.verdict, failing(finding)) == ("partially", [0])


def test_too_few_items_are_not_testable() -> None:
    agreement = TRUE[many.AGREEMENT]
    kept = np.array([item.cluster == "key" for item in agreement.items])
    one = WatchedSet(
        agreement.lead[:, kept],
        tuple(item for item in agreement.items if item.cluster == "key"),
        (),
        SOURCE,
    )
    finding = found("HS-16-many", {many.AGREEMENT: one})
    assert finding.verdict == "not_testable"
    assert "of 1 cluster(s) are left" in finding.measured


PLANTED = '''
from replication.articles.sources import HIDDEN_STATES
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import mostly
from replication.questions.lens import RanksOf


claim = ClaimsOf(HIDDEN_STATES)
EU = RanksOf.of_figure("ranks_eu_gpt2")

def early(case, better):
    """Tokens as items in pairs: does the last layer rank them better than the first?"""
    ranks = case.answer(EU).ranks
    holds = better(ranks[-1], ranks[0])
    return mostly("share of tokens", holds, [str(place // 2) for place in range(len(holds))])

@claim("T-01", EU)
def a_true_finding(case):
    """The last layer ranks most tokens better than the first."""
    yield early(case, lambda last, first: last < first)

@claim("T-02", EU)
def the_same_with_its_labels_swapped(case):
    """The last layer ranks most tokens worse than the first."""
    yield early(case, lambda last, first: last > first)
'''


def test_a_run_of_the_claims_tells_them_apart(tmp_path: Path) -> None:
    run = run_claims(tmp_path, "-k", "published", planted=PLANTED)
    assert run.returncode == 1
    assert "PASSED claims/test_planted.py::T-01[published-none]" in run.stdout
    assert "FAILED claims/test_planted.py::T-02[published-none]" in run.stdout
    assert "measured: share of tokens: 0 [0, 0] ≯ 0.5" in run.stdout
    true, false = written(tmp_path, "claims-partial.json").findings
    assert (true.verdict, false.verdict) == ("replicated", "not_replicated")
    assert true.parts[0].spread is not None
    assert true.parts[0].spread.low > 0.5


def test_a_network_of_one_answer_does_not_agree() -> None:
    """Untrained networks put one verb first whatever the subject is."""
    agreement = TRUE[many.AGREEMENT]
    plural = [1 if item.conditions["subject"] == "plural" else -1 for item in agreement.items]
    lead = np.abs(agreement.lead) * np.array(plural)[:, None]
    finding = found("HS-14-many", {many.AGREEMENT: replace(agreement, lead=lead)})
    assert [part.holds for part in finding.parts] == [True, False]
