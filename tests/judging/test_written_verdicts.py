"""The table of verdicts is read as it was written."""

from pathlib import Path

import pytest
from made_findings import made_findings, other_run

from replication.judging.committed import joined
from replication.judging.verdicts import (
    MARKS,
    SYMBOLS,
    UNFIRM,
    as_markdown,
    columns_of,
    put,
    rows_of,
    symbol,
)
from replication.judging.written_verdicts import TOLD, written_verdicts

ROOT = Path(__file__).parents[2]


def test_the_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    findings = joined(made_findings(), [other_run()])
    file = tmp_path / "verdicts.md"
    text = "\n".join(("# Verdicts", *MARKS, "| another | table |"))
    file.write_text(put(as_markdown(findings), text, file), "utf-8")
    read = written_verdicts(file)
    assert list(read) == [claim.id for claim in findings.claims]
    columns = [column for column in columns_of(findings) if column.asks]
    assert len(columns) > 2
    for row in rows_of(findings):
        written = read[row.claim.id]
        assert written.says.startswith(row.claim.says)
        for column, cell in zip(columns_of(findings), row.cells, strict=True):
            if column.asks:
                assert written.on(column.subject, column.norm) == symbol(cell)
        assert written.on("gpt2-xl", "none") == ""


def test_every_symbol_of_the_committed_table_is_told() -> None:
    read = written_verdicts(ROOT / "docs" / "verdicts.md")
    assert read["HS-08"].on("published", "none") == SYMBOLS["by_definition"]
    subjects = ("published", "smollm2", "gemma3")
    found = {
        one.on(subject, norm)
        for one in read.values()
        for subject in subjects
        for norm in ("none", "final", "tuned")
    }
    assert found - {""} <= TOLD.keys()
    assert set(SYMBOLS.values()) | {SYMBOLS["generalises"] + UNFIRM} == TOLD.keys()


@pytest.mark.parametrize("text", ["", f"{MARKS[0]}\nnothing\n{MARKS[1]}"])
def test_a_file_without_the_table_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "verdicts.md"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"verdicts\.md has no table of verdicts after <!--"):
        written_verdicts(file)
