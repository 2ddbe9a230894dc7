"""What was found on fresh sets, beside the same on the sets of the readings."""

from datetime import date
from pathlib import Path

import pytest
from made_findings import READINGS, finding, fresh_run, made_findings

from replication.judging.findings import Findings
from replication.judging.fresh import Fresh, as_markdown, beside, fresh_of, shares
from replication.judging.readings import Freeze, Readings
from replication.judging.verdicts import agree


def compared(folder: Path, run: Findings) -> Fresh:
    path = beside(folder / "runs")
    path.write_text(run.model_dump_json())
    fresh = fresh_of(made_findings(), path)
    assert fresh
    return fresh


def test_each_finding_stands_beside_that_on_its_own_set(tmp_path: Path) -> None:
    fresh = compared(tmp_path, fresh_run())
    found = [(pair.on_set and pair.on_set.verdict, pair.fresh.verdict) for pair in fresh.pairs]
    assert found == [("not_replicated", "not_replicated"), ("generalises", "not_replicated")]
    assert [pair.same for pair in fresh.pairs] == [True, False]
    assert fresh.told == (
        "The fresh sets were written after the readings were frozen, from words that no other set "
        "has, and judged once, on 4 March 2026, by the readings and rules that were frozen on "
        "1 March 2026 (sha256 aaaaaaaaaaaa). Nulls were not asked on them. Of 2 verdicts 1 are "
        "the same on both."
    )


def test_readings_that_changed_are_told(tmp_path: Path) -> None:
    other = READINGS.model_copy(update={"digest": "b" * 64})
    told = compared(tmp_path, fresh_run().model_copy(update={"readings": other})).told
    assert told.startswith("The fresh sets were judged, on 4 March 2026, by readings and rules ot")
    assert "other than those frozen on 1 March 2026 (sha256 bbbbbbbbbbbb); the sets beside" in told
    unknown = compared(tmp_path, fresh_run().model_copy(update={"readings": None})).told
    assert unknown.startswith("The fresh sets were judged, on 4 March 2026; the sets beside them")


def test_fresh_sets_stay_judged_by_what_was_frozen_where_no_verdict_changed(tmp_path: Path) -> None:
    later = Freeze(
        digest="b" * 64, date=date(2026, 3, 9), changed="More is shown.", verdicts="same"
    )
    beside(tmp_path / "runs").write_text(fresh_run().model_dump_json())
    for verdicts, told in (
        ("same", "frozen on 1 March 2026, since then changed in what alters no verdict (9 March"),
        (None, "other than those frozen on 9 March 2026 (sha256 aaaaaaaaaaaa); the sets beside"),
    ):
        first = later.model_copy(update={"digest": "a" * 64, "date": date(2026, 3, 1)})
        freezes = (first, later.model_copy(update={"verdicts": verdicts}))
        now = made_findings().model_copy(update={"readings": Readings.of("b" * 64, freezes)})
        fresh = fresh_of(now, beside(tmp_path / "runs"))
        assert fresh is not None
        assert fresh.same_readings is (verdicts == "same")
        assert told in fresh.told


def test_the_table_has_verdicts_and_shares(tmp_path: Path) -> None:
    table = as_markdown(compared(tmp_path, fresh_run()))
    (row,) = (line for line in table.splitlines() if "final" in line)
    # 36 of 40 in the set, 8 of 40 in the fresh one
    assert row.startswith("| HS-06-many | SmolLM2, final | ✓ | ✗ | 90 % [")
    assert "] | 20 % [" in row
    assert agree(table, table.replace("| 90 % [", "| 91 % ["))
    assert not agree(table, table.replace("| 90 % [", "| 99 % ["))
    assert not agree(table, table.replace("✗ | 90 %", "✓ | 90 %"))


def test_only_the_core_is_told_and_in_its_own_unit() -> None:
    assert shares(finding("HS-06", 2)) == "0 ranks"  # and not the 2 that is further


def test_a_claim_that_has_no_counterpart(tmp_path: Path) -> None:
    run = fresh_run()
    moved = tuple(one.model_copy(update={"norm": "tuned"}) for one in run.findings[:1])
    fresh = compared(tmp_path, run.model_copy(update={"findings": moved}))
    assert [(pair.on_set, pair.same) for pair in fresh.pairs] == [(None, False)]
    assert "| HS-06-many | SmolLM2, tuned |  | ✗ |  | 20 %" in as_markdown(fresh)


def test_no_file_is_no_error_and_other_findings_are(tmp_path: Path) -> None:
    assert fresh_of(made_findings(), tmp_path / "fresh.json") is None
    with pytest.raises(ValueError, match="on sets and texts of the claims, expected fresh sets"):
        compared(tmp_path, made_findings())
    with pytest.raises(ValueError, match="was judged on The dogs, expected fresh sets"):
        compared(tmp_path, fresh_run().model_copy(update={"text": "The dogs"}))
