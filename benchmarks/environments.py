"""What runs where: the peers' environments, one for each file of ``peers/`` under ``build/peers``,
made once; and the machine.
"""

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import psutil

from replication.results.speed import Machine

HERE = Path(__file__).parent
PEERS = HERE / "peers"
OWN = ("torch", "transformers", "scikit-learn", "captum", "bertviz")
BUILD = HERE.parent / "build" / "peers"
QUIETLY = ("--quiet", "--require-virtualenv")
"""Of an environment half made, pip would otherwise install into the interpreter that it is of."""


class NotInstalled(Exception):
    """A peer that could not be installed, with pip's last word on it."""


def executable(peer: str, name: str = "python") -> Path:
    """A program of a peer's environment, or of this one for no peer; ``NotInstalled`` if neither
    is there nor can be made.
    """
    if not peer:
        own = Path(sys.executable).with_name(name)
        return own if own.exists() else Path(shutil.which(name) or name)
    folder, pinned = BUILD / peer, PEERS / f"{peer}.txt"
    ready = folder / "ready"
    if not ready.is_file() or ready.read_text("utf-8") != pinned.read_text("utf-8"):
        _make(folder, pinned)
        ready.write_text(pinned.read_text("utf-8"), "utf-8")
    return folder / "bin" / name


def versions(peer: str) -> dict[str, str]:
    """The versions of a peer and of what all share; for no peer, of what is here."""
    if not peer:
        return {name: metadata.version(name).partition("+")[0] for name in OWN}
    lines = (PEERS / f"{peer}.txt").read_text("utf-8").split()
    pinned = dict(line.split("==") for line in lines)
    return {name: pinned[name] for name in (peer, "torch", "transformers")}


def machine() -> Machine:
    """What this runs on; no name of it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return Machine(
        processor=names[0] if names else platform.processor(),
        cores=psutil.cpu_count() or 0,
        memory=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 1),
    )


def _make(folder: Path, pinned: Path) -> None:
    print(f"making the environment of {pinned.stem}", file=sys.stderr, flush=True)
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", *QUIETLY, "-r", str(pinned)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NotInstalled(f"{pinned.stem} cannot be installed: {last_line(done.stderr)}")


def last_line(text: str) -> str:
    """The last line that says anything."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")
