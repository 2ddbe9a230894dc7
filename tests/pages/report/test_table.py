"""The results as CSV, read back."""

import csv
import io

import pytest
from made_findings import CROSSES, HOSTILE, made_findings

from replication.pages.report.table import COLUMNS, as_csv

FINDINGS = made_findings()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(FINDINGS))))


def test_there_is_a_row_for_each_part(rows: list[dict[str, str]]) -> None:
    assert tuple(rows[0]) == COLUMNS
    named = [(row["claim"], row["subject"], row["norm"], row["part"]) for row in rows]
    assert named == [
        (f.claim, f.subject, f.norm, statement)
        for f in FINDINGS.findings
        for statement in ([part.statement for part in f.parts] or [""])
    ]
    assert ("HS-04", "published", "none", HOSTILE) in named


def test_every_value_of_a_part_is_in_its_row(rows: list[dict[str, str]]) -> None:
    part = FINDINGS.findings[1].parts[1]
    row = rows[3]
    assert (row["measured"], row["relation"], row["bound"]) == ("5.0", "<=", "1.0")
    assert (row["holds"], row["margin"], row["unit"]) == ("False", str(part.margin), "ranks")
    assert row["known_negative"] == f"because {HOSTILE}"
    assert row["low"] == row["p_value"] == row["p_corrected"] == row["not_testable"] == ""


def test_what_a_share_rests_on_is_in_its_row(rows: list[dict[str, str]]) -> None:
    of_many = [row for row in rows if row["claim"] == "HS-06-many" and row["norm"] == "final"]
    spread = FINDINGS.findings[6].parts[1].spread
    assert spread
    plain, shared, literal = (row for row in of_many if row["subject"] == "smollm2")
    assert [row["weight"] for row in (plain, shared, literal)] == ["further", "core", "beside"]
    assert plain["items"] == plain["p_corrected"] == ""
    assert (shared["items"], shared["clusters"], shared["level"]) == ("40", "10", "many texts")
    assert shared["low"] == str(spread.low)
    assert shared["p_value"] == str(spread.p_value)
    assert shared["p_corrected"] == str(spread.p_corrected)
    assert (shared["effect_unit"], shared["effect"]) == ("logits", str(spread.effect))


def test_how_firm_a_finding_is_is_in_its_rows(rows: list[dict[str, str]]) -> None:
    names = ("gap", "gap_unit", "texts_to_turn", "same_under_noise")
    firm = {tuple(row[name] for name in names) for row in rows if row["gap"]}
    assert firm == {("1.0", "ranks", "", "1.0"), ("0.25", "share", "7", "0.9")}
    spread = FINDINGS.findings[6].parts[1].spread
    assert spread
    (shared,) = (
        row for row in rows if row["same_under_noise"] == "0.9" and row["weight"] == "core"
    )
    assert (shared["method"], shared["crossed"]) == ("bootstrap", "1")
    assert (shared["flips"], shared["detectable"]) == (str(spread.flips), str(spread.detectable))


def test_chance_and_what_cannot_be_shown(rows: list[dict[str, str]]) -> None:
    nulls = {(row["nulls"], row["not_beaten"]) for row in rows}
    told = "untrained 10/10; permuted 1/2; nearest-noun: 0 of 1 testable"
    assert nulls == {("", ""), (told, "untrained; permuted")}
    (last,) = (row for row in rows if row["not_testable"])
    assert (last["claim"], last["verdict"], last["part"]) == ("EX-09", "not_testable", "")
    assert last["not_testable"] == f"not here: {HOSTILE}"


def test_a_crossing_depth_is_in_the_row_of_its_part(rows: list[dict[str, str]]) -> None:
    with_depth = [row for row in rows if row["crossing"]]
    assert {row["claim"] for row in with_depth} == {"HS-06-many"}
    part = FINDINGS.findings[6].parts[1]
    row = next(row for row in with_depth if row["norm"] == "final")
    assert part.crossing
    assert (row["crossing"], row["crossing_depth"]) == (CROSSES, str(part.crossing.estimate))
    assert (row["crossing_low"], row["crossing_high"]) == (
        str(part.crossing.low), str(part.crossing.high),
    )  # fmt: skip
    assert row["crossing_never"] == str(part.crossing.never)
    assert row["low"] == str(part.spread and part.spread.low)  # of the share, not of the depth
