"""What a claim's page is told: deviations, charts, relations; and what the start page is."""

import subprocess
import sys
from pathlib import Path

import pytest
from made_findings import finding, finding_over_many, made_findings

from replication.base.norms import NORMS
from replication.figures.table import FIGURES
from replication.judging.comparisons import LayerProfile
from replication.judging.findings import Finding
from replication.pages.report import matrix
from replication.pages.report.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, chart
from replication.pages.report.claims import claim_pages, related
from replication.pages.report.deviations import deviations
from replication.pages.report.figures import Shown, bears_on

FINDINGS = made_findings()


def shown(id: str) -> Shown:
    return Shown(FIGURES[id], "smollm2", 100, 50)


def test_a_page_gathers_what_is_known_of_its_claim() -> None:
    figures = (shown("rank_sequence"), shown("heathrow"))
    pages = {page.id: page for page in claim_pages(FINDINGS, figures)}
    assert list(pages) == ["EX-09", "HS-06", "HS-06-many", "HS-11"]
    page = pages["HS-06"]
    assert [(j.finding.subject, j.finding.norm) for j in page.judged] == [
        ("published", "none"), ("smollm2", "none"), ("smollm2", "final"),
    ]  # fmt: skip
    assert [control.chance.holds for control in page.controls] == [10]
    assert page.figures == figures[:1]
    assert page.related == ("HS-06-many",)
    assert [figure.model for figure in page.published] == ["distilgpt2"]
    assert page.slips == ()
    assert [slip.claim for slip in pages["HS-11"].slips] == ["HS-11"]
    many = pages["HS-06-many"].judged[1]
    assert many.p_holm == pytest.approx(1 / 1024)  # ten of ten coins
    assert [drawn is None for _, drawn in many.parts] == [True, False]


def test_a_slip_without_a_figure_of_its_own_gets_the_one_with_its_numbers() -> None:
    slip = finding("SLIP-02", 1)
    assert bears_on(shown("rank_sequence"), slip)
    assert not bears_on(shown("heathrow"), slip)
    assert not bears_on(shown("rank_sequence"), finding("HS-19", 1))


def test_claims_that_belong_together() -> None:
    assert "HS-14-many" in related("HS-14")
    assert related("HS-14-many") == {"HS-14"}
    assert related("HS-Q2") == {"HS-05", "HS-15"}
    assert "HS-Q1-circuit" in related("HS-Q1")
    assert related("BV-04-apart") >= {"BV-04"}
    for id in ("HS-14", "HS-Q1", "BV-04", "BV-04-apart"):
        assert id not in related(id)


def test_the_command_chooses_one_claim_of_two_that_begin_alike(tmp_path: Path) -> None:
    ids = ["HS-06[published-none]", "HS-06-many[smollm2-final]", "EX-09[smollm2-either]"]
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "class Named(pytest.Item):\n    def runtest(self): pass\n"
        "def pytest_pycollect_makeitem(collector, name, obj):\n"
        f"    names = {ids} if name == 'CLAIMS' else []\n"
        "    return [Named.from_parent(collector, name=n) for n in names] or None\n"
    )
    (tmp_path / "test_claims.py").write_text("CLAIMS = 1\n")
    page = {page.id: page for page in claim_pages(FINDINGS, ())}["HS-06"]
    program, folder, option, chosen = page.command.split()
    assert (program, folder, option) == ("pytest", "claims/", "-k")
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-k", chosen.strip('"')]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert [line for line in run.stdout.splitlines() if "::" in line] == [
        "test_claims.py::HS-06[published-none]"
    ]


def told(judged: Finding) -> str:
    return " ".join(deviations(judged))


