"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to, moved to ``path`` once the block has ended well.

    The folder is made if need be. If the block raises, nothing appears and an earlier file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    unfinished = Path(name)
    unfinished.chmod(0o644)  # mkstemp lets only the owner read
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it appears whole or not at all."""
    with whole(path) as unfinished:
        unfinished.write_text(text, "utf-8")
