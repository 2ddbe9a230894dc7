"""The runner by itself, without pytest: planted claims on the published numbers and on controls."""

from math import inf
from pathlib import Path

import pytest
from claim_runs import ON_PUBLISHED, PLANTED

from replication.judging.claims import Claim
from replication.judging.findings import Finding
from replication.judging.negatives import negative
from replication.judging.runner import Runner
from replication.judging.suite import Job, claims_in
from replication.models.nulls import KINDS, NullKind
from replication.models.weights import WeightsError
from replication.questions.kept import Kept


def planted(folder: Path, text: str) -> tuple[Claim, ...]:
    (folder / "test_planted.py").write_text(text)
    return claims_in(folder)


def test_a_loop_of_two_lines_judges_the_whole_suite(tmp_path: Path) -> None:
    suite = planted(tmp_path, ON_PUBLISHED)
    runner = Runner()
    judged = [runner.judge(job) for claim in suite for job in runner.add(claim)]
    findings = runner.findings(suite)
    assert all(finding.firmness for finding in findings.findings)
    plain = [one.model_copy(update={"firmness": None}) for one in findings.findings]
    assert plain == judged
    assert [finding.verdict for finding in findings.findings] == ["consistent", "not_replicated"]
    assert findings.complete
    assert findings.environment.threads >= 1


def test_what_is_not_judged_is_missed(tmp_path: Path) -> None:
    suite = planted(tmp_path, ON_PUBLISHED)
    runner = Runner()
    first, second = (job for claim in suite for job in runner.add(claim))
    runner.judge(first)
    assert not runner.findings(suite).complete
    assert runner.findings(suite[:1]).complete
    runner.judge(second)
    assert runner.findings(suite).complete
    assert not runner.findings().complete  # of a suite that is not known


@pytest.mark.parametrize("models", [(), ("published",), ("smollm2-untrained-0",)])
def test_without_the_default_model_no_run_is_complete(
    models: tuple[str, ...], tmp_path: Path
) -> None:
    suite = planted(tmp_path, PLANTED)
    runner = Runner(models)
    for claim in suite:
        for job in runner.add(claim):
            if job.subject == "published":
                runner.judge(job)
    assert len(runner.findings(suite).findings) == 2
    assert not runner.findings(suite).complete


def test_findings_keep_the_order_of_the_suite(tmp_path: Path) -> None:
    suite = planted(tmp_path, ON_PUBLISHED)
    runner = Runner()
    for job in [job for claim in suite for job in runner.add(claim)][::-1]:
        runner.judge(job)
    assert [finding.claim for finding in runner.findings(suite).findings] == ["T-01", "T-02"]


def test_jobs_are_sorted_by_subject_and_controls_come_last(tmp_path: Path) -> None:
    runner = Runner(["smollm2", "gemma3", "smollm2"], ["none"])
    jobs = [job for claim in planted(tmp_path, PLANTED) for job in runner.add(claim)]
    ordered = [(job.claim.id, job.key[1]) for job in sorted(jobs, key=runner.place)]
    assert ordered == [
        (claim, subject)
        for subject in (
            "published",
            "smollm2",
            "gemma3",
            *(f"{kind} controls of smollm2" for kind in KINDS),
            *(f"{kind} controls of gemma3" for kind in KINDS),
        )
        for claim in ("T-01", "T-02")
    ]


def test_a_known_negative_gives_its_reason_to_the_finding(tmp_path: Path) -> None:
    suite = planted(tmp_path, ON_PUBLISHED)

    def judged(known: Runner) -> Finding:
        found = [known.judge(job) for claim in suite for job in known.add(claim)][-1]
        assert isinstance(found, Finding)
        return found

    entry = negative(judged(Runner()))
    assert entry is not None
    listed = entry.model_copy(update={"reason": "planted"})
    assert judged(Runner()).known_negative is None
    assert judged(Runner(known={listed.key: listed})).known_negative == "planted"


def test_a_second_run_takes_what_the_first_one_measured(tmp_path: Path) -> None:
    """The same findings, on the model and on nulls that are measured in other processes."""
    suite = planted(tmp_path, PLANTED)
    found = []
    for since in (0.0, inf):
        answers = Kept(tmp_path / "kept", 0, since)
        runner = Runner(norms=["none"], nulls=["permuted"], kept=answers)
        jobs = [job for claim in suite for job in runner.add(claim)]
        runner.start(jobs)
        judged = [runner.judge(job) for job in sorted(jobs, key=runner.place)]
        found.append((judged, runner.findings(suite).reused))
        runner.stop()
    assert found[0] == (found[1][0], 0)
    assert found[1][1] == 3  # the model's answer, and those of two permuted networks


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown model 'gpt9'"):
        Runner(["gpt9"])


def test_weights_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the default model that is an error; of any other the finding is not testable."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    suite = planted(tmp_path, PLANTED)
    runner = Runner(["smollm2", "gemma3"], ["none"])
    jobs = [job for claim in suite for job in runner.add(claim)]
    assert runner.start(jobs)  # what cannot be had does not stop it
    assert set(runner.out_of_reach) == {"smollm2", "gemma3"}

    def on(subject: str, null: NullKind | None = None) -> Job:
        return next(j for j in jobs if (j.subject, j.null) == (subject, null))

    for job in (on("smollm2"), on("smollm2", "untrained"), on("smollm2", "his-word")):
        with pytest.raises(WeightsError):
            runner.judge(job)
    finding = runner.judge(on("gemma3"))
    assert isinstance(finding, Finding)
    assert (finding.verdict, finding.measured) == ("not_testable", "weights not available")
    assert runner.judge(on("gemma3", "permuted")) is None
    runner.stop()
