"""Findings of other runs, beside those of this one."""

from pathlib import Path

import pytest
from made_findings import finding_over_many, made_findings, other_run, own_findings

from replication.judging.committed import joined, of_model, runs
from replication.judging.negatives import Negative


def test_a_models_findings_are_kept_with_their_claims() -> None:
    findings = made_findings()
    kept = of_model(findings, "smollm2")
    assert {finding.subject for finding in kept.findings} == {"smollm2"}
    assert kept.controls == findings.controls
    assert not kept.complete
    assert kept.environment == findings.environment
    with pytest.raises(ValueError, match="nothing was judged on gpt2"):
        of_model(findings, "gpt2")


def test_another_models_findings_join_and_the_same_models_do_not() -> None:
    findings = made_findings()
    kept = of_model(findings, "smollm2")
    other = kept.model_copy(
        update={
            "findings": tuple(
                one.model_copy(update={"subject": "another"}) for one in kept.findings
            ),
            "controls": (),
        }
    )
    assert joined(findings, [kept]) == findings
    both = joined(findings, [other])
    assert both.findings == findings.findings + other.findings
    assert joined(both, [other]) == both
    alone = findings.model_copy(update={"claims": findings.claims[:1]})
    assert {one.claim for one in joined(alone, [other]).findings[len(findings.findings) :]} == {
        findings.claims[0].id
    }


def test_runs_are_read_from_their_folder(tmp_path: Path) -> None:
    assert list(runs(tmp_path / "none")) == []
    kept = of_model(made_findings(), "smollm2")
    (tmp_path / "smollm2.json").write_text(kept.model_dump_json())
    assert list(runs(tmp_path)) == [kept]


def test_reasons_are_those_of_the_known_negatives_today(tmp_path: Path) -> None:
    """What a run was told when it was kept may have been written anew since, or dropped."""
    run = other_run()
    older = run.model_copy(
        update={
            "findings": tuple(
                one.model_copy(update={"known_negative": "as it was told then"})
                for one in run.findings
            )
        }
    )
    first, *rest = older.findings
    told = Negative(
        claim=first.claim,
        subject=first.subject,
        norm=first.norm,
        measured=(1.0,),
        holds=(False,),
        reason="as it is told today",
    )
    path = tmp_path / "runs" / "gemma3.json"
    path.parent.mkdir()
    path.write_text(older.model_dump_json())
    assert list(runs(path.parent)) == [older]
    (tmp_path / "known_negatives.toml").write_text(f"[[negative]]\n{told.as_toml().as_string()}")
    (now,) = runs(path.parent)
    assert rest
    assert [one.known_negative for one in now.findings] == [told.reason, *[None for _ in rest]]


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
    here = own_findings()
    found = finding_over_many("HS-06-many", 0.9, "none", "gemma3")
    judged = here.model_copy(update={"findings": (*here.findings, found)})
    assert joined(judged, [other_run()]) == judged
