"""Code under a hash: numbers and operations count, prose does not."""

from pathlib import Path

import pytest

from replication.base.source_code import digest_of

SOURCE = '''"""How near."""

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
