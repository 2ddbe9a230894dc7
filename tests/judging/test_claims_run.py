"""Running the claims under pytest: what passes, what fails, what is written. On planted claims."""

import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import hub_server
import planted
import pytest
from claim_runs import ON_PUBLISHED, PLANTED, run_claims, written
from hub_server import NAME, WEIGHTS, Hub

from replication.base.norms import READINGS
from replication.models.nulls import KINDS, WITHOUT_NETWORK, draws_of

LISTED = """
[[negative]]
claim = "{claim}"
subject = "published"
norm = "none"
measured = {measured}
holds = {holds}
reason = "{reason}"
"""
PUBLISHED = ("-k", "published")
NETWORKS = [kind for kind in KINDS if kind not in WITHOUT_NETWORK]


def listed(
    claim: str = "T-02", measured: str = "[31]", holds: str = "[false]", reason: str = "planted"
) -> str:
    return LISTED.format(claim=claim, measured=measured, holds=holds, reason=reason)


def test_a_true_finding_passes_and_a_false_one_fails(tmp_path: Path) -> None:
    run = run_claims(tmp_path, *PUBLISHED)
    assert run.returncode == 1
    assert "PASSED claims/test_planted.py::T-01[published-none]" in run.stdout
    assert "FAILED claims/test_planted.py::T-02[published-none]" in run.stdout
    assert "measured: worst rank: 31 ≰ 1" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_text_of_your_own_is_judged_on_models_and_not_held_to_the_list(tmp_path: Path) -> None:
    own = ("--prompt", "Four ducks swam", "--continuation", " away", "--norm", "none")
    run = run_claims(tmp_path, *own, "--nulls", "last-token-only,word-frequency")
    passed = [line for line in run.stdout.splitlines() if line.startswith("PASSED")]
    assert [line.split("::")[-1] for line in passed] == [
        "T-01[smollm2-none]",
        "T-01[last-token-only controls of smollm2-none]",
        "T-02[last-token-only controls of smollm2-none]",
    ]
    silent = "not_testable: smollm2-word-frequency orders watched words and answers nothing else"
    assert silent in run.stdout
    assert "FAILED claims/test_planted.py::T-02[smollm2-none]" in run.stdout
    assert "Judged on 'Four ducks swam away', which is not the claim's own text." in run.stdout
    assert "replicate negatives --write" not in run.stdout
    assert "judged on 'Four ducks swam away'" in run.stdout
    found = written(tmp_path, "claims-partial.json")
    assert found.text == "Four ducks swam away"
    assert {finding.subject for finding in found.findings} == {"smollm2"}


@pytest.mark.parametrize("given", [("--prompt", ""), ("--continuation", " away")])
def test_a_text_of_your_own_needs_a_prompt(given: tuple[str, str], tmp_path: Path) -> None:
    run = run_claims(tmp_path, *given)
    assert run.returncode == 4
    assert "--prompt is missing or empty: expected the text to judge on" in run.stderr


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        (listed(), 0, "XFAIL"),
        (listed(measured="[32]"), 0, "XFAIL"),  # a float sum's leeway
        (listed(measured="[43]"), 1, "known_negatives.toml has\nmeasured = [43]"),
        (listed(measured="[31, 1]"), 1, "known_negatives.toml has\nmeasured = [31, 1]"),
        (listed(holds="[true]"), 1, "known_negatives.toml has\nmeasured = [31]\nholds = [true]"),
        (listed(reason=""), 1, "known_negatives.toml gives no reason"),
        (listed("T-01"), 1, "[XPASS(strict)] planted"),
        (2 * listed(), 4, "T-02 published none is listed twice"),
        (listed(measured='"worst rank: 31 ≰ 1"'), 4, "known_negatives.toml: 1 validation error"),
    ],
)
def test_known_negatives_are_held_to(entry: str, code: int, told: str, tmp_path: Path) -> None:
    claim = "T-01" if "T-01" in entry else "T-02"
    run = run_claims(tmp_path, "-k", f"{claim} and published", listed=entry)
    lines = (line.removeprefix("E").strip() for line in (run.stdout + run.stderr).splitlines())
    assert told in "\n".join(lines)
    assert run.returncode == code


def test_a_reworded_statement_is_no_other_finding(tmp_path: Path) -> None:
    reworded = PLANTED.replace('"worst rank"', '"rank of the worst token"')
    assert run_claims(tmp_path, "-k", "T-02 and published", planted=reworded).returncode == 1
    arguments = ("-k", "T-02 and published")
    run = run_claims(tmp_path, *arguments, planted=reworded, listed=listed())
    assert run.returncode == 0


def test_findings_are_written_by_the_schema(tmp_path: Path) -> None:
    run_claims(tmp_path, planted=ON_PUBLISHED, listed=listed())
    file = str(tmp_path / "build" / "claims.json")
    schema = str(resources.files("replication").joinpath("data/claims.schema.json"))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, file]
    assert subprocess.run(command, capture_output=True).returncode == 0
    findings = written(tmp_path)
    assert findings.complete
    assert [(f.claim, f.verdict, f.known_negative) for f in findings.findings] == [
        ("T-01", "consistent", None),
        ("T-02", "not_replicated", "planted"),
    ]


INTERRUPTED = ON_PUBLISHED.replace('    yield at_most("worst', "    raise KeyboardInterrupt  #")
BROKEN = ON_PUBLISHED.replace('    yield at_most("worst', "    raise RuntimeError  #")
FALSE_FIRST = ON_PUBLISHED.replace("1, case", "9, case")


