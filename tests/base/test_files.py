"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from replication.base.files import whole, write_whole


def test_a_file_appears_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "text.txt"
    write_whole(path, "whole\n")
    assert path.read_text() == "whole\n"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def fail(path: Path) -> None:
    with whole(path) as unfinished:
        unfinished.write_text("half")
        raise KeyboardInterrupt


def test_a_broken_run_leaves_nothing_new(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "text.txt")
    assert not list(tmp_path.iterdir())


def test_a_broken_run_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    write_whole(path, "earlier")
    with pytest.raises(KeyboardInterrupt):
        fail(path)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]
