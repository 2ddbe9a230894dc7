"""By which readings findings were judged, with planted histories of freezes."""

from datetime import date

from replication.judging.readings import Freeze, Readings

FIRST, SECOND, THIRD = (
    Freeze(digest=name * 64, date=date(2026, 3, day), changed=f"Change {day}.", verdicts="same")
    for day, name in enumerate("abc", 1)
)
CHANGING = SECOND.model_copy(update={"verdicts": None})


def test_no_freeze() -> None:
    none = Readings.of("a", ())
    assert (none.frozen, none.frozen_on, none.later, none.as_frozen) == (None, None, (), False)
    assert none.told == "readings and rules that were not frozen"


def test_one_freeze() -> None:
    by, other = Readings.of(FIRST.digest, (FIRST,)), Readings.of("x" * 64, (FIRST,))
    assert by.told == "the readings and rules that were frozen on 1 March 2026"
    assert other.told == "readings and rules other than those frozen on 1 March 2026"
    assert (by.same_as(by), by.same_as(other), by.same_as(None)) == (True, False, False)


def test_freezes_that_alter_no_verdict_are_told() -> None:
    now = Readings.of(THIRD.digest, (FIRST, SECOND, THIRD))
    assert now.told == (
        "the readings and rules that were frozen on 1 March 2026, since then changed in what "
        "alters no verdict (2 March 2026: Change 2; 3 March 2026: Change 3)"
    )
    then = Readings.of(FIRST.digest, (FIRST,))
    assert then.seen_by(now).told == now.told
    assert now.same_as(then)
    assert then.seen_by(None) == then


def test_a_freeze_that_may_alter_verdicts_begins_anew() -> None:
    now = Readings.of(THIRD.digest, (FIRST, CHANGING, THIRD))
    assert (now.frozen, now.later) == (SECOND.digest, (THIRD,))
    then, between = (
        Readings.of(one.digest, (FIRST, CHANGING)[: n + 1]) for n, one in enumerate((FIRST, SECOND))
    )
    assert (now.same_as(then), now.same_as(between)) == (False, True)
    assert then.as_frozen  # as it knew, and not as is known now
    assert then.seen_by(now).told == "readings and rules other than those frozen on 2 March 2026"


def test_two_runs_by_what_was_never_frozen_are_the_same_if_alike() -> None:
    one, other = (Readings.of(name * 64, (FIRST,)) for name in "xy")
    assert one.same_as(one)
    assert not one.same_as(other)
    assert not one.same_as(Readings.of(FIRST.digest, (FIRST,)))
