"""Whether a figure or a view would come out as it is, so that it need not be made again.

A stamp holds a hash of all that goes into it (notebook with the claims that it judges, package
with its data, parameters, weights, versions, the device that networks compute on) and of the files
that came out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from replication.base import devices
from replication.base.environment import packages
from replication.base.files import write_whole
from replication.models import registry, weights

READ = {".py", ".json", ".jsonl", ".html", ".js"}
"""Endings of the package's files that figures and views are made of."""


def inputs_of(notebook: Path | None, parameters: Mapping[str, str], model: str) -> str:
    """A hash of all that goes into a notebook's figures, or into what has no notebook."""
    package = Path(__file__).parents[1]
    source = {path for path in package.rglob("*") if path.suffix in READ}
    if notebook:  # which shows verdicts too
        clone = notebook.parents[1]
        source |= {notebook, *clone.glob("claims/*.py"), clone / "docs" / "verdicts.md"}
    digest = hashlib.sha256()
    for path in sorted(path for path in source if path.is_file()):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    origin = "" if model == "published" else _origin(model)
    given = [sorted(parameters.items()), packages(), origin, devices.described()]
    digest.update(json.dumps(given).encode())
    return digest.hexdigest()


def _origin(model: str) -> str:
    entry, null = registry.find(model)
    return repr((weights.resolved(entry), null))


def is_fresh(stamp: Path, inputs: str, files: Iterable[Path]) -> bool:
    """Whether the files are those that came of the same inputs."""
    if not stamp.is_file():
        return False
    return stamp.read_text("utf-8") == _stamp(inputs, files)


def put(stamp: Path, inputs: str, files: Iterable[Path]) -> None:
    """Note what the files came of."""
    write_whole(stamp, _stamp(inputs, files))


def _stamp(inputs: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(inputs.encode())
    for path in files:
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()
