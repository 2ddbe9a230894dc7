"""What a claim's page is told: deviations, charts, relations; and what the start page is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from made_findings import finding, finding_over_many, made_findings, record

from replication.articles.sources import LOGIT_LENS
from replication.articles.thresholds import FAMILY
from replication.base.norms import NORMS
from replication.figures.table import FIGURES
from replication.judging.claims import ClaimRecord
from replication.judging.findings import Finding
from replication.judging.parts import LayerProfile
from replication.pages.report import overview
from replication.pages.report.charts import HEIGHT, WIDTH, chart
from replication.pages.report.claims import claim_pages
from replication.pages.report.deviations import deviations
from replication.pages.report.figures import DrawnFigure

FINDINGS = made_findings()


def drawn(id: str) -> DrawnFigure:
    return DrawnFigure(FIGURES[id], "smollm2", 100, 50)


def test_a_page_gathers_what_is_known_of_its_claim() -> None:
    figures = (drawn("rank_sequence"), drawn("heathrow"))
    pages = {page.record.id: page for page in claim_pages(FINDINGS, figures)}
    assert list(pages) == ["EX-09", "EX-20", "HS-04", "HS-06", "HS-06-many"]
    page = pages["HS-06"]
    assert [(j.finding.subject, j.finding.norm) for j in page.judged] == [
        ("published", "none"), ("smollm2", "none"), ("smollm2", "final"),
    ]  # fmt: skip
    assert [control.rate.holds for control in page.controls] == [10]
    assert page.null_columns == (("smollm2", "none"),)
    assert page.null_rows == (("untrained", page.controls),)
    assert pages["HS-06-many"].null_rows == ()
    assert page.figures == figures[:1]
    assert [figure.model for figure in page.published] == ["distilgpt2"]
    assert page.slips == ()
    assert [slip.claim for slip in pages["HS-04"].slips] == ["HS-04"]
    many = pages["HS-06-many"].judged[1]
    assert many.finding.p_corrected == pytest.approx(FAMILY / 1024)  # ten of ten coins
    assert [drawn is None for _, drawn in many.parts] == [True, False, True]
    assert [[part.weight for part in parts] for _, parts in many.by_weight] == [
        ["core"], ["further"], ["beside"],
    ]  # fmt: skip
    assert pages["HS-06-many"].depths
    assert page.depths is None  # nothing crosses


def test_a_slip_without_a_figure_of_its_own_gets_the_one_with_its_numbers() -> None:
    slip = record("SLIP-02", "ranks_ones", published_only=True)
    assert drawn("rank_sequence").bears_on(slip)
    assert not drawn("heathrow").bears_on(slip)
    assert not drawn("rank_sequence").bears_on(record("HS-19", "ranks_ones"))


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
    page = {page.record.id: page for page in claim_pages(FINDINGS, ())}["HS-06"]
    program, folder, option, chosen = page.command.split()
    assert (program, folder, option) == ("pytest", "claims/", "-k")
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-k", chosen.strip('"')]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert [line for line in run.stdout.splitlines() if "::" in line] == [
        "test_claims.py::HS-06[published-none]"
    ]


def told(claim: ClaimRecord, judged: Finding) -> str:
    return " ".join(deviations(claim, judged))


def test_deviations_follow_from_provenance() -> None:
    claim = record("HS-06", "ranks_ones")
    assert told(claim, finding("HS-06", 1)) == ""
    ours = told(claim, finding("HS-06", 1, "smollm2", "final"))
    for words in ("numbers are of distilgpt2", "49,152 tokens", "30 layers", "Q4_1", "final norm"):
        assert words in ours
    assert "final norm" not in told(claim, finding("HS-06", 1, "smollm2", "none"))
    of_lens = record("LL-01", "ranks_ones", source=LOGIT_LENS)
    assert "without the final norm" in told(of_lens, finding("LL-01", 1, "smollm2", "none"))
    assert "final norm" not in told(of_lens, finding("LL-01", 1, "smollm2", "final"))
    many = told(record("HS-06-many", level="many texts"), finding_over_many("HS-06-many", 0.8))
    assert "No numbers were published" in many
    assert "Many texts" in many
    own = finding("HS-06", 1, "distilgpt2")
    assert told(claim, own) == ""
    started = own.model_copy(update={"start_token": "<bos>", "subject": "distilgpt2-untrained-3"})
    assert told(claim, started) == (
        "A null, not the trained model: untrained, seed 3. "
        "A start token that the model sees before the text: <bos>."
    )
    control = told(claim, finding("HS-06", 1, "smollm2-untrained-3"))
    assert "untrained, seed 3" in control
    assert "Quantized" not in control


def path_of(svg: str, mark: str) -> list[list[float]]:
    """The points of a chart's only path of a kind, in pixels from the top left of its axes."""
    (path,) = re.findall(rf'<g class="mark-{mark} role-mark[^>]*><path d="([^"]*)"', svg)
    return [[float(n) for n in point.split(",")] for point in re.findall(r"[\d.]+,[\d.]+", path)]


