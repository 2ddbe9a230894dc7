"""What the hash of the readings notices, and what it does not."""

from pathlib import Path

import pytest

from replication.judging.freeze import digest, digest_of, freeze, readings

SOURCE = '''"""Readings."""

NEAR_TOP = 10
"""The ten best."""


def near(rank: int) -> bool:
    """Whether it is near the top."""
    return rank <= NEAR_TOP
'''


def written(folder: Path, source: str) -> str:
    path = folder / "module.py"
    path.write_text(source)
    return digest_of([path])


def test_prose_may_be_reworded(tmp_path: Path) -> None:
    reworded = SOURCE.replace("The ten best.", "Among the ten best.").replace("Whether", "If")
    assert written(tmp_path, SOURCE) == written(tmp_path, reworded + "# a comment\n")


@pytest.mark.parametrize(("old", "new"), [("= 10", "= 11"), ("<=", "<"), ("near(", "nearer(")])
def test_numbers_and_code_may_not(old: str, new: str, tmp_path: Path) -> None:
    assert written(tmp_path, SOURCE) != written(tmp_path, SOURCE.replace(old, new))


def test_the_claims_own_checks_are_part_of_it(tmp_path: Path) -> None:
    alone = digest(tmp_path)
    (tmp_path / "test_more.py").write_text("BOUND = 1\n")
    with_more = digest(tmp_path)
    assert with_more != alone
    (tmp_path / "notes.py").write_text("BOUND = 1\n")
    assert digest(tmp_path) == with_more


def test_a_reading_that_changes_after_the_freeze_is_seen(tmp_path: Path) -> None:
    claims = tmp_path / "test_some.py"
    claims.write_text(SOURCE)
    assert (readings(tmp_path).frozen, readings(tmp_path).as_frozen) == (None, False)
    freeze(tmp_path)
    assert readings(tmp_path).as_frozen
    assert readings(tmp_path).frozen_on is not None
    claims.write_text(SOURCE.replace("10", "11"))
    assert not readings(tmp_path).as_frozen
    assert readings(tmp_path).frozen != readings(tmp_path).digest
