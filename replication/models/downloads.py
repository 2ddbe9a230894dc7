"""Files of the Hugging Face Hub's cache: brought by huggingface_hub, hashed and thrown out here."""

import hashlib
import math
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from replication.models.cache import sha256_of
from replication.models.errors import WeightsError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
"""A sha256, or the sha1 of a commit or of a small file in git."""


def bring(repository: str, revision: str, file: "RepoSibling") -> Path:
    """Bring a listed file into huggingface_hub's cache, unless it is there; its path.

    Raises ``WeightsError`` for more bytes than listed, the errors of huggingface_hub and its HTTP
    library, and ``OSError`` for faults of the disk; then nothing of the file is kept.
    """
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.utils.tqdm import tqdm

    class Bounded(tqdm):
        """huggingface_hub compares lengths when a body has ended, which it need not.

        What comes by Xet comes in pieces that are known by their hashes.
        """

        def __init__(self, *given: Any, **settings: Any) -> None:
            self.left: float = math.inf
            if settings.get("name") == "huggingface_hub.http_get":
                self.left = file.size or 0
                settings["desc"] = file.rfilename  # in place of the end of a long address
            super().__init__(*given, **settings)

        def update(self, n: float | None = 1) -> bool | None:
            self.left -= n or 0
            if self.left < 0:
                raise WeightsError(
                    f"{constants.ENDPOINT} sends more for the {file.rfilename} of {repository} "
                    f"than the {file.size} bytes that it promised, so it was not kept: "
                    "do not trust what stands between here and the hub"
                )
            return super().update(n)

    return Path(hf_hub_download(repository, file.rfilename, revision=revision, tqdm_class=Bounded))


def name_of_blob(path: Path) -> str | None:
    """What the Hub said that a file of the cache hashes to: its blob has that name.

    None where the file system has no links, and where the Hub gave something else than a hash.
    """
    blob = path.readlink().name if path.is_symlink() else ""
    return blob if HASH.fullmatch(blob) else None


def hash_like(known: str, path: Path) -> str:
    """A file's hash of the kind of a known one: sha256 (64 digits), or git's sha1 of a blob (40).

    Git hashes a file's length before its bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if len(known) == 64:
        return sha256_of(path)
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def discard(path: Path) -> None:
    """Take a file out of the cache, with its blob and the shared one that this may link to.

    What lies elsewhere stays: a Hub's answer decides where a link leads.
    """
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE).resolve()
    blob = path.parent / path.readlink() if path.is_symlink() else path
    for each in (path.resolve(), blob, path):
        if each.parent.resolve().is_relative_to(cache):
            each.unlink(missing_ok=True)


def sweep(repository: str) -> None:
    """Remove what killed downloads left: partial files whose lock no process holds."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    cache = Path(constants.HF_HUB_CACHE)
    folder = repo_folder_name(repo_id=repository, repo_type="model")
    for partial in (cache / folder / "blobs").glob("*.incomplete"):
        lock = FileLock(cache / ".locks" / folder / f"{partial.name.partition('.')[0]}.lock")
        with suppress(Timeout, OSError), lock.acquire(timeout=0):
            partial.unlink()
