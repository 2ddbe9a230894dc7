"""The claims of a folder are found by file, and stand for the jobs that they should."""

import re
import sys
from pathlib import Path

import pytest
from claim_runs import PLANTED, ROOT

from replication.articles.thresholds import FAMILY
from replication.judging import fresh
from replication.judging.claims import records_of
from replication.judging.suite import claims_in, is_on_sets, jobs_of, nulls_of
from replication.judging.verdicts import MARKS
from replication.models.nulls import KINDS
from replication.models.registry import null_name
from replication.questions.template_sets import items
from replication.results.sets import CROSSED_IN_WORDS, SETS

CLAIMS = {claim.id: claim for claim in claims_in(ROOT / "claims")}


def test_every_claim_stands_in_the_committed_table() -> None:
    """The table is generated: a claim that is lost, or new, shows there."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    (table,) = (
        text.split(MARKS[0])[1].split(MARKS[1])[0]
        for text in (page.read_text("utf-8") for page in pages)
        if MARKS[0] in text
    )
    table = table.split(fresh.HEADING)[0]
    assert sorted(CLAIMS) == re.findall(r"^\| ([A-Z]+-[^ |]+)", table, re.MULTILINE)


def test_claims_are_found_without_a_trace_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    before = list(sys.path)
    assert [claim.id for claim in claims_in(tmp_path)] == ["T-01", "T-02"]
    assert sys.path == before


def test_p_values_are_corrected_for_as_many_findings_as_there_are() -> None:
    tested = sum(claim.level == "many texts" for claim in CLAIMS.values())
    assert FAMILY - 10 < tested <= FAMILY


def test_claims_over_sets_of_our_own_are_judged_on_fresh_ones() -> None:
    on_sets = {id for id, claim in CLAIMS.items() if is_on_sets(claim)}
    assert {"HS-14-many", "HS-Q2", "EX-22-many"} <= on_sets
    assert not {"EX-21", "EX-22", "HS-14"} & on_sets


def test_two_claims_of_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / f"test_{name}.py").write_text(PLANTED)
    with pytest.raises(ValueError, match=r"test_other.py has a second claim T-01"):
        claims_in(tmp_path)


def test_a_folder_without_claims_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"no claims in {tmp_path}"):
        claims_in(tmp_path)


@pytest.mark.parametrize(
    ("claim", "left_out"),
    [
        ("HS-03", set()),
        ("HS-14", {"blind-lens"}),  # on the last layer, which no lens has to read
        ("EX-11", {"blind-lens", "shuffled-unembedding"}),  # on neurons
    ],
)
def test_a_claim_has_the_nulls_that_take_something_from_it(claim: str, left_out: set[str]) -> None:
    assert set(KINDS) - set(nulls_of(CLAIMS[claim])) == left_out


@pytest.mark.parametrize(
    ("claim", "norms", "ids"),
    [
        (
            "HS-03",
            ("none", "final"),
            "published-none smollm2-none controls-none smollm2-final controls-final",
        ),
        ("HS-03", ("final",), "smollm2-final controls-final"),
        ("HS-03", ("tuned",), "smollm2-tuned"),  # no null has a tuned lens
        ("HS-01", ("none", "final"), "published-either smollm2-either controls-either"),
        ("HS-01", ("final",), "published-either smollm2-either controls-either"),
        ("SLIP-01", ("none", "final"), "published-none"),
        ("HS-14-many", ("none",), "smollm2-either controls-either"),  # not published
    ],
)
def test_hand_worked_jobs(claim: str, norms: tuple[str, ...], ids: str) -> None:
    jobs = jobs_of(CLAIMS[claim], ["smollm2"], norms)  # type: ignore[arg-type]
    expected: list[str] = []
    for id in ids.split():
        subject, norm = id.split("-")
        kinds = [f"{kind} controls of smollm2" for kind in nulls_of(CLAIMS[claim])]
        expected += [
            f"{claim}[{on}-{norm}]" for on in (kinds if subject == "controls" else [subject])
        ]
    assert [job.id for job in jobs] == expected


def test_a_control_has_no_controls() -> None:
    jobs = list(jobs_of(CLAIMS["HS-03"], [null_name("smollm2", "untrained", 3)], ["none"]))
    assert [job.id for job in jobs] == ["HS-03[published-none]", "HS-03[smollm2-untrained-3-none]"]


def test_crossed_clusters_are_named_wherever_a_set_has_them() -> None:
    crossed = {name for name in SETS if len(items(name)[0].clusters) > 1}
    assert crossed == set(CROSSED_IN_WORDS)
    records = {record.id: record for record in records_of(CLAIMS.values())}
    assert records["HS-17-many"].crossed == ("occupations, and the frames that they stand in",)
    assert records["HS-05-many"].crossed == (CROSSED_IN_WORDS["counting"],)
    assert records["HS-14-held-out"].crossed == records["HS-15"].crossed == ()
