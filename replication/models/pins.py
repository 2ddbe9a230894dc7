"""What was recorded of a model of the Hub at its first use, so that it stays the same.

A revision or a hash that the table of models leaves open is taken from the first use and held to
from then on.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from replication.base.files import write_whole
from replication.models.cache import WEIGHTS, cache_folder, disk_faults
from replication.models.errors import WeightsError
from replication.models.registry import HubSource, ModelEntry


@dataclass(frozen=True)
class Pin:
    """A snapshot that was found right."""

    repository: str
    revision: str
    hashes: dict[str, str]
    """The sha256 of each file that is read."""


def source_of(entry: ModelEntry) -> HubSource:
    """Where a model of the Hub is, as the table has it."""
    assert isinstance(entry.source, HubSource)
    return entry.source


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
        hashes = {name: str(file["sha256"]) for name, file in data["files"].items()}
        pin = Pin(data["repository"], data["revision"], hashes)
        weights = hashes[WEIGHTS]
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
    """Keep a pin; the file appears whole or not at all."""
    files = {name: {"sha256": sha256} for name, sha256 in pin.hashes.items()}
    data = {"repository": pin.repository, "revision": pin.revision, "files": files}
    with disk_faults(0):
        write_whole(pin_path(entry), json.dumps(data, indent=1) + "\n")


def resolved(entry: ModelEntry) -> ModelEntry:
    """The entry with the revision and the hash that the table leaves open, as recorded."""
    if not (pin := recorded(entry)):
        return entry
    return replace(entry, source=HubSource(pin.repository, pin.revision, pin.hashes[WEIGHTS]))


def expected_hashes(entry: ModelEntry) -> dict[str, str]:
    """The sha256 of each file for which it is known: from the record, or from the table."""
    if pin := recorded(entry):
        return pin.hashes
    known = source_of(entry).sha256
    return {WEIGHTS: known} if known else {}
