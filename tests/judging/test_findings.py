"""How claims are judged: the proof that every verdict can come out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from replication.articles.sources import HIDDEN_STATES, LOGIT_LENS
from replication.base.environment import environment
from replication.base.norms import NORMS
from replication.judging.claims import Claim, ClaimsOf, records_of
from replication.judging.comparisons import at_most, less, more
from replication.judging.findings import (
    ChanceFinding,
    Finding,
    Findings,
    chance,
    completed,
    judge,
)
from replication.judging.parts import Part, further
from replication.judging.rates import NullRate
from replication.questions.attention import HeadsOver
from replication.questions.lens import RanksOf
from replication.questions.subjects import Case, Published
from replication.results.untestable import NotTestable

claim = ClaimsOf(HIDDEN_STATES)

CASE = Case(Published(), "none")
FIGURE = RanksOf.of_figure("ranks_ones")


HOLDS, FAILS = at_most("", 0, 1, ""), at_most("", 2, 1, "")


def judged(*parts: Part) -> Finding:
    @claim("X-01", FIGURE)
    def check(case: Case) -> Iterator[Part]:
        """A claim made for
        this test.
        """
        yield from parts

    return judge(check, CASE)


def test_a_finding_says_what_was_judged_and_how() -> None:
    finding = judged(less("a", 1, 100, "ranks"), less("b", 5, 6, "layers"))
    assert finding.claim == "X-01"
    assert (finding.subject, finding.model, finding.norm) == ("published", "distilgpt2", "none")
    assert (finding.verdict, finding.holds) == ("consistent", True)
    assert finding.measured == "a: 1 < 100; b: 5 < 6"
    assert (finding.margin, finding.margin_unit) == (1, "layers")  # the weakest part


def test_the_weakest_part_is_nearest_to_its_bound_for_the_bounds_size() -> None:
    """Of 1 in 2 and 3 in 10 the second is less; bounds under 1 count as 1, so that 0 can be one."""
    halfway, third = less("a", 1, 2, "halves"), less("b", 7, 10, "thirds")
    assert judged(halfway, third).margin_unit == "thirds"
    assert judged(more("a", 0.3, 0, "zero"), less("b", 0.0, 0.5, "half")).margin_unit == "zero"
    assert judged(more("a", 0.6, 0, "zero"), less("b", 0.0, 0.5, "half")).margin_unit == "half"
    assert judged(less("a", 0.5, 1, "one"), less("b", 0.6, 1.5, "more")).margin_unit == "one"
    assert judged(less("a", 0.3, 1, "one"), less("b", 0.6, 1.5, "more")).margin_unit == "more"


def test_the_margin_of_a_failing_finding_is_that_of_a_failing_part() -> None:
    finding = judged(at_most("a", 1, 1, "ranks"), further(at_most("b", 2, 1, "layers")))
    assert (finding.verdict, finding.holds) == ("partially", False)
    assert (finding.margin, finding.margin_unit) == (-1, "layers")


def test_a_claim_is_judged_under_every_norm_unless_it_does_not_matter() -> None:
    def check(case: Case) -> Iterator[Part]:
        yield HOLDS

    plain, either = claim("X-05", FIGURE)(check), claim("X-06", FIGURE, norm_matters=False)(check)
    assert plain.norms(NORMS) == NORMS
    assert either.norms(NORMS) == NORMS[:1]
    assert (plain.definitional, plain.published_only) == (False, False)


def test_a_check_without_parts_is_an_error() -> None:
    with pytest.raises(ValueError, match="a check that cannot fail is no check"):
        judged()


def test_not_testable_keeps_its_reason() -> None:
    @claim("X-02", FIGURE)
    def check(case: Case) -> Iterator[Part]:
        """It cannot be judged."""
        yield HOLDS
        raise NotTestable("the list ends")

    finding = judge(check, CASE)
    assert (finding.verdict, finding.holds, finding.measured) == (
        "not_testable", None, "the list ends",
    )  # fmt: skip
    assert (finding.margin, finding.parts) == (None, ())


def test_the_published_numbers_have_one_norm() -> None:
    @claim("X-03", FIGURE)
    def check(case: Case) -> Iterator[Part]:
        """Asks for ranks."""
        yield at_most("", case.answer(FIGURE).ranks.min(), 1, "ranks")

    assert judge(check, CASE).verdict == "consistent"
    finding = judge(check, Case(Published(), "final"))
    assert finding.verdict == "not_testable"
    assert "no numbers under norm='final'" in finding.measured


def nulls(*parts: Part | None) -> ChanceFinding:
    """A claim judged on nulls of which each shows one part; one that shows none is not testable."""
    outcomes = iter(parts)

    @claim("X-04", FIGURE)
    def check(case: Case) -> Iterator[Part]:
        """Holds now and then."""
        part = next(outcomes)
        if part is None:
            raise NotTestable("no list")
        yield part
        yield further(FAILS)

    return chance(check, "permuted", "smollm2", [CASE] * len(parts))


def test_a_rate_counts_cores_and_leaves_out_what_cannot_be_tested() -> None:
    found = nulls(HOLDS, FAILS, None, HOLDS, HOLDS)
    rate = found.rate
    assert (rate.holds, rate.not_testable, rate.testable, rate.draws) == (3, 1, 4, 5)
    assert (found.model, found.norm, found.not_testable) == ("smollm2", "none", "no list")
    assert (rate.beaten, str(rate)) == (False, "permuted 3/4")


@pytest.mark.parametrize(
    ("parts", "beaten", "verdict"),
    [
        ((FAILS, FAILS, FAILS), True, "consistent"),
        ((HOLDS, FAILS), False, "uninformative"),  # on half of them
        ((HOLDS, FAILS, FAILS, FAILS), True, "consistent"),  # on a quarter
        ((HOLDS, HOLDS, FAILS), False, "uninformative"),
        ((HOLDS, None, None), False, "uninformative"),
        ((None, None, None), None, "consistent"),  # not beaten, for nothing was tested
    ],
)
def test_what_more_than_a_quarter_of_a_kind_show_is_uninformative(
    parts: tuple[Part | None, ...], beaten: bool | None, verdict: str
) -> None:
    beaten_rate = NullRate(kind="untrained", holds=0, not_testable=0, draws=10)
    rate = nulls(*parts).rate
    assert rate.beaten is beaten
    finding = completed(judged(HOLDS), (beaten_rate, rate), False, None)
    assert finding.verdict == verdict
    assert finding.not_beaten == ((rate,) if beaten is False else ())
    assert completed(judged(FAILS), (rate,), False, None).verdict == "not_replicated"
    assert completed(judged(HOLDS), (rate,), True, None).verdict == "by_definition"


def test_no_testable_null_is_said_and_never_a_rate_of_0() -> None:
    rate = nulls(None, None).rate
    assert (str(rate), rate.beaten) == ("permuted: 0 of 2 testable", None)
    with pytest.raises(ValidationError, match="2 hold and 1 are not testable of 2"):
        NullRate(kind="permuted", holds=2, not_testable=1, draws=2)


def test_findings_keep_their_schema_through_json() -> None:
    finding = judged(HOLDS)
    again = Finding.model_validate_json(finding.model_dump_json())
    assert again == finding
    with pytest.raises(ValidationError, match="extra"):
        Finding.model_validate({**json.loads(finding.model_dump_json()), "more": 1})
    assert Findings.model_json_schema()["properties"]["format"]["default"] == 3
    assert "findings" in Findings.model_json_schema()["required"]


def made(id: str, of: ClaimsOf = claim, **more: Any) -> Claim:
    @of(id, FIGURE, FIGURE, HeadsOver(), **more)
    def check(case: Case) -> Iterator[Part]:
        """A claim made for
        this test.
        """
        yield HOLDS

    return check


def test_a_claim_is_written_down_with_what_it_says_and_is_of() -> None:
    (record,) = records_of([made("X-01", ClaimsOf(LOGIT_LENS, "many texts"), definitional=True)])
    assert (record.id, record.says) == ("X-01", "A claim made for this test.")
    assert (record.source, record.level) == (LOGIT_LENS, "many texts")
    assert record.figures == ("ranks_ones",)
    assert (record.definitional, record.topic) == (True, "logit lens")
    (slip,) = records_of([made("X-02", published_only=True)])
    assert slip.topic == "slips"


def test_relatives_are_mutual_among_the_claims_that_were_judged() -> None:
    one, many = made("B"), made("C", generalizes="B")
    other = made("A", relatives=("B", "not judged"))
    assert {record.id: record.relatives for record in records_of([many, other, one])} == {
        "A": ("B",),
        "B": ("A", "C"),
        "C": ("B",),
    }


def test_the_table_of_claims_is_that_of_the_findings() -> None:
    known: dict[str, Any] = {"environment": environment(), "complete": True, "controls": ()}
    with pytest.raises(ValidationError, match=r"claims \[\] and findings of \['X-01'\]"):
        Findings(claims=(), findings=(judged(HOLDS),), **known)
    findings = Findings(claims=records_of([made("X-01")]), findings=(judged(HOLDS),), **known)
    assert Findings.model_validate_json(findings.model_dump_json()) == findings
    assert findings.record("X-01").says == "A claim made for this test."
