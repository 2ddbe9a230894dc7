"""Models of the Hugging Face Hub: only safetensors, never a pickle or code.

They lie in huggingface_hub's own cache and follow its own settings (``HF_HOME``, ``HF_HUB_CACHE``,
``HF_ENDPOINT``, ``HF_HUB_OFFLINE``, ``HF_TOKEN``). A snapshot that another tool put there is hashed
before it is first used, and again whenever a file's size or date has changed.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from replication.models import hub_pins
from replication.models.cache import (
    WeightsError,
    alone,
    cache_folder,
    disk_faults,
    megabytes,
    say,
    sha256_of,
)
from replication.models.hub_contents import (
    CONFIG,
    WEIGHTS,
    check_config,
    names_in,
    offered,
    source_of,
)
from replication.models.hub_download import HASH, ask, bring, discard, hub_hash
from replication.models.hub_faults import told_plainly
from replication.models.hub_pins import Pin, Stamp, expected_hashes
from replication.models.registry import ModelEntry


def local_snapshot(entry: ModelEntry) -> Path | None:
    """The folder of the snapshot if all of it is here; asks no network and hashes nothing.

    Raises ``WeightsError`` where the model's record cannot be read.
    """
    from huggingface_hub import try_to_load_from_cache

    source = source_of(hub_pins.resolved(entry))
    found = try_to_load_from_cache(source.repository, CONFIG, revision=source.revision)
    snapshot = Path(found).parent if isinstance(found, str) else None
    return snapshot if snapshot and names_in(snapshot) else None


def trusted(entry: ModelEntry, snapshot: Path, *, hashing: bool = False) -> Path:
    """The snapshot, once its bytes are known to be right; hashes them unless that was done before.

    Raises ``WeightsError`` for bytes that are not the expected ones, and for a configuration that
    is not of the model in the table.
    """
    pin = hub_pins.recorded(entry)
    if not hashing and pin and hub_pins.unchanged(pin, snapshot, names_in(snapshot)):
        return snapshot
    with _alone(entry), _hub_cache():
        stamps = hub_pins.stamps(snapshot, names_in(snapshot))
        for fault in _damage(entry, snapshot, stamps).values():
            raise WeightsError(fault)
        return _accepted(entry, snapshot, stamps)


def fetch(entry: ModelEntry) -> Path:
    """Bring the model's snapshot, or what is missing or wrong of it; its folder.

    Raises ``WeightsError`` when the hub is out of reach, refuses, has not all of the files, or has
    others than the expected ones, which are not kept.
    """
    with _alone(entry), _hub_cache():
        if snapshot := local_snapshot(entry):
            stamps = hub_pins.stamps(snapshot, names_in(snapshot))
            damage = _damage(entry, snapshot, stamps)
            if not damage:
                return _accepted(entry, snapshot, stamps)
            for name, fault in damage.items():
                say(fault)
                discard(snapshot / name)
        snapshot = _bring(entry)
        return _accepted(entry, snapshot, hub_pins.stamps(snapshot, names_in(snapshot)))


@contextmanager
def _alone(entry: ModelEntry) -> Iterator[None]:
    """Let only one process at a time fetch or record the model."""
    with disk_faults(0):
        cache_folder().mkdir(parents=True, exist_ok=True)
        with alone(entry.name):
            yield


def _hub_cache(needed: int = 0) -> AbstractContextManager[None]:
    from huggingface_hub import constants

    return disk_faults(needed, Path(constants.HF_HUB_CACHE), "HF_HOME")


def _damage(entry: ModelEntry, snapshot: Path, stamps: dict[str, Stamp]) -> dict[str, str]:
    """A sentence for each file that is not what is known of it.

    Of a file of which nothing is known yet, the hub's cache still has what the hub promised: it
    names the blob after it.
    """
    expected, damage = expected_hashes(entry), {}
    for name, stamp in stamps.items():
        blob = (snapshot / name).resolve()
        found, wanted = stamp.sha256, expected.get(name)
        if not wanted and HASH.fullmatch(blob.name):
            found, wanted = hub_hash(blob, blob.name), blob.name
        if wanted and found != wanted:
            damage[name] = (
                f"{snapshot / name} hashes to {found} and not to {wanted}: "
                f"bring it anew with `replicate fetch {entry.name}`"
            )
    return damage


def _accepted(entry: ModelEntry, snapshot: Path, stamps: dict[str, Stamp]) -> Path:
    """A snapshot whose bytes are right, recorded if it is of the model in the table."""
    check_config(entry, snapshot / CONFIG)
    hub_pins.record(entry, Pin(source_of(entry).repository, snapshot.name, stamps))
    return snapshot


def _bring(entry: ModelEntry) -> Path:
    source = source_of(hub_pins.resolved(entry))
    with told_plainly(entry):
        listing = ask(source.repository, source.revision)
    files = [listing.files[name] for name in offered(listing.repository, listing.files)]
    needed = sum(file.bytes for file in files)
    say(f"{entry.name}: fetching {megabytes(needed)} from {source.repository}")
    for file in files:
        if file.name == WEIGHTS and len(file.hash) == 64:
            _check_expected(entry, WEIGHTS, file.hash)
        with _hub_cache(needed), told_plainly(entry):
            path = bring(listing, file)
        try:
            _check_expected(entry, file.name, sha256_of(path))
        except WeightsError:
            discard(path)
            raise
        if file.name == CONFIG:
            check_config(entry, path)
    return path.parent


def _check_expected(entry: ModelEntry, name: str, found: str) -> None:
    wanted = expected_hashes(entry).get(name, found)
    if found == wanted:
        return
    told = f"the hub's {name} of {source_of(entry).repository} has sha256 {found} and not {wanted}"
    if name == WEIGHTS and source_of(entry).sha256:
        raise WeightsError(
            f"{told}, which the table of models gives, so it was not kept: check HF_ENDPOINT"
        )
    raise WeightsError(
        f"{told}, which was recorded at its first use: if you trust the new one, delete "
        f"{hub_pins.pin_path(entry)}"
    )
