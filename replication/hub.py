"""Snapshots of repositories on the Hugging Face Hub: only safetensors, never a pickle or code.

They lie in huggingface_hub's own cache and follow its own settings (``HF_HOME``, ``HF_ENDPOINT``,
``HF_HUB_OFFLINE``, ``HF_TOKEN``).
"""

import os
from pathlib import Path

from replication.cache import WeightsError, check_hashes
from replication.registry import HubSource

_WEIGHTS = "model.safetensors"
_TOKENIZERS = ({"tokenizer.json"}, {"vocab.json", "merges.txt"})
_WANTED = [
    "config.json",
    _WEIGHTS,
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
]


def local_snapshot(source: HubSource) -> Path | None:
    """The folder of the snapshot if all of it is here; asks no network."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        snapshot = _snapshot(source, local=True)
    except LocalEntryNotFoundError:
        return None
    return None if _missing(snapshot) else snapshot


def expected_hashes(source: HubSource) -> dict[str, str]:
    """The sha256 of each file for which it is known beforehand."""
    return {_WEIGHTS: source.sha256} if source.sha256 else {}


def fetch(name: str, source: HubSource) -> Path:
    """Bring the model's snapshot, or what is missing of it, with new weights; its folder.

    Raises ``WeightsError`` when the hub is out of reach, refuses, has not all of the files, or
    sends wrong weights, which are not kept.
    """
    if found := local_snapshot(source):
        _discard_weights(found)
    snapshot = _download(source)
    try:
        check_hashes(name, snapshot, expected_hashes(source))
    except WeightsError:
        _discard_weights(snapshot)
        raise
    return snapshot


def _download(source: HubSource) -> Path:
    from huggingface_hub import HfApi

    try:
        # Asked first, for its plain errors: the download tries for long and may settle for less.
        HfApi().model_info(source.repository, revision=source.revision)
        snapshot = _snapshot(source, local=False)
    except Exception as error:  # those of huggingface_hub, its HTTP library and the file system
        raise WeightsError(_reason(source, error)) from error
    if missing := _missing(snapshot):
        raise WeightsError(
            f"{source.repository} has no {missing} on the hub, and nothing else is read"
        )
    return snapshot


def _discard_weights(snapshot: Path) -> None:
    """Take the weights out of the cache, so that nothing can load them."""
    weights = snapshot / _WEIGHTS
    weights.resolve().unlink(missing_ok=True)
    weights.unlink(missing_ok=True)


def _snapshot(source: HubSource, *, local: bool) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            source.repository,
            revision=source.revision,
            allow_patterns=_WANTED,
            local_files_only=local,
        )
    )


def _missing(snapshot: Path) -> str | None:
    for name in ("config.json", _WEIGHTS):
        if not (snapshot / name).exists():
            return name
    if not any(all((snapshot / name).exists() for name in names) for names in _TOKENIZERS):
        return "tokenizer.json"
    return None


def _reason(source: HubSource, error: Exception) -> str:
    from huggingface_hub import constants, errors

    name, cause = source.repository, error.__cause__ or error
    match error:
        case errors.GatedRepoError():
            return f"{name} is gated: accept its terms on its page on the hub and set HF_TOKEN"
        case errors.RepositoryNotFoundError():
            return f"the hub has no {name}, or shows it only to some: check it and set HF_TOKEN"
        case errors.RevisionNotFoundError():
            return f"{name} has no revision {source.revision} on the hub"
        case errors.HfHubHTTPError():
            return f"the hub refused {name} (HTTP {error.response.status_code}): try again later"
        case OSError(errno=int(number)) if not isinstance(error, errors.LocalEntryNotFoundError):
            place = constants.HF_HUB_CACHE
            return (
                f"{place} cannot be written ({os.strerror(number)}): set HF_HOME to another folder"
            )
    if isinstance(cause, errors.OfflineModeIsEnabled):
        return f"{name} is not here and HF_HUB_OFFLINE forbids to bring it: unset HF_HUB_OFFLINE"
    return (
        f"the hub cannot be reached for {name} ({_first_line(cause)}): "
        "check the network, or set HF_ENDPOINT to a mirror"
    )


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
