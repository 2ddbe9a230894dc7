"""What the hash of the readings notices, and what it does not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from claim_runs import ROOT
from made_findings import own_findings

from replication.judging.findings import Findings
from replication.judging.freeze import FILE, Shown, digest, freeze, history, readings
from replication.judging.verdicts import MARKS, as_markdown, read

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


def table(claims: Path, findings: Findings | None = None) -> Path:
    """The table of verdicts, as it stands in a page."""
    path = claims.parent / "verdicts.md"
    path.write_text("\n".join([MARKS[0], as_markdown(findings or own_findings()), MARKS[1]]))
    return path


def test_what_alters_no_verdict_leaves_earlier_findings_frozen(claims: Path) -> None:
    before, first = table(claims), readings(claims)
    change(claims)
    after = run(claims, "after.json")
    assert freeze(claims, "Depths stand beside.", Shown(before, after)).verdicts == "same"
    now = readings(claims)
    assert (now.frozen, now.as_frozen, now.same_as(first)) == (first.digest, True, True)
    assert now.asked_otherwise(first) == frozenset()
    assert read(after).readings == now
    change(claims, near_top=12)
    freeze(claims, "And others.", Shown(before, run(claims, "last.json")))
    assert [one.changed for one in readings(claims).later] == [
        "Depths stand beside.",
        "And others.",
    ]


def turned() -> Findings:
    """Findings of which the first has another verdict."""
    found = own_findings()
    first, *rest = found.findings
    other = first.model_copy(update={"verdict": "not_replicated"})
    return found.model_copy(update={"findings": (other, *rest)})


def test_a_verdict_that_turned_is_told_and_nothing_is_written(claims: Path) -> None:
    before, frozen = table(claims), (claims / FILE).read_text()
    now = run(claims, "now.json")
    change(claims)
    after = run(claims, "after.json", findings=turned().findings)
    with pytest.raises(ValueError, match=r"was ✓ in .* and is ✗ in .*name the claim"):
        freeze(claims, "A bound.", Shown(before, after))
    with pytest.raises(ValueError, match="judged by other readings than those of now"):
        freeze(claims, "A bound.", Shown(before, now))
    with pytest.raises(ValueError, match="of a part of the claims"):
        freeze(claims, "A bound.", Shown(before, run(claims, "part.json", complete=False)))
    assert (claims / FILE).read_text() == frozen


def test_a_claim_that_asks_something_else_is_named(claims: Path) -> None:
    """What was found on it before counts no more, and what was found on the others does."""
    before, first = table(claims), readings(claims)
    change(claims)
    named = turned().findings[0].claim
    after = run(claims, "after.json", findings=turned().findings)
    made = freeze(claims, "A bound.", Shown(before, after, (named,)))
    assert (made.verdicts, made.changed_claims) == ("same", (named,))
    second = readings(claims)
    assert second.same_as(first)
    assert second.asked_otherwise(first) == {named}
    assert second.asked_otherwise(second) == frozenset()
    change(claims, near_top=12)
    freeze(
        claims,
        "Beside.",
        Shown(table(claims, turned()), run(claims, "last.json", findings=turned().findings)),
    )
    assert readings(claims).asked_otherwise(first) == {named}
    assert readings(claims).asked_otherwise(second) == frozenset()


def test_a_file_of_another_form_is_told_of(claims: Path) -> None:
    (claims / FILE).write_text('digest = "aaaa"\n')
    with pytest.raises(ValueError, match=r"frozen.toml: expected tables \[\[freeze\]\]"):
        readings(claims)


def test_the_committed_freezes_begin_with_the_first() -> None:
    first, *_ = history(ROOT / "claims")
    assert first.digest.startswith("87d21bf729dd")
    assert first.verdicts is None
