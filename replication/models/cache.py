"""The folder that keeps the models: where it is, one process at a time, and only whole models.

A model is made in a working folder of the cache and moved into place at the end.
"""

import errno
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from replication.models.errors import WeightsError

DISK_LIMITS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The error numbers of a disk that takes no more."""
BLOCK = 2**24
"""Bytes that are hashed at once."""
CONFIG, WEIGHTS = "config.json", "model.safetensors"
_TOKENIZERS = (("tokenizer.json",), ("vocab.json", "merges.txt"))


def files_read(of: Path | Container[str]) -> tuple[str, ...]:
    """The files of a folder, or of a list, that are read of a model; none where one is missing.

    Small files first: a wrong one then costs no large download.
    """
    there = {path.name for path in of.iterdir() if path.exists()} if isinstance(of, Path) else of
    for tokenizer in _TOKENIZERS:
        names = (CONFIG, *tokenizer, WEIGHTS)
        if all(name in there for name in names):
            return names
    return ()


def cache_folder() -> Path:
    """Where registry models are kept: ``$REPLICATE_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("REPLICATE_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return user_cache_path("transformer-interfaces-replication")


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal.

    It is read in large blocks: a thread that hashes while another imports waits for it at each.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_hashes(name: str, folder: Path, expected: Mapping[str, str]) -> None:
    """Raise ``WeightsError`` for the first of a model's files whose sha256 is not as expected."""
    for file, wanted in expected.items():
        found = sha256_of(folder / file)
        if found != wanted:
            raise WeightsError(
                f"{folder / file} has sha256 {found} and not {wanted}: "
                f"bring it again with `replicate fetch {name}`"
            )


def _lock(name: str) -> FileLock:
    return FileLock(cache_folder() / f"{name}.lock")


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Keep other processes from making the model; whether one was at it and had to end first."""
    lock, waited = _lock(name), False
    try:
        held = lock.acquire(timeout=0)
    except Timeout:
        say(f"{name}: waiting for another process that is fetching it")
        waited = True
        held = lock.acquire()
    with held:
        yield waited


def sweep(name: str) -> None:
    """Remove what killed runs left beside a whole model, unless a process is making it again."""
    left = [path for kind in ("part-*", "wheels") for path in cache_folder().glob(f"{name}.{kind}")]
    if left:
        with suppress(Timeout, OSError), _lock(name).acquire(timeout=0):
            for path in left:
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def making(name: str) -> Iterator[Path]:
    """A working folder, whose ``made`` takes the model's place in the cache at the end."""
    cache, ready = cache_folder(), cache_folder() / name
    for stale in cache.glob(f"{name}.part-*"):  # of runs that were killed
        shutil.rmtree(stale, ignore_errors=True)
    with TemporaryDirectory(
        prefix=f"{name}.part-", dir=cache, ignore_cleanup_errors=True
    ) as working_folder:
        work = Path(working_folder)
        yield work
        if ready.exists():
            ready.replace(work / "replaced")
        (work / "made").replace(ready)


def _free(folder: Path) -> int:
    """Bytes free where a folder is, or would be: on a full disk it may not exist."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(there).free


def check_room(needed: int, place: Path | None = None) -> None:
    """Raise the ``OSError`` of a full disk if the cache's has fewer bytes free than needed."""
    if _free(place or cache_folder()) < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def disk_faults(
    needed: int, place: Path | None = None, setting: str = "REPLICATE_CACHE"
) -> Iterator[None]:
    """Turn each ``OSError`` of the work in the cache, which needs so many bytes, into advice.

    ``place`` is another cache than the project's own, and ``setting`` what moves it.
    """
    cache = place or cache_folder()
    try:
        yield
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise WeightsError(
                f"a file in {cache} may not grow as large as the model needs ({error.strerror}): "
                "lift the limit on the size of files (`ulimit -f unlimited`), "
                f"or set {setting} to a folder on another file system"
            ) from error
        if error.errno in DISK_LIMITS:
            raise WeightsError(
                f"no room in {cache} ({error.strerror}): about {megabytes(needed)} are needed "
                f"and {megabytes(_free(cache))} are free on its disk; make "
                f"room, or set {setting} to a folder that has it"
            ) from error
        raise WeightsError(
            f"the cache {cache} cannot be used ({error.strerror or error}): "
            f"set {setting} to a folder that can be written"
        ) from error


def error_number(told: str) -> int:
    """The operating system's error number in what Python or Rust tell of it; 0 for none."""
    number = re.search(r"(?:os error |Errno )(\d+)", told)
    return int(number[1]) if number else 0


def say(line: str) -> None:
    """Tell the user how it goes, beside the output."""
    print(line, file=sys.stderr)


def megabytes(count: int) -> str:
    """A count of bytes, to be read."""
    return f"{count / 1e6:,.1f} MB"
