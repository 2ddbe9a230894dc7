"""Single files from the Hugging Face Hub: what it promises, brought on from where a run was cut.

Since 1.18 huggingface_hub begins a file anew in each process. Here the bytes that came are kept
beside the blobs of its cache, as ``<hash>.incomplete``, and become a blob once they hash to what
the hub promised; then huggingface_hub is asked for the file, finds the blob and links it.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from replication.models.cache import WeightsError, check_room, say, sha256_of

T = TypeVar("T")

HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
"""A sha256, or the sha1 of a commit or of a blob of git."""
_PASSING = {408, 429, 500, 502, 503, 504}
_PAUSES = (1, 3)
_LONGEST_PAUSE = 60


@dataclass(frozen=True)
class Promised:
    """A file as the hub lists it at a revision."""

    name: str
    bytes: int
    hash: str
    """The sha256 of a large file; the sha1 that git gives a small one. The name of its blob."""


@dataclass(frozen=True)
class Listing:
    """A repository at a revision, which is a commit."""

    repository: str
    revision: str
    files: Mapping[str, Promised]


def hub_hash(path: Path, like: str) -> str:
    """A file's hash of the kind of another one: sha256 (64 digits), or git's sha1 of a blob (40).

    Git hashes a file's length before its bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if len(like) == 64:
        return sha256_of(path)
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def ask(repository: str, revision: str | None) -> Listing:
    """What the hub has at a revision, which is a commit, or at the newest one.

    Raises the errors of huggingface_hub, and ``WeightsError`` for an answer that makes no sense.
    """
    from huggingface_hub import HfApi, constants

    info = _patiently(
        lambda: HfApi().model_info(
            repository,
            revision=revision,
            files_metadata=True,
            timeout=constants.HF_HUB_ETAG_TIMEOUT,
        )
    )
    files = {}
    for file in info.siblings or ():
        promised = file.lfs.sha256 if file.lfs else file.blob_id
        files[file.rfilename] = Promised(file.rfilename, file.size or 0, str(promised))
    commit = _hash(repository, str(info.sha))
    if revision not in (None, commit):
        raise WeightsError(
            f"what answers at {constants.ENDPOINT} gives {repository} at the revision {commit} and "
            f"not at {revision}: set HF_ENDPOINT to a hub"
        )
    return Listing(repository, commit, files)


def _hash(repository: str, text: str) -> str:
    """A hash that the hub gave; it becomes the name of a file here, so it must be one."""
    from huggingface_hub import constants

    if HASH.fullmatch(text):
        return text
    raise WeightsError(
        f"what answers at {constants.ENDPOINT} gives {text!r} for a hash of {repository}: "
        "set HF_ENDPOINT to a hub"
    )


def bring(listing: Listing, file: Promised) -> Path:
    """Bring one file into huggingface_hub's cache, unless it is there and right; its path.

    Raises ``WeightsError`` for bytes other than the promised ones, which are not kept; the errors
    of huggingface_hub and its HTTP library; and ``OSError`` for faults of the disk.
    """
    from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache
    from huggingface_hub.file_download import repo_folder_name

    revision, digest = listing.revision, _hash(listing.repository, file.hash)
    here = try_to_load_from_cache(listing.repository, file.name, revision=revision)
    if isinstance(here, str) and hub_hash(Path(here), digest) == digest:
        return Path(here)
    if isinstance(here, str):
        discard(Path(here))
    folder = repo_folder_name(repo_id=listing.repository, repo_type="model")
    blob = Path(constants.HF_HUB_CACHE) / folder / "blobs" / digest
    if not blob.exists() or hub_hash(blob, digest) != digest:
        blob.unlink(missing_ok=True)
        _download(listing, file, blob)
    path = Path(hf_hub_download(listing.repository, file.name, revision=revision))
    if path.resolve() != blob.resolve():  # a copy, or a file that was sent under another name
        _check(path, listing, file)
    return path


def discard(path: Path) -> None:
    """Take a file out of the cache, with the blob that it links to."""
    path.resolve().unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _download(listing: Listing, file: Promised, blob: Path) -> None:
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    partial = blob.with_name(f"{file.hash}.incomplete")
    blob.parent.mkdir(parents=True, exist_ok=True)
    if partial.exists() and partial.stat().st_size > file.bytes:
        partial.unlink()

    def resume() -> None:
        with partial.open("ab") as kept:
            have = kept.tell()
            check_room(file.bytes - have, blob.parent)
            http_get(
                hf_hub_url(listing.repository, file.name, revision=listing.revision),
                kept,
                resume_size=have,
                # Compressed bytes could not be counted, nor asked for from the middle.
                headers=build_hf_headers(headers={"Accept-Encoding": "identity"}),
                expected_size=file.bytes,
                displayed_filename=file.name,
            )

    try:
        _patiently(resume)
    except BaseException:
        if partial.exists() and not partial.stat().st_size:
            partial.unlink()
        raise
    _check(partial, listing, file)
    partial.replace(blob)


def _check(path: Path, listing: Listing, file: Promised) -> None:
    from huggingface_hub import constants

    found = hub_hash(path, file.hash)
    if found != file.hash:
        discard(path)
        raise WeightsError(
            f"{constants.ENDPOINT} sent a {file.name} of {listing.repository} that hashes to "
            f"{found} and not to {file.hash}, so it was not kept: try again, and if it stays so, "
            "do not trust what stands between here and the hub"
        )


def _patiently(act: Callable[[], T]) -> T:
    """Do it again, at most twice, when the hub says that it cannot just now."""
    from huggingface_hub.errors import HfHubHTTPError

    for pause in _PAUSES:
        try:
            return act()
        except HfHubHTTPError as error:
            told = error.response.headers.get("Retry-After", "")
            wait = int(told) if told.isdigit() else pause
            if error.response.status_code not in _PASSING or wait > _LONGEST_PAUSE:
                raise
            say(f"the hub answers HTTP {error.response.status_code}: trying again in {wait} s")
            time.sleep(wait)
    return act()
