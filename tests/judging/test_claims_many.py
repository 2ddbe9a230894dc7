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
from replication.questions.template_sets import items
from replication.results.provenance import Provenance
from replication.results.sets import ArrivalSet, ExpectedSet, Item, WatchedSet

SOURCE = Provenance("planted", "registry", "planted", "by hand", "0", None, "none", "")
CLAIMS = {found.id: found for found in vars(many).values() if isinstance(found, Claim)}
LAYERS = 6  # as many as the article's model has: both readings say the same
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


def noisy(found: WatchedSet) -> WatchedSet:
    """With leads that are further apart the more women do the work."""
    lead = found.lead * (1 + abs(found.shares_of_women - 50))[:, None]
    return replace(found, lead=lead)


def watched(
    name: str, late: Callable[[Item], bool], layers: int = LAYERS, last: int = 1
) -> WatchedSet:
    """Expected words that lead in every layer, or for some items after the last ones only."""
    lead = np.ones((2, len(items(name)), layers))
    for row, item in enumerate(items(name)):
        if late(item):
            lead[:, row, :-last] = -1
    return WatchedSet(lead, items(name), (), SOURCE)


def plural(item: Item) -> bool:
    return item.conditions["subject"] == "plural"


def cautious() -> ExpectedSet:
    """The repeated token is best before and after the last sixth, and loses there."""
    repeats = tuple(item for item in items("counting") if item.conditions["kind"] == "repeat")
    ranks = np.ones((2, len(repeats), 2), int)
    shares = np.tile([0.9, 0.6], (2, len(repeats), 1))
    return ExpectedSet(ranks, shares, np.ones(ranks.shape[:2]), repeats, SOURCE)


def listed() -> ArrivalSet:
    """Syntax is near the top from a quarter of the depth on, content from three quarters on."""
    shape = (2, len(items("lists")))
    return ArrivalSet(np.full(shape, 0.25), np.full(shape, 0.75), items("lists"), SOURCE)


TRUE: Answers = {
    many.AGREEMENT: watched("agreement", plural),
    many.OCCUPATIONS: noisy(
        watched("occupations", lambda item: item.conditions["stereotype"] == "women")
    ),
    many.BLIMP: watched("blimp", lambda item: True),
    many.WINOGENDER: noisy(watched("winogender", lambda item: True)),
    many.LISTS: listed(),
    many.REPEATS: cautious(),
}


def swapped(answers: Answers) -> Answers:
    """Each answer with its labels the wrong way round."""
    lists, repeats = answers[many.LISTS], answers[many.REPEATS]
    watching = (many.AGREEMENT, many.OCCUPATIONS, many.BLIMP, many.WINOGENDER)
    turned = {each: replace(answers[each], lead=-answers[each].lead) for each in watching}
    return turned | {
        many.LISTS: replace(lists, syntax=lists.content, content=lists.syntax),
        many.REPEATS: replace(
            repeats,
            probabilities=repeats.probabilities[:, :, ::-1],
            best_from=repeats.best_from + 1 / 6,
        ),
    }


def found(id: str, answers: Answers, norm: Norm = "none") -> Finding:
    return judge(CLAIMS[id], Case(Planted(answers), norm))


def failing(finding: Finding) -> list[int]:
    return [place for place, part in enumerate(finding.parts) if not part.holds]


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("id", CLAIMS)
def test_a_planted_true_finding_generalises_and_a_false_one_does_not(id: str, norm: Norm) -> None:
    right, wrong = found(id, TRUE, norm), found(id, swapped(TRUE), norm)
    assert (right.verdict, wrong.verdict) == ("generalises", "not_replicated")
    assert failing(right) == []  # the literal reading too: there are as many layers
    assert failing(wrong) == list(range(len(right.parts)))  # every part can fail
    assert all(part.margin <= 0 for part in wrong.parts)
    assert right.norm == (norm if CLAIMS[id].norm_matters else "either")
    assert CLAIMS[id].says.endswith((".", "?"))


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_asks_for_what_it_says_beforehand(id: str) -> None:
    """Nulls measure beforehand what is listed: a check may ask for no more."""
    subject = Planted(TRUE)
    judge(CLAIMS[id], Case(subject, "none"))
    assert subject.asked == set(CLAIMS[id].questions)


@pytest.mark.parametrize("id", CLAIMS)
def test_shares_come_with_all_they_rest_on(id: str) -> None:
    for part in found(id, TRUE).parts:
        spread = part.spread
        if "share" in id or (part.crossing and not spread):  # a correlation, or a depth alone
            assert part.spread is None
            continue
        assert spread is not None
        assert part.measured == spread.high == 1
        assert spread.clusters_holding == spread.clusters > 8
        assert spread.items >= 22
        assert spread.p_value == pytest.approx(0.5**spread.clusters)
        if spread.profile is not None:
            assert len(spread.profile.estimate) == LAYERS


