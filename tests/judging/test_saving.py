"""Findings of a part of the claims never take the place of those of all."""

from datetime import date
from pathlib import Path

import pytest
from made_findings import made_findings
from typer.testing import CliRunner

from replication.cli.main import app
from replication.judging.saving import check_writable, complete_only, write
from replication.judging.verdicts import MARKS, read

WHOLE = made_findings()
PART = WHOLE.model_copy(update={"complete": False})


def test_a_part_goes_beside_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "claims.json"
    assert write(WHOLE, path) == path
    assert write(PART, path) == tmp_path / "folder" / "claims-partial.json"
    assert read(path) == WHOLE
    assert read(path.with_name("claims-partial.json")) == PART


def test_only_the_whole_is_taken_for_tables() -> None:
    assert complete_only(WHOLE) is WHOLE
    with pytest.raises(ValueError, match=r"of a part of the claims: run all of `pytest claims/`"):
        complete_only(PART)
    with pytest.raises(ValueError, match=r"7 answers .* were kept from earlier runs: measure all"):
        complete_only(WHOLE.model_copy(update={"reused": 7}))
    with pytest.raises(ValueError, match=r"those of a run of 2026-03-01: measure all"):
        complete_only(WHOLE.model_copy(update={"rates_of": date(2026, 3, 1)}))


@pytest.mark.parametrize("option", ["--write", "--check"])
def test_the_table_of_verdicts_is_made_of_the_whole_only(option: str, tmp_path: Path) -> None:
    claims, page = tmp_path / "claims-partial.json", tmp_path / "page.md"
    write(PART, tmp_path / "claims.json")
    page.write_text("\n".join(MARKS))
    run = CliRunner().invoke(app, ["verdicts", "--claims", str(claims), option, str(page)])
    assert "of a part of the claims" in str(run.exception)
    assert page.read_text() == "\n".join(MARKS)
    assert CliRunner().invoke(app, ["verdicts", "--claims", str(claims)]).exit_code == 0


def test_trying_a_path_leaves_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("earlier")
    check_writable(path)
    assert path.read_text() == "earlier"


def test_a_path_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="expected a file"):
        check_writable(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        check_writable(tmp_path / "file" / "claims.json")
