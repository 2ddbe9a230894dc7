"""What became of verdicts, by two runs made by hand."""

import json
from pathlib import Path

import pytest

from replication.judging import changes
from replication.judging.changes import Change

BEFORE = {
    ("HS-01", "published"): {"none": "replicated"},
    ("HS-01", "smollm2"): {"none": "partially", "final": "partially"},
    ("HS-02", "smollm2"): {"either": "replicated"},
    ("HS-03", "smollm2"): {"none": "replicated", "final": "not_replicated"},
    ("HS-04", "smollm2"): {"either": "partially"},
}
AFTER = {
    ("HS-01", "published"): {"none": "consistent"},
    ("HS-01", "smollm2"): {"none": "not_replicated", "final": "not_replicated"},
    ("HS-02", "smollm2"): {"either": "uninformative"},
    ("HS-03", "smollm2"): {"none": "generalises", "final": "generalises", "tuned": "partially"},
    ("HS-03", "gemma3"): {"none": "not_replicated"},
    ("HS-05", "smollm2"): {"none": "generalises"},
}


def test_a_change_is_one_of_meaning_and_norms_that_change_alike_are_one() -> None:
    assert list(changes.changes(BEFORE, AFTER)) == [
        Change("HS-01", "smollm2", ("none", "final"), "partially", "not_replicated"),
        Change("HS-02", "smollm2", ("either",), "replicated", "uninformative"),
        Change("HS-03", "smollm2", ("final",), "not_replicated", "generalises"),
        Change("HS-04", "smollm2", ("either",), "partially", "not asked"),
        Change("HS-05", "smollm2", ("none",), "not asked", "generalises"),
    ]


def test_a_claim_on_which_the_norm_came_to_bear_is_compared_under_each() -> None:
    before = {("HS-12", "smollm2"): {"either": "replicated"}}
    after = {("HS-12", "smollm2"): {"none": "not_replicated", "final": "generalises"}}
    (change,) = changes.changes(before, after)
    assert (change.norms, change.before, change.after) == (
        ("none",), "replicated", "not_replicated",
    )  # fmt: skip
    assert change.judged_on == "SmolLM2, none"


def test_the_table_keeps_the_reasons_that_were_written() -> None:
    first = changes.as_markdown(BEFORE, AFTER)
    row = "| HS-02 | SmolLM2 | replicated | uninformative |"
    assert f"{row}  |" in first
    assert first.startswith("2 verdicts are as they were")
    written = first.replace(f"{row}  |", f"{row} shown by 10 of 10 \\| nulls |")
    assert changes.as_markdown(BEFORE, AFTER, written) == written
    assert "nulls" not in changes.as_markdown({}, {("HS-02", "gemma3"): {"none": "x"}}, written)


def test_runs_of_any_format_are_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    finding = {"claim": "HS-01", "subject": "smollm2", "norm": "none", "verdict": "partially"}
    path.write_text(json.dumps({"format": 2, "findings": [finding]}))
    assert changes.read(path) == {("HS-01", "smollm2"): {"none": "partially"}}
    path.write_text("[]")
    with pytest.raises(ValueError, match="expected what `pytest claims/` writes"):
        changes.read(path)
