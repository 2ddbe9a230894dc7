"""The report as a research object: an RO-Crate 1.2 that tells what each file is and is made by.

https://www.researchobject.org/ro-crate/specification/1.2/
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from replication.base.environment import Environment

NAME = "ro-crate-metadata.json"
AUTHOR = "The authors of transformer-interfaces-replication"
"""As ``CITATION.cff`` names them, which does not come with the installed package."""
CODE_LICENCE = {
    "identifier": "https://spdx.org/licenses/MIT",
    "type": "CreativeWork",
    "name": "MIT License",
    "description": "Of the software.",
}
PUBLISHED_LICENCE = {
    "identifier": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "type": "CreativeWork",
    "name": "CC BY-NC-SA 4.0",
    "description": "Of the articles' numbers, and so of these files, which repeat some of them.",
}
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Entry:
    """A file of the crate."""

    path: str
    """Within the crate's folder."""
    name: str
    description: str


@dataclass(frozen=True)
class Described:
    """What the crate as a whole is."""

    title: str
    description: str
    made: datetime
    environment: Environment


def as_jsonld(folder: Path, files: Sequence[Entry], described: Described) -> dict[str, Any]:
    """The crate's metadata, for ``ro-crate-metadata.json`` in ``folder``.

    Each file is given with its size and SHA-256; the first is the page to begin with.
    ``ValueError`` where one is not there.
    """
    from rocrate.rocrate import ROCrate

    for entry in files:
        if not (folder / entry.path).is_file():
            raise ValueError(f"{entry.path} is not in {folder}: write it before the crate")
    crate = ROCrate(version="1.2")
    crate.name, crate.description = described.title, described.description
    crate.datePublished = described.made.astimezone(UTC)
    crate.license = _add(crate, **PUBLISHED_LICENCE)
    crate.publisher = _add(crate, "#authors", type="Organization", name=AUTHOR)
    crate.root_dataset["author"] = crate.publisher
    software = _add_software(crate, described.environment, files[0].path)
    made = [crate.add_file(folder / e.path, e.path, properties=_of(folder, e)) for e in files]
    run = {"name": "Judging the claims and drawing the figures"}
    crate.root_dataset["mentions"] = crate.add_action(
        software, identifier="#run", result=made, properties=run
    )
    return crate.metadata.generate()


def _add_software(crate: Any, environment: Environment, page: str) -> Any:
    """The package itself, with the versions of what it ran on."""
    versions = {"Python": environment.python, **environment.packages}
    software = _add(
        crate,
        "#software",
        type="SoftwareApplication",
        name="transformer-interfaces-replication",
        version=environment.replication,
        url={"@id": page},  # asked for; the report is the nearest address it has
        operatingSystem=environment.platform,
        softwareRequirements=[f"{name} {version}" for name, version in versions.items()],
    )
    software["author"], software["license"] = crate.publisher, _add(crate, **CODE_LICENCE)
    return software


def _add(crate: Any, identifier: str, type: str, **properties: Any) -> Any:
    """An entity that is no file."""
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, {"@type": type, **properties}))


def _of(folder: Path, entry: Entry) -> dict[str, str]:
    path = folder / entry.path
    return {
        "name": entry.name,
        "description": entry.description,
        "encodingFormat": FORMATS[path.suffix],
        "contentSize": str(path.stat().st_size),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
