"""The rules of verdicts, by parts made by hand."""

from typing import get_args

import pytest

from replication.judging.comparisons import at_most
from replication.judging.parts import Part, beside, further
from replication.judging.rules import MEANING, WHOLE, Verdict, verdict_of
from replication.results.provenance import SubjectKind

HOLDS, FAILS = at_most("", 0, 1, ""), at_most("", 2, 1, "")
ALSO, NOT_ALSO = further(HOLDS), further(FAILS)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ((HOLDS,), "generalises"),
        ((HOLDS, ALSO), "generalises"),
        ((HOLDS, NOT_ALSO), "partially"),
        ((HOLDS, beside(FAILS)), "generalises"),
        ((HOLDS, FAILS), "not_replicated"),
        ((), "not_testable"),
    ],
)
def test_the_core_decides(parts: tuple[Part, ...], verdict: Verdict) -> None:
    assert verdict_of(parts, "registry") == verdict


def test_five_easy_parts_do_not_save_a_core_that_fails() -> None:
    assert verdict_of((FAILS, *[ALSO] * 5), "registry") == "not_replicated"


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("published", "consistent"), ("paper", "replicated"), ("registry", "generalises")],
)
def test_what_holds_is_named_by_what_it_holds_on(kind: SubjectKind, verdict: Verdict) -> None:
    assert verdict_of((HOLDS, ALSO), kind) == verdict


def test_what_nulls_show_too_is_uninformative_unless_it_fails() -> None:
    assert verdict_of((HOLDS,), "registry", shown_by_nulls=True) == "uninformative"
    assert verdict_of((HOLDS, NOT_ALSO), "registry", shown_by_nulls=True) == "uninformative"
    assert verdict_of((FAILS,), "registry", shown_by_nulls=True) == "not_replicated"


def test_what_follows_by_definition_shows_nothing_unless_it_fails() -> None:
    assert verdict_of((HOLDS,), "published", definitional=True) == "by_definition"
    assert (
        verdict_of((HOLDS,), "registry", definitional=True, shown_by_nulls=True) == "by_definition"
    )
    assert verdict_of((FAILS,), "registry", definitional=True) == "not_replicated"


def test_a_claim_without_a_core_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 parts and none of them is the core"):
        verdict_of((ALSO, beside(HOLDS)), "registry")


def test_every_verdict_has_a_meaning() -> None:
    assert set(MEANING) == set(get_args(Verdict)) > {*WHOLE.values()}