@pytest.mark.parametrize(
    ("arguments", "of", "planted", "found"),
    [
        ((), "/test_planted.py::T-01[published-none]", ON_PUBLISHED, 1),
        (("-k", "T-02"), "", ON_PUBLISHED, 1),
        (("--norm", "none"), "", PLANTED, 2),
        ((), "", INTERRUPTED, 1),
        ((), "", BROKEN, 1),
        (("-x",), "", FALSE_FIRST, 1),
    ],
    ids=["by node id", "-k", "--norm", "Ctrl-C", "a check that raises", "-x"],
)
def test_a_part_of_the_claims_leaves_the_whole_alone(
    arguments: tuple[str, ...], of: str, planted: str, found: int, tmp_path: Path
) -> None:
    whole = tmp_path / "build" / "claims.json"
    whole.parent.mkdir()
    whole.write_text("the whole")
    selected = ("-k", "published") if planted == PLANTED else ()
    run = run_claims(tmp_path, *arguments, *selected, planted=planted, of=of)
    assert "written to build/claims-partial.json (a part of the claims)" in run.stdout
    part = written(tmp_path, "claims-partial.json")
    assert not part.complete
    assert len(part.findings) == found
    assert whole.read_text() == "the whole"


def test_a_file_that_cannot_be_written_costs_no_run(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is needed")
    run = run_claims(tmp_path, "--claims-json", "taken/claims.json", planted=ON_PUBLISHED)
    assert run.returncode == 4
    assert "taken" in run.stderr
    assert "PASSED" not in run.stdout


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--subject", "gpt9"), "unknown model 'gpt9': expected one of smollm2, gemma3, distil"),
        (("--device", "nowhere"), "no device 'nowhere' here (no such name): expected cpu or cuda"),
    ],
)
def test_what_is_not_known_ends_the_run_at_once(
    tmp_path: Path, given: tuple[str, ...], told: str
) -> None:
    run = run_claims(tmp_path, *PUBLISHED, *given)
    assert run.returncode == 4
    assert told in run.stderr


def test_weights_out_of_reach_are_a_skip_with_its_reason(tmp_path: Path) -> None:
    run = run_claims(tmp_path, "--subject", "distilgpt2", "-k", "distilgpt2 and not controls")
    reason = "not_testable: weights not available: distilgpt2: distilbert/distilgpt2 is not here"
    assert reason in run.stdout
    assert "6 skipped" in run.stdout
    assert run.returncode == 0


def online(folder: Path, hub: Hub) -> dict[str, str]:
    """Settings with which commands find a hub of ours, and nothing in their cache."""
    cache = str(folder / "cache")
    return {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url(), "REPLICATE_CACHE": cache}


def test_a_model_of_the_hub_is_judged_as_any_subject(tmp_path: Path) -> None:
    repository = hub_server.repository()
    package = planted.package(tmp_path / "package", hub_server.entry(repository))
    with Hub(repository) as hub:
        settings = online(tmp_path, hub) | {"PYTHONPATH": str(package)}
        chosen = ("--subject", "distilgpt2", "--norm", "none", "-k", "distilgpt2")
        run = run_claims(tmp_path, *chosen, settings=settings)
        asked = [request.line for request in hub.requests if WEIGHTS in request.line]
    assert "PASSED claims/test_planted.py::T-01[distilgpt2-none]" in run.stdout
    assert "FAILED claims/test_planted.py::T-02[distilgpt2-none]" in run.stdout
    assert len([line for line in asked if line.startswith("GET cdn")]) == 1
    findings = written(tmp_path, "claims-partial.json")
    true, false = findings.findings
    assert (true.verdict, false.verdict) == ("uninformative", "not_replicated")
    assert (true.subject, true.kind, true.revision) == ("distilgpt2", "paper", hub_server.COMMIT)
    # A chance rate of another model than the default is told, and fails no test.
    assert (
        "PASSED claims/test_planted.py::T-01[untrained controls of distilgpt2-none]" in run.stdout
    )
    assert "1 failed, 13 passed, 6 skipped" in run.stdout
    rates = {finding.claim: finding.nulls for finding in findings.findings}
    assert [rate.kind for rate in rates["T-01"]] == list(KINDS)
    for kind, of_true, of_false in zip(KINDS, rates["T-01"], rates["T-02"], strict=True):
        testable = len(draws_of(kind)) if kind in NETWORKS else 0
        assert (of_true.holds, of_true.testable) == (testable, testable)
        assert (of_false.holds, of_false.testable) == (0, testable)
    assert [rate.kind for rate in true.not_beaten] == NETWORKS
    assert not false.not_beaten


def test_a_hub_without_the_model_is_asked_once_and_each_finding_is_kept(tmp_path: Path) -> None:
    with Hub(hub_server.repository()) as hub:
        hub.name = "nobody/nothing"
        chosen = ("--subject", "distilgpt2", "-k", "distilgpt2")
        run = run_claims(tmp_path, *chosen, settings=online(tmp_path, hub))
        asked = [request.line for request in hub.requests if NAME in request.line]
        assert len(asked) == 1, asked
    assert run.returncode == 0
    (skipped,) = re.findall(r"^SKIPPED \[(\d+)\] claims/conftest.py:\d+: (.+)$", run.stdout, re.M)
    told = "not_testable: weights not available: distilgpt2: the hub has no distilbert/distilgpt2"
    # Two claims: on the model under three readings, on nine kinds of null under two.
    assert skipped[0] == "42"
    assert skipped[1].startswith(told)
    assert "distilgpt2: 6 findings not_testable: weights not available" in run.stdout
    findings = written(tmp_path, "claims-partial.json")
    assert [(f.claim, f.norm, f.verdict, f.measured) for f in findings.findings] == [
        (claim, norm, "not_testable", "weights not available")
        for claim in ("T-01", "T-02")
        for norm in READINGS
    ]
    assert {(f.subject, f.holds, f.nulls) for f in findings.findings} == {("distilgpt2", None, ())}
    assert findings.controls == ()
