"""Answers that were measured before, under all that they depend on.

An answer depends on the code that measures (not on its prose), the packages, the processor or GPU,
the weights, the text and the norm. While none of them changes, claims and notebooks take what is
kept and measure a sample of it again: a change to a check, to the judging or to a drawing then
costs seconds. What is to be published is measured anew. Kept is what one thread measured, since
with the number of threads the last bits change.
"""

import os
import platform
import random
import shutil
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from time import time
from typing import Any

from replication.base import devices
from replication.base.environment import packages
from replication.base.files import whole
from replication.base.source_code import digest_of
from replication.models.cache import cache_folder
from replication.results.stored import restored, stored

CODE = ("base", "results", "articles", "models", "measures", "questions", "data")
"""Folders of the package that answers depend on."""
DATA = (".json", ".jsonl", ".toml", ".txt")
"""How the names of data end that answers depend on."""
AGAIN = 50
"""One of so many kept answers is measured again."""
FOLDERS = 3
"""Answers are kept of so many states of the code: those used last."""


class StaleAnswer(Exception):
    """What was kept is not what is measured now."""


@dataclass(frozen=True)
class Kept:
    """A folder of answers that one state of the code gave with these packages here."""

    folder: Path
    seed: int
    """By which it is drawn what is measured again."""
    since: float = 0.0
    """The time from which on answers are of this run, whichever of its processes measured them."""

    def path(self, *of: Any) -> Path:
        """Where the answer is kept that depends on all of this."""
        return self.folder / f"{sha256(repr(of).encode()).hexdigest()}.npz"

    def get(self, path: Path) -> Any:
        """What is kept there; None for nothing, or for what is damaged or to be measured again."""
        if random.Random(f"{self.seed} {path.name}").randrange(AGAIN) == 0:
            return None
        return _read(path)

    def is_earlier(self, path: Path) -> bool:
        """Whether what is kept there is of a run before this one."""
        return path.stat().st_mtime < self.since

    def put(self, path: Path, answer: Any) -> None:
        """Keep an answer. ``StaleAnswer`` if another one is kept."""
        content = stored(answer)
        if path.exists() and (before := _read(path)) is not None and stored(before) != content:
            raise StaleAnswer(
                f"an answer kept in {path} is not what is measured now, from the same code, "
                f"weights and text: delete {self.folder} and judge --anew"
            )
        with whole(path) as file:
            file.write_bytes(content)


def kept() -> Kept | None:
    """The answers of this state of the code; those of states that were not used lately go.

    None where ``$REPLICATE_ANEW`` asks for all to be measured. Whoever measures what is kept here
    does so with one thread.
    """
    if os.environ.get("REPLICATE_ANEW"):
        return None
    depends = (platform.python_version(), _processor(), devices.described(), code_state())
    state = sha256("\n".join(depends).encode()).hexdigest()
    folder = cache_folder() / "answers" / state
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    states = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in states[FOLDERS:]:
        shutil.rmtree(old, ignore_errors=True)
    return Kept(folder, random.SystemRandom().randrange(2**32), time())


def _read(path: Path) -> Any:
    try:
        return restored(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _processor() -> str:
    """What it can do, on which the order of sums depends."""
    told = Path("/proc/cpuinfo")
    if not told.is_file():
        return platform.processor()
    return next((line for line in told.read_text().splitlines() if "flags" in line.lower()), "")


@cache
def code_state() -> str:
    """The sha256 of all code and data that answers depend on, and of the packages' versions."""
    measured_with = {name: one for name, one in packages().items() if name != "matplotlib"}
    code = [path for path in _files() if path.suffix == ".py"]
    data = [path for path in _files() if path.suffix in DATA and ".schema" not in path.name]
    parts = [
        *(f"{name} {version.split('+')[0]}" for name, version in measured_with.items()),
        digest_of(code),
        *(sha256(path.read_bytes()).hexdigest() for path in data),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


def _files() -> list[Path]:
    """All that lies in the folders that answers depend on."""
    package = Path(str(resources.files("replication")))
    return [path for folder in CODE for path in sorted((package / folder).rglob("*"))]
