"""What the hash of the readings notices, and what it does not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from claim_runs import ROOT
from made_findings import own_findings

from replication.judging.freeze import FILE, digest, freeze, history, readings
from replication.judging.verdicts import read

SOURCE = "NEAR_TOP = 10\n"


def test_the_claims_own_checks_are_part_of_it(tmp_path: Path) -> None:
    alone = digest(tmp_path)
    (tmp_path / "test_more.py").write_text("BOUND = 1\n")
    with_more = digest(tmp_path)
    assert with_more != alone
    (tmp_path / "notes.py").write_text("BOUND = 1\n")
    assert digest(tmp_path) == with_more


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """A folder whose readings were frozen once."""
    folder = tmp_path / "claims"
    folder.mkdir()
    (folder / "test_some.py").write_text(SOURCE)
    assert (readings(folder).frozen, readings(folder).as_frozen) == (None, False)
    freeze(folder, "The first.")
    return folder


def change(claims: Path, near_top: int = 11) -> None:
    (claims / "test_some.py").write_text(SOURCE.replace("10", str(near_top)))


def run(claims: Path, name: str, **update: Any) -> Path:
    """Findings of a run by the readings as they are now."""
    path = claims.parent / name
    judged = own_findings().model_copy(update={"readings": readings(claims), **update})
    path.write_text(judged.model_dump_json())
    return path


def test_a_reading_that_changes_after_the_freeze_is_seen(claims: Path) -> None:
    assert readings(claims).as_frozen
    assert readings(claims).frozen_on == date.today()
    change(claims)
    assert not readings(claims).as_frozen
    assert readings(claims).frozen != readings(claims).digest


def test_a_freeze_comes_after_those_before_it(claims: Path) -> None:
    with pytest.raises(ValueError, match="nothing has changed since that freeze"):
        freeze(claims, "Nothing.")
    first = history(claims)
    change(claims)
    made = freeze(claims, 'A "word" was reworded.')
    assert history(claims) == [*first, made]
    assert (made.changed, made.verdicts) == ('A "word" was reworded.', None)
    assert readings(claims).frozen == made.digest  # what was judged before was judged by another


def test_what_alters_no_verdict_leaves_earlier_findings_frozen(claims: Path) -> None:
    before, first = run(claims, "before.json"), readings(claims)
    change(claims)
    after = run(claims, "after.json")
    assert freeze(claims, "Depths stand beside.", (before, after)).verdicts == "same"
    now = readings(claims)
    assert (now.frozen, now.as_frozen, now.same_as(first)) == (first.digest, True, True)
    assert read(after).readings == now
    change(claims, near_top=12)
    freeze(claims, "And others.", (after, run(claims, "last.json")))
    assert [one.changed for one in readings(claims).later] == [
        "Depths stand beside.",
        "And others.",
    ]


def test_a_verdict_that_turned_is_told_and_nothing_is_written(claims: Path) -> None:
    before, frozen = run(claims, "before.json"), (claims / FILE).read_text()
    change(claims)
    first, *rest = own_findings().findings
    turned = first.model_copy(update={"verdict": "not_replicated"})
    for findings, told in (
        ((turned, *rest), "was consistent in .* and is not_replicated in"),
        (tuple(rest), "was consistent in .* and is None in"),
    ):
        with pytest.raises(ValueError, match=told):
            freeze(claims, "A bound.", (before, run(claims, "after.json", findings=findings)))
    with pytest.raises(ValueError, match="give a run by what was frozen last"):
        freeze(claims, "A bound.", (run(claims, "after.json"), before))
    with pytest.raises(ValueError, match="of a part of the claims"):
        freeze(claims, "A bound.", (before, run(claims, "after.json", complete=False)))
    assert (claims / FILE).read_text() == frozen


def test_a_file_of_another_form_is_told_of(claims: Path) -> None:
    (claims / FILE).write_text('digest = "aaaa"\n')
    with pytest.raises(ValueError, match=r"frozen.toml: expected tables \[\[freeze\]\]"):
        readings(claims)


def test_the_committed_freezes_begin_with_the_first() -> None:
    first, *_ = history(ROOT / "claims")
    assert first.digest.startswith("87d21bf729dd")
    assert first.verdicts is None
