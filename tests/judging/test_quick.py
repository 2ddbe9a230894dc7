"""Claims judged at a glance: the findings of the judging code, as a table."""

from pathlib import Path

import pytest
import tiny

from replication.judging import quick
from replication.judging.findings import judge
from replication.judging.suite import claims_in
from replication.judging.written_verdicts import written_verdicts
from replication.questions.measured import subject
from replication.questions.subjects import Case, Published, Subject


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Subject:
    """A tiny model in the table's place of a real one."""
    return subject(tiny.plant(monkeypatch, tiny.model("llama")).name)


def test_rows_are_the_findings_of_the_judging_code(measured: Subject) -> None:
    found = quick.judged(["HS-19", "HS-08"], measured, ["none", "final"])
    claims = {claim.id: claim for claim in claims_in(quick.FOLDER)}
    heathrow, greedy = claims["HS-19"], claims["HS-08"]
    assert not greedy.norm_matters
    findings = [
        judge(heathrow, Case(Published(), "none")),
        judge(heathrow, Case(measured, "none")),
        judge(heathrow, Case(measured, "final")),
        judge(greedy, Case(Published(), "none")),
        judge(greedy, Case(measured, "none")),
    ]
    assert [row[2:] for row in found.rows] == [
        (one.subject, one.norm, one.verdict.replace("_", " "), "", one.measured) for one in findings
    ]
    assert [row.says for row in found.rows] == [heathrow.says] * 3 + [greedy.says] * 2


def test_it_shows_verdict_and_measured_text_and_that_nulls_were_not_asked(
    measured: Subject,
) -> None:
    found = quick.judged(["HS-19"], measured, ["final"])
    published, ours = found.rows
    assert published.verdict == "consistent"
    for shown in (repr(found), found._repr_html_()):
        assert "consistent" in shown
        assert ours.verdict in shown
        assert "Judged here without nulls" in shown
    assert published.measured in repr(found)


def test_texts_are_escaped(measured: Subject) -> None:
    (row, _) = quick.judged(["HS-19"], measured, ["final"]).rows
    planted = quick.Judged((row._replace(says="<script>"),))
    assert "&lt;script&gt;" in planted._repr_html_()
    assert "<script>" not in planted._repr_html_()


def test_unknown_claims_and_a_missing_folder_are_refused(
    measured: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"no claim 'HS-99' in .*: expected one of "):
        quick.judged(["HS-99"], measured, ["final"])
    monkeypatch.setattr(quick, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="no claims in"):
        quick.judged(["HS-19"], measured, ["final"])


VERDICTS = """<!-- verdicts -->
| claim | what it says | published: consistent? | SmolLM2, none: gene? | SmolLM2, final: gene? |
|---|---|:-:|:-:|:-:|
| HS-14 | One. | ✓ | ○ | ○ |
| HS-15 | Two. |  | ✗ | ✓† |

<!-- end of verdicts -->
| claim | another table |
|---|---|
"""


def test_the_verdict_with_nulls_stands_beside_it(
    measured: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "verdicts.md").write_text(VERDICTS, "utf-8")
    monkeypatch.setattr(quick, "TABLE", tmp_path / "verdicts.md")
    monkeypatch.setattr(quick, "called", lambda name: {measured.name: "SmolLM2"}.get(name, name))
    found = quick.judged(["HS-14", "HS-15"], measured, ["none", "final"])
    assert [(row.subject, row.norm, row.with_nulls) for row in found.rows] == [
        ("published", "either", ""),
        (measured.name, "either", "uninformative"),
        ("published", "none", ""),
        (measured.name, "none", "not replicated"),
        (measured.name, "final", "generalises"),
    ]


def test_what_is_not_measured_is_told_of_by_the_table_alone(
    measured: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "judge", None)
    found = quick.judged(["HS-19"], measured, ["final"], measure=False)
    assert [(row.verdict, row.measured) for row in found.rows] == [
        ("", "by `pytest claims -k 'HS-19['`")
    ] * 2


def test_the_committed_table_has_every_claim_on_the_default_model() -> None:
    table = written_verdicts(quick.TABLE)
    claims = {claim.id for claim in claims_in(quick.FOLDER) if not claim.published_only}
    assert {id for id, row in table.items() if row.symbols["SmolLM2, final"]} >= claims


def test_without_a_table_nothing_stands_beside_it(
    measured: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "TABLE", tmp_path / "verdicts.md")
    rows = quick.judged(["HS-14"], measured, ["final"]).rows
    assert [row.with_nulls for row in rows] == ["", ""]
