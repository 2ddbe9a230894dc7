"""Models of the Hugging Face Hub: only safetensors, never a pickle or code.

They lie in huggingface_hub's own cache and follow its own settings (``HF_HOME``, ``HF_HUB_CACHE``,
``HF_ENDPOINT``, ``HF_HUB_OFFLINE``, ``HF_TOKEN``). Each file is hashed before anything parses it,
when it comes and whenever it is loaded, whoever put it there.
"""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from replication.models import pins
from replication.models.cache import (
    CONFIG,
    WEIGHTS,
    alone,
    cache_folder,
    check_room,
    disk_faults,
    files_read,
    megabytes,
    say,
    sha256_of,
)
from replication.models.configuration import check_config
from replication.models.downloads import HASH, bring, discard, hash_like, name_of_blob, sweep
from replication.models.errors import WeightsError
from replication.models.hub_faults import told_plainly
from replication.models.pins import Pin, expected_hashes, source_of
from replication.models.registry import ModelEntry

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling


def local_snapshot(entry: ModelEntry) -> Path | None:
    """The folder of the snapshot if all of it is here; asks no network and hashes nothing.

    Raises ``WeightsError`` where the model's record cannot be read.
    """
    from huggingface_hub import try_to_load_from_cache

    source = source_of(pins.resolved(entry))
    found = try_to_load_from_cache(source.repository, CONFIG, revision=source.revision)
    snapshot = Path(found).parent if isinstance(found, str) else None
    return snapshot if snapshot and files_read(snapshot) else None


def verify(entry: ModelEntry, snapshot: Path, *, trained: bool = True) -> Path:
    """The snapshot, after hashing its files; its weights are left out unless ``trained``.

    At their first use the hashes are recorded. Raises ``WeightsError`` for bytes that are not the
    expected ones, and for a configuration that is not of the model in the table.
    """
    names = [name for name in files_read(snapshot) if trained or name != WEIGHTS]
    for name in names:
        if damage := _damage(entry, snapshot / name):
            raise WeightsError(
                f"{snapshot / name} {damage}: bring it again with `replicate fetch {entry.name}`"
            )
    check_config(entry, snapshot / CONFIG)
    if trained and not pins.recorded(entry):
        hashes = {name: sha256_of(snapshot / name) for name in names}
        pins.record(entry, Pin(source_of(entry).repository, snapshot.name, hashes))
    return snapshot


def fetch(entry: ModelEntry) -> Path:
    """Bring the model's snapshot, or what is missing or wrong of it; its folder.

    Raises ``WeightsError`` when the Hub is out of reach, refuses, has not all of the files, or has
    others than the expected ones, which are not kept.
    """
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE)
    with disk_faults(0):
        cache_folder().mkdir(parents=True, exist_ok=True)
    with disk_faults(0), alone(entry.name), disk_faults(0, cache, "HF_HOME"):
        sweep(source_of(entry).repository)
        if snapshot := local_snapshot(entry):
            for name in files_read(snapshot):
                if damage := _damage(entry, snapshot / name):
                    say(f"{snapshot / name} {damage}")
                    discard(snapshot / name)
        return verify(entry, local_snapshot(entry) or _bring(entry, cache))


def _damage(entry: ModelEntry, path: Path) -> str:
    """What is wrong with a file of the cache; nothing if it hashes to what is known of it."""
    expected = expected_hashes(entry)
    if CONFIG in expected and path.name not in expected:
        return "was not among the files that were recorded at the model's first use"
    wanted = expected.get(path.name) or name_of_blob(path)
    if not wanted or (found := hash_like(wanted, path)) == wanted:
        return ""
    return f"hashes to {found} and not to {wanted}"


def _bring(entry: ModelEntry, cache: Path) -> Path:
    source = source_of(pins.resolved(entry))
    with told_plainly(entry):
        revision, listed = _ask(source.repository, source.revision)
    names = _offered(source.repository, listed)
    needed = sum(listed[name].size or 0 for name in names)
    say(f"{entry.name}: fetching {megabytes(needed)} from {source.repository}")
    for name in names:
        with disk_faults(needed, cache, "HF_HOME"), told_plainly(entry):
            check_room(listed[name].size or 0, cache)
            path = bring(source.repository, revision, listed[name])
        if fault := _fault(entry, path, listed[name]):
            discard(path)
            raise WeightsError(fault)
        if name == CONFIG:
            check_config(entry, path)
    return path.parent


def _ask(repository: str, revision: str | None) -> tuple[str, dict[str, "RepoSibling"]]:
    """The commit of a revision, or the newest one, and what the Hub promises of each file."""
    from huggingface_hub import HfApi, constants

    timeout = constants.HF_HUB_ETAG_TIMEOUT
    info = HfApi().model_info(repository, revision=revision, files_metadata=True, timeout=timeout)
    commit = str(info.sha)
    if revision not in (None, commit) or not HASH.fullmatch(commit):  # which names a folder here
        raise WeightsError(
            f"what answers at {constants.ENDPOINT} gives {repository} at the revision {commit} and "
            f"not at {revision or 'the hash of one'}: set HF_ENDPOINT to a hub"
        )
    return commit, {file.rfilename: file for file in info.siblings or ()}


def _fault(entry: ModelEntry, path: Path, promised: "RepoSibling") -> str:
    """The sentence for a new file that is not what the Hub promised or not what is known of it."""
    from huggingface_hub import constants

    name, repository = path.name, source_of(entry).repository
    wanted = str(promised.lfs.sha256 if promised.lfs else promised.blob_id)
    if (found := hash_like(wanted, path)) != wanted:
        return (
            f"{constants.ENDPOINT} sent a {name} of {repository} that hashes to {found} and not to "
            f"{wanted}, so it was not kept: try again, and if it stays so, do not trust what "
            "stands between here and the hub"
        )
    wanted = expected_hashes(entry).get(name, "")
    if not wanted or (found := sha256_of(path)) == wanted:
        return ""
    told = f"the hub's {name} of {repository} has sha256 {found} and not {wanted}"
    if name == WEIGHTS and source_of(entry).sha256:
        return f"{told}, which the table of models gives, so it was not kept: check HF_ENDPOINT"
    return (
        f"{told}, which was recorded at its first use: if you trust the new one, delete "
        f"{pins.pin_path(entry)}"
    )


def _offered(repository: str, listed: Collection[str]) -> tuple[str, ...]:
    """The files to be brought; raises ``WeightsError`` where one of them is not on the Hub."""
    if names := files_read(listed):
        return names
    missing = next(name for name in (CONFIG, WEIGHTS, "tokenizer.json") if name not in listed)
    pickled = sorted(name for name in listed if name.endswith((".bin", ".pt", ".ckpt")))
    beside = ", and nothing else is read"
    if pickled and missing == WEIGHTS:
        beside = f" but {', '.join(pickled)}, which is not read because a pickle can run code"
    raise WeightsError(f"{repository} has no {missing} on the hub{beside}")
