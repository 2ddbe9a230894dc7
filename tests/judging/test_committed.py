"""Findings of other runs, beside those of this one."""

from pathlib import Path

import pytest
from made_findings import made_findings

from replication.judging.committed import joined, of_model, runs


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
