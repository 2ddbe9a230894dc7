"""What can go wrong on the way from the Hugging Face Hub, each told in one sentence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from replication.models.errors import WeightsError
from replication.models.pins import pin_path, resolved, source_of
from replication.models.registry import ModelEntry


@contextmanager
def told_plainly(entry: ModelEntry) -> Iterator[None]:
    """Turn each error of huggingface_hub and its HTTP library into a ``WeightsError``.

    The ``OSError`` of a disk passes: ``cache.disk_faults`` knows what to say of it.
    """
    try:
        yield
    except WeightsError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise WeightsError(_sentence(entry, error)) from error


def _sentence(entry: ModelEntry, error: BaseException) -> str:
    from huggingface_hub import constants, errors

    name, hub = source_of(entry).repository, constants.ENDPOINT
    if isinstance(error, errors.LocalEntryNotFoundError) and error.__cause__:
        error = error.__cause__  # the library looks in its cache after any fault of the network
    match error:
        case errors.OfflineModeIsEnabled():
            return (
                f"{name} is not here and HF_HUB_OFFLINE forbids to bring it: unset HF_HUB_OFFLINE"
            )
        case errors.GatedRepoError():
            return f"{name} is gated: accept its terms on its page on the hub and set HF_TOKEN"
        case errors.RevisionNotFoundError():
            return _no_revision(entry)
        case errors.RemoteEntryNotFoundError():
            return f"the hub lists a file of {name} that it does not have: try again later"
        case errors.HfHubHTTPError():
            return _refusal(name, error.response)
        case json.JSONDecodeError() | TypeError() | KeyError() | errors.FileMetadataError():
            return (
                f"what answers at {hub} is no hub, perhaps the sign-in page of a network: "
                "sign in, or set HF_ENDPOINT to a hub"
            )
        case OSError() if "Consistency check failed" in str(error):
            return (
                f"what came of {name} is not as long as the hub says it is: repeat the command, "
                "and if it stays so, do not trust what stands between here and the hub"
            )
    first_line = f"{type(error).__name__}: {error}".splitlines()[0]
    return (
        f"the hub cannot be reached for {name} at {hub} ({first_line}): "
        "check the network, or set HF_ENDPOINT to a mirror"
    )


def _no_revision(entry: ModelEntry) -> str:
    source = source_of(resolved(entry))
    told = f"{source.repository} has no revision {source.revision} on the hub"
    if source_of(entry).revision:
        return f"{told}: check HF_ENDPOINT"
    return (
        f"{told}, which was recorded at its first use: to take the newest one, delete "
        f"{pin_path(entry)}"
    )


def _refusal(name: str, response: Any) -> str:
    told = f"the hub refused {name} (HTTP {response.status_code})"
    match response.status_code:
        case 401 | 404 as status:
            return (
                f"the hub has no {name}, or shows it only to some (HTTP {status}): "
                "set HF_TOKEN to a token that may read it"
            )
        case 403:
            return f"{told}: set HF_TOKEN to a token that may read it"
        case 429:
            wait = response.headers.get("Retry-After", "some")
            return (
                f"the hub refused {name} because it was asked too often (HTTP 429): wait {wait} "
                "seconds, or set HF_TOKEN, with which it may be asked more often"
            )
    return f"{told}: try again later"