def test_deviations_follow_from_provenance() -> None:
    assert told(finding("HS-06", 1)) == ""
    ours = told(finding("HS-06", 1, "smollm2", "final"))
    for words in ("numbers are of distilgpt2", "49,152 tokens", "30 layers", "Q4_1", "final norm"):
        assert words in ours
    assert "final norm" not in told(finding("HS-06", 1, "smollm2", "none"))
    assert "without the final norm" in told(finding("LL-01", 1, "smollm2", "none"))
    many = told(finding_over_many("HS-06-many", 0.8))
    assert "No numbers were published" in many
    assert "Many texts" in many
    own = finding("HS-06", 1, "distilgpt2")
    assert told(own) == ""
    started = own.model_copy(update={"start_token": "<bos>", "subject": "distilgpt2-untrained-3"})
    assert told(started) == (
        "Untrained weights, seed 3: a control. "
        "A start token that the model sees before the text: <bos>."
    )


def test_a_chart_has_its_points_where_the_numbers_are() -> None:
    drawn = chart(LayerProfile(estimate=(0, 0.5, 1), low=(0, 0.25, 1), high=(0.5, 0.75, 1)))
    bottom, middle = HEIGHT - BOTTOM, (HEIGHT - BOTTOM + TOP) / 2
    centre = (LEFT + WIDTH - RIGHT) / 2
    assert drawn.line == f"{LEFT},{bottom} {centre:g},{middle:g} {WIDTH - RIGHT},{TOP}"
    upper, lower = drawn.band.split()[:3], drawn.band.split()[3:]
    assert upper[0] == f"{LEFT},{middle:g}"
    assert lower == [f"{WIDTH - RIGHT},{TOP}", f"{centre:g},130", f"{LEFT},{bottom}"]
    assert drawn.half == middle
    assert drawn.rows[1] == (1, 0.5, 0.25, 0.75)
    assert "1.00 at its highest (layer 2)" in drawn.summary


def test_a_chart_of_many_layers_names_some_and_one_of_one_layer_is_no_error() -> None:
    many = chart(LayerProfile(estimate=(0.5,) * 48, low=(0.4,) * 48, high=(0.6,) * 48))
    assert [mark.text for mark in many.layers] == [str(layer) for layer in range(0, 48, 4)]
    assert chart(LayerProfile(estimate=(1,), low=(1,), high=(1,))).line == f"{LEFT},{TOP}"


def test_failures_come_with_the_worst_first() -> None:
    failed = matrix.failures(FINDINGS)
    assert [(failure.claim, failure.whole) for failure in failed] == [
        ("HS-06", False), ("HS-06-many", False),
    ]  # fmt: skip
    worst = FINDINGS.findings[-2].model_copy(
        update={"claim": "Z", "verdict": "not_replicated", "holds": False}
    )
    more = FINDINGS.model_copy(update={"findings": (*FINDINGS.findings, worst)})
    assert matrix.failures(more)[0].claim == "Z"


def test_what_surprises() -> None:
    assert [control.claim for control in matrix.by_chance(FINDINGS)] == ["HS-06"]
    decided = [(c.first.claim, c.first.norm) for c in matrix.norm_decides(FINDINGS)]
    assert decided == [("HS-06", "none"), ("HS-06-many", "none")]
    texts = [(c.first.norm, c.second.claim) for c in matrix.texts_decide(FINDINGS)]
    assert texts == [("none", "HS-06-many"), ("final", "HS-06-many")]


def test_tallies_count_a_claim_without_a_norm_under_both() -> None:
    tallies = {(t.column.title, t.level): t.counts for t in matrix.tallies(FINDINGS)}
    assert tallies["published", "figure"]["partially"] == 1
    assert tallies["smollm2, none", "figure"] == {
        "replicated": 2, "partially": 0, "not_replicated": 0, "not_testable": 1,
    }  # fmt: skip
    assert tallies["smollm2, final", "figure"] == {
        "replicated": 1, "partially": 1, "not_replicated": 0, "not_testable": 0,
    }  # fmt: skip
    under_both = {(f"smollm2, {norm}", level) for norm in NORMS for level in matrix.LEVELS}
    assert set(tallies) == {("published", "figure"), *under_both}