def test_a_chart_has_its_points_where_the_numbers_are() -> None:
    drawn = chart(LayerProfile(estimate=(0, 0.5, 1), low=(0, 0.25, 1), high=(0.5, 0.75, 1)))
    points: list[list[float]] = [[0, HEIGHT], [WIDTH / 2, HEIGHT / 2], [WIDTH, 0]]
    assert path_of(drawn.svg, "line") == points
    lower: list[list[float]] = [[0, HEIGHT], [WIDTH / 2, 0.75 * HEIGHT], [WIDTH, 0]]
    upper: list[list[float]] = [[0, HEIGHT / 2], [WIDTH / 2, HEIGHT / 4], [WIDTH, 0]]
    assert path_of(drawn.svg, "area") == [*lower, *reversed(upper)]
    assert drawn.rows[1] == (1, 0.5, 0.25, 0.75)
    assert "1.00 at its highest (layer 2)" in drawn.summary


def test_a_chart_has_no_colours_and_few_bytes() -> None:
    drawn = chart(LayerProfile(estimate=(0.5,) * 48, low=(0.4,) * 48, high=(0.6,) * 48))
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn.svg)) == {"currentColor", "none"}
    assert len(drawn.svg) < 9000
    layers = re.findall(r">(\d+)</text>", drawn.svg)
    assert layers[:3] == ["0", "5", "10"]


def test_a_chart_of_one_layer_is_no_error() -> None:
    drawn = chart(LayerProfile(estimate=(1,), low=(1,), high=(1,)))
    assert path_of(drawn.svg, "line") == [[WIDTH / 2, 0]]


def test_failures_come_with_the_worst_first() -> None:
    failed = overview.failures(FINDINGS)
    assert [(failure.claim.id, failure.whole) for failure in failed] == [
        ("HS-06-many", True), ("HS-06", False),
    ]  # fmt: skip
    assert [[found.subject for found in failure.findings] for failure in failed] == [
        ["smollm2", "gemma3"], ["smollm2"],
    ]  # fmt: skip


def test_what_surprises() -> None:
    assert [found.key for found in overview.uninformative(FINDINGS)] == [
        ("HS-06", "smollm2", "none")
    ]
    (decided,) = overview.norm_decides(FINDINGS)
    assert [found.key for found in decided.findings] == [
        ("HS-06-many", "smollm2", "none"), ("HS-06-many", "smollm2", "final"),
    ]  # fmt: skip
    (texts,) = overview.texts_decide(FINDINGS)
    assert [found.key for found in texts.findings] == [
        ("HS-06", "smollm2", "none"), ("HS-06-many", "smollm2", "none"),
    ]  # fmt: skip


def test_a_third_reading_is_among_those_that_may_decide() -> None:
    tuned = finding_over_many("HS-06-many", 0.9, "tuned")
    more = FINDINGS.model_copy(update={"findings": (*FINDINGS.findings, tuned)})
    (decided,) = overview.norm_decides(more)
    assert [found.norm for found in decided.findings] == ["none", "final", "tuned"]


def test_the_first_words_say_what_the_columns_are() -> None:
    told = overview.preface(FINDINGS)
    assert told.startswith("No GPT-2, the articles' own model, has been run here, so nothing")
    assert "On SmolLM2 (tuned to follow instructions" in told
    assert "weights rounded to Q4_1, no start token) and Gemma-3 (" in told
    own = FINDINGS.model_copy(update={"findings": (finding("HS-06", 1, "distilgpt2"),)})
    assert overview.preface(own).startswith("Findings on DistilGPT2, of the articles' own family")


def test_tallies_count_a_claim_without_a_norm_under_both() -> None:
    tallies = {(t.column.name, t.level): t.counts for t in overview.tallies(FINDINGS)}
    seen = {key: {v: n for v, n in counts.items() if n} for key, counts in tallies.items()}
    assert seen["published", "figure"] == {"consistent": 1, "partially": 1}
    assert seen["SmolLM2, none", "figure"] == {
        "generalises": 1, "uninformative": 1, "by_definition": 1, "not_testable": 1,
    }  # fmt: skip
    assert seen["SmolLM2, final", "figure"] == {
        "generalises": 1, "partially": 1, "by_definition": 1,
    }  # fmt: skip
    assert seen["Gemma-3, final, no nulls", "many texts"] == {"not_replicated": 1}
    under_both = {(f"SmolLM2, {norm}", level) for norm in NORMS for level in overview.LEVELS}
    assert set(seen) == {
        ("published", "figure"), ("Gemma-3, final, no nulls", "many texts"), *under_both,
    }  # fmt: skip
