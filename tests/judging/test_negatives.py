"""Known negatives: their numbers are generated, and what is written by hand stays."""

from pathlib import Path

import pytest
from claim_runs import ROOT
from made_findings import finding, finding_over_many, made_findings, not_testable, record
from typer.testing import CliRunner

from replication.base.norms import READINGS
from replication.cli.main import app
from replication.judging.findings import Finding, Findings
from replication.judging.negatives import Negative, negative, read, updated
from replication.judging.suite import claims_in, jobs_of
from replication.models.registry import MODELS

FILE = ROOT / "claims" / "known_negatives.toml"
LISTED = """# What this file is.

[[negative]]
claim = "HS-11"
subject = "published"
norm = "none"
measured = [0, 5]
holds = [true, false]
reason = "A slip."  # by hand

# Of the second norm.
[[negative]]
claim = "HS-06"
subject = "smollm2"
norm = "final"
measured = [0, 2]
holds = [true, false]
reason = "It \\"wavers\\"."
"""


def found(*findings: Finding) -> Findings:
    judged = {one.claim for one in findings}
    made = {"claims": tuple(record(id) for id in sorted(judged)), "findings": findings}
    return made_findings().model_copy(update={**made, "controls": ()})


JUDGED = (
    finding("HS-11", 5),
    finding("HS-06", 1),
    finding("HS-06", 2, "smollm2", "final"),
    not_testable("EX-09", "not here"),
)
AS_LISTED = found(*JUDGED)


def test_a_run_with_the_same_numbers_changes_nothing() -> None:
    assert updated(LISTED, AS_LISTED) == (LISTED, [])


def test_new_numbers_are_put_in_and_the_rest_stays() -> None:
    text, changes = updated(
        LISTED, found(finding("HS-11", 7), finding("HS-06", 2, "smollm2", "final"))
    )
    assert text == LISTED.replace("[0, 5]", "[0, 7]")
    assert changes == ["changed: HS-11 published none"]


def test_new_entries_come_last_and_without_a_reason() -> None:
    new = finding("HS-12", 3, "smollm2", "either")
    text, changes = updated(LISTED, found(*JUDGED, new))
    assert text == LISTED + (
        '\n[[negative]]\nclaim = "HS-12"\nsubject = "smollm2"\nnorm = "either"\n'
        'measured = [0, 3]\nholds = [true, false]\nreason = ""\n'
    )
    assert changes == ["new, without a reason: HS-12 smollm2 either"]


def test_entries_that_are_needed_no_more_are_dropped_on_demand_only() -> None:
    holds = found(finding("HS-11", 1), finding("HS-06", 2, "smollm2", "final"))
    assert updated(LISTED, holds) == (LISTED, ["needed no more: HS-11 published none"])
    text, changes = updated(LISTED, holds, drop=True)
    assert "HS-11" not in text
    assert text.count("[[negative]]") == 1
    assert changes == ["dropped: HS-11 published none"]


def test_subjects_that_were_not_judged_keep_their_entries() -> None:
    only_published = found(finding("HS-11", 5))
    assert updated(LISTED, only_published, drop=True) == (LISTED, [])


def test_an_empty_file_gets_all_entries(tmp_path: Path) -> None:
    text, changes = updated("# None yet.\n", AS_LISTED)
    assert len(changes) == 2
    path = tmp_path / "negatives.toml"
    path.write_text(text)
    assert set(read(path)) == {entry.key for entry in map(negative, JUDGED) if entry}
    assert updated(text, AS_LISTED) == (text, [])


def test_what_is_no_negative() -> None:
    assert negative(finding("HS-06", 1)) is None
    assert negative(not_testable("EX-09", "not here")) is None


def test_what_stands_beside_a_verdict_has_no_number() -> None:
    found = finding_over_many("HS-06-many", 0.2)
    assert [part.weight for part in found.parts] == ["further", "core", "beside"]
    entry = negative(found)
    assert entry is not None
    assert (entry.measured, entry.holds) == ((1, 0.2), (True, False))


def numbers(*measured: float, holds: tuple[bool, ...] = (False,)) -> Negative:
    return Negative(claim="", subject="", norm="none", measured=measured, holds=holds, reason="")


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (numbers(100), numbers(105), True),
        (numbers(100), numbers(106), False),
        (numbers(0), numbers(0.005), True),
        (numbers(0), numbers(0.006), False),
        (numbers(1, 2), numbers(1, 3), False),
        (numbers(1), numbers(1, 2), False),
        (numbers(1), numbers(1, holds=(True,)), False),
    ],
)
def test_hand_worked_leeway(one: Negative, other: Negative, fits: bool) -> None:
    assert one.fits(other) is fits
    assert other.fits(one) is fits


def test_every_committed_entry_is_of_the_suite_and_has_its_reason() -> None:
    judged = {
        job.key for claim in claims_in(ROOT / "claims") for job in jobs_of(claim, MODELS, READINGS)
    }
    for key, entry in read(FILE).items():
        assert key in judged
        assert entry.reason.endswith(".")
        assert len(entry.measured) == len(entry.holds)
        assert not all(entry.holds)


def test_the_command_writes_what_it_tells(tmp_path: Path) -> None:
    claims, file = tmp_path / "claims.json", tmp_path / "negatives.toml"
    file.write_text(LISTED)
    claims.write_text(found(finding("HS-11", 7)).model_dump_json())
    command = ["negatives", "--claims", str(claims), "--file", str(file)]
    told = CliRunner().invoke(app, command)
    assert "changed: HS-11 published none" in told.stdout
    assert str(told.exception) == f"{file} is not as measured in {claims}: use --write"
    assert file.read_text() == LISTED
    assert CliRunner().invoke(app, [*command, "--write"]).exit_code == 0
    assert file.read_text() == LISTED.replace("[0, 5]", "[0, 7]")
    claims.write_text(AS_LISTED.model_copy(update={"complete": False}).model_dump_json())
    refused = CliRunner().invoke(app, [*command, "--write"])
    assert "of a part of the claims" in str(refused.exception)
