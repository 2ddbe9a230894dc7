"""Findings of other runs beside a run's own."""

from pathlib import Path

import pytest
from made_findings import finding_over_many, made_findings, other_run, own_findings

from replication.judging.committed import joined, of_model, runs


def test_what_another_run_found_is_taken_in_with_its_date_and_readings() -> None:
    both = made_findings()
    assert [one.key for one in both.findings[len(own_findings().findings) :]] == [
        ("HS-06-many", "gemma3", "final")  # and not the claim that is no more
    ]
    (other,) = both.others
    assert other.subjects == ("gemma3",)
    assert other.environment == other_run().environment
    assert other.readings == other_run().readings
    assert type(both).model_validate_json(both.model_dump_json()) == both


def test_a_model_that_was_judged_here_is_not_taken_in() -> None:
    again = made_findings()
    assert joined(again, [other_run()]) == again
    here = own_findings()
    judged = here.model_copy(
        update={
            "findings": (*here.findings, finding_over_many("HS-06-many", 0.9, "none", "gemma3"))
        }
    )
    assert joined(judged, [other_run()]) == judged


def test_a_models_findings_are_kept_by_themselves() -> None:
    both = made_findings()
    kept = of_model(both, "gemma3")
    assert [one.claim for one in kept.findings] == ["HS-06-many"]
    assert [claim.id for claim in kept.claims] == ["HS-06-many"]
    assert kept.controls == ()
    assert not kept.complete
    assert {one.model for one in of_model(both, "smollm2").controls} == {"smollm2"}
    with pytest.raises(ValueError, match="nothing was judged on gpt2: run `pytest claims/ --sub"):
        of_model(both, "gpt2")


def test_runs_are_those_of_a_folder_and_none_without_one(tmp_path: Path) -> None:
    assert not list(runs(tmp_path / "none"))
    for name in ("b", "a"):
        run = other_run().model_copy(update={"text": name})
        (tmp_path / f"{name}.json").write_text(run.model_dump_json())
    assert [run.text for run in runs(tmp_path)] == ["a", "b"]
