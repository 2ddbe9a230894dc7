"""By what the runs of a report were judged, in words."""

from datetime import date

import pytest
from made_findings import other_run, own_findings

from replication.judging.committed import joined
from replication.judging.readings import Freeze, Readings
from replication.pages.report.runs import runs_of

FIRST = Freeze(digest="a" * 64, date=date(2026, 3, 1), changed="The first.")
LATER = Freeze(digest="b" * 64, date=date(2026, 3, 2), changed="More is shown.", verdicts="same")
CHANGING = LATER.model_copy(update={"verdicts": None})
SINCE = (
    "the readings and rules that were frozen on 1 March 2026, since then changed in what alters no "
    "verdict (2 March 2026: More is shown)"
)


@pytest.mark.parametrize(
    ("freezes", "theirs", "by"),
    [
        ((FIRST, LATER), "b", "the same readings and rules as the rest"),
        ((FIRST, LATER), "a", SINCE),
        ((FIRST, LATER), "c", "other readings and rules than the rest"),
        ((FIRST, CHANGING), "a", "other readings and rules than the rest"),
    ],
)
def test_another_run_is_told_beside_the_reports_own(
    freezes: tuple[Freeze, ...], theirs: str, by: str
) -> None:
    own = own_findings().model_copy(update={"readings": Readings.of("b" * 64, freezes)})
    elsewhere = Readings.of(theirs * 64, freezes[:1])
    other = other_run().model_copy(update={"readings": elsewhere})
    first, second = runs_of(joined(own, [other]))
    assert first.by == (SINCE if freezes[1] is LATER else first.readings and first.readings.told)
    assert second.by == by


def test_runs_that_kept_no_readings() -> None:
    own = own_findings().model_copy(update={"readings": None})
    first, second = runs_of(joined(own, [other_run()]))
    assert first.by == "readings and rules that were not kept"
    assert second.by == "other readings and rules than the rest"