def test_a_network_that_flips_at_85_in_100_is_late_by_depth_and_not_literally() -> None:
    """Of a hundred layers the last sixteen have the verb right: beyond 5/6, not the last alone."""
    late = {many.AGREEMENT: watched("agreement", plural, layers=100, last=16)}
    finding = found("HS-15-many", late)
    by_depth, literal = finding.parts
    assert (finding.verdict, by_depth.holds, literal.holds) == ("generalises", True, False)
    assert literal.weight == "beside"
    assert by_depth.crossing is not None
    assert (by_depth.crossing.estimate, by_depth.crossing.article) == (0.85, 1)
    earlier = {many.AGREEMENT: watched("agreement", plural, layers=100, last=18)}
    assert found("HS-15-many", earlier).verdict == "not_replicated"


@pytest.mark.parametrize(("wrong", "verdict"), [(4, "generalises"), (5, "not_replicated")])
def test_every_layer_of_thirty_leaves_out_less_than_a_sixth(wrong: int, verdict: str) -> None:
    agreement = watched("agreement", lambda item: False, layers=30)
    agreement.lead[:, :, :wrong] = -1
    finding = found("HS-16-many", {many.AGREEMENT: agreement})
    assert (finding.verdict, finding.parts[1].holds) == (verdict, False)


def test_a_bare_majority_of_nouns_is_not_enough() -> None:
    """Sixteen of thirty nouns, with all of their items: the interval has one half inside."""
    agreement = TRUE[many.AGREEMENT]
    nouns = sorted({item.cluster for item in agreement.items})
    signs = np.array([1 if item.cluster in nouns[:16] else -1 for item in agreement.items])
    some = replace(agreement, lead=agreement.lead * signs[:, None])
    finding = found("HS-14-many", {many.AGREEMENT: some})
    part = finding.parts[0]
    assert 0.5 < part.measured < 0.6
    assert part.spread is not None
    assert part.spread.clusters_holding == 16
    assert part.spread.low < 0.5 < part.spread.high
    assert finding.verdict == "not_replicated"


@pytest.mark.parametrize("layer", [0, -1])
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
    shares[1] = shares[1][:, ::-1]
    made = {
        many.AGREEMENT: replace(agreement, lead=lead),
        many.REPEATS: replace(repeats, probabilities=shares),
    }
    for id in ("HS-05-many", "HS-15-many"):
        assert found(id, made, "none").verdict == "generalises"
        assert found(id, made, "final").verdict == "not_replicated"


def test_a_layer_out_of_step_is_enough_to_fail() -> None:
    agreement = TRUE[many.AGREEMENT]
    for layer, failed in ((1, {"HS-15-many", "HS-16-many"}), (5, {"HS-14-many", "HS-16-many"})):
        lead = agreement.lead.copy()
        lead[:, :, layer] *= -1
        answers = {many.AGREEMENT: replace(agreement, lead=lead)}
        ids = ("HS-14-many", "HS-15-many", "HS-16-many")
        seen = {id for id in ids if not found(id, answers).holds}
        assert seen == failed | ({"HS-15-many"} if layer == 5 else set())


def test_the_work_that_the_text_speaks_of_is_the_core() -> None:
    """Of the nurse the text says something, of the doctor a figure alone does."""
    occupations = TRUE[many.OCCUPATIONS]
    man, woman = np.ones_like(occupations.lead), np.ones_like(occupations.lead)
    man[:, occupations.of(stereotype="women")] = -1  # the man's word throughout
    woman[:, occupations.of(stereotype="men")] = -1
    answers = {many.OCCUPATIONS: replace(occupations, lead=man)}
    assert found("HS-17-many", answers).verdict == "generalises"
    finding = found("HS-18-many", answers)
    # What fails beside it: the crossing, and in the last sixth or the last layer only.
    assert (finding.verdict, failing(finding)) == ("not_replicated", [0, 1, 2, 3])
    finding = found("HS-18-many", {many.OCCUPATIONS: replace(occupations, lead=woman)})
    assert (finding.verdict, failing(finding)) == ("partially", [2, 3, 4, 5])


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


def test_a_network_of_one_answer_does_not_agree() -> None:
    """Untrained networks put one verb first whatever the subject is."""
    agreement = TRUE[many.AGREEMENT]
    signs = [1 if plural(item) else -1 for item in agreement.items]
    lead = np.abs(agreement.lead) * np.array(signs)[:, None]
    finding = found("HS-14-many", {many.AGREEMENT: replace(agreement, lead=lead)})
    assert [part.holds for part in finding.parts] == [True, False]


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
    assert "measured: share of tokens: 0 [0, 0." in run.stdout
    true, false = written(tmp_path, "claims-partial.json").findings
    assert (true.verdict, false.verdict) == ("consistent", "not_replicated")
    assert true.parts[0].spread is not None
    assert true.parts[0].spread.low > 0.5
