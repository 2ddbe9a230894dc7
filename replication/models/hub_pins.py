"""What was recorded of a model of the hub when it was first used, so that it stays the same.

A revision or a hash that the table of models does not give is taken from the first use and held to
from then on. The same record spares hashing: files whose size and date are still the recorded ones
are taken to be the files that were hashed.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from replication.base.files import write_whole
from replication.models.cache import WeightsError, cache_folder, disk_faults, sha256_of
from replication.models.hub_contents import WEIGHTS, source_of
from replication.models.registry import HubSource, ModelEntry


@dataclass(frozen=True)
class Stamp:
    """A file as it was when it was hashed."""

    sha256: str
    bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Pin:
    """A snapshot that was found right, with all files that are read of it."""

    repository: str
    revision: str
    files: dict[str, Stamp]


def pin_path(entry: ModelEntry) -> Path:
    """The file that keeps what was recorded of the model; deleting it forgets that."""
    return cache_folder() / "pins" / f"{entry.name}.json"


def recorded(entry: ModelEntry) -> Pin | None:
    """What was recorded, unless the table of models has come to say something else since then.

    Raises ``WeightsError`` for a record that cannot be read: it must not be taken for none.
    """
    source = source_of(entry)
    try:
        data = json.loads(pin_path(entry).read_text("utf-8"))
        files = {name: Stamp(**stamp) for name, stamp in data["files"].items()}
        pin = Pin(data["repository"], data["revision"], files)
        weights = pin.files[WEIGHTS].sha256
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"{pin_path(entry)}, which records {entry.name}, cannot be read "
            f"({type(error).__name__}): delete it and repeat `replicate fetch {entry.name}`"
        ) from error
    fits = (pin.repository, source.revision or pin.revision, source.sha256 or weights)
    return pin if fits == (source.repository, pin.revision, weights) else None


def record(entry: ModelEntry, pin: Pin) -> None:
    """Keep a pin, unless it is kept already; the file appears whole or not at all."""
    if pin != recorded(entry):
        with disk_faults(0):
            write_whole(pin_path(entry), json.dumps(asdict(pin), indent=1) + "\n")


def resolved(entry: ModelEntry) -> ModelEntry:
    """The entry with the revision and the hash that the table leaves open, as recorded."""
    if not (pin := recorded(entry)):
        return entry
    sha256 = pin.files[WEIGHTS].sha256
    return replace(entry, source=HubSource(pin.repository, pin.revision, sha256))


def expected_hashes(entry: ModelEntry) -> dict[str, str]:
    """The sha256 of each file for which it is known: from the record, or from the table."""
    if pin := recorded(entry):
        return {name: stamp.sha256 for name, stamp in pin.files.items()}
    known = source_of(entry).sha256
    return {WEIGHTS: known} if known else {}


def stamps(snapshot: Path, names: Iterable[str]) -> dict[str, Stamp]:
    """Hash files of a snapshot."""
    found = {}
    for name in names:
        state = (snapshot / name).stat()
        found[name] = Stamp(sha256_of(snapshot / name), state.st_size, state.st_mtime_ns)
    return found


def unchanged(pin: Pin, snapshot: Path, names: Iterable[str]) -> bool:
    """Whether a snapshot's files have the recorded sizes and dates; hashes nothing."""
    if set(names) != set(pin.files) or snapshot.name != pin.revision:
        return False
    states = {name: (snapshot / name).stat() for name in pin.files}
    return all(
        (states[name].st_size, states[name].st_mtime_ns) == (stamp.bytes, stamp.modified_ns)
        for name, stamp in pin.files.items()
    )
