"""Fetches in processes of their own, forked from one that has imported what they all need.

huggingface_hub reads its settings when it is imported, so that each fetch needs a fresh process;
but most of the time of a fresh one goes into imports that read none.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from threading import Lock

SCRIPT = """
import sys
from replication import weights
from replication.registry import HubSource, ModelEntry
{before}
try:
    print(weights.fetch({entry!r}))
except weights.WeightsError as error:
    sys.exit(str(error))
"""


class Nursery:
    """The process from which others are forked."""

    def __init__(self, repository: Path) -> None:
        self._jobs, self._lock = 0, Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(repository)},
            stdin=subprocess.PIPE,
            text=True,
        )

    def start(self, code: str, environment: dict[str, str], folder: Path) -> Path:
        """Run code in a process of its own; the folder of what it says."""
        with self._lock:
            self._jobs += 1
            at = folder / f"process{self._jobs}"
            at.mkdir()
            assert self._process.stdin
            self._process.stdin.write(json.dumps([code, environment, str(at)]) + "\n")
            self._process.stdin.flush()
        return at

    def run(
        self, code: str, environment: dict[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run code in a process of its own, to its end."""
        at = self.start(code, environment, folder)
        limit = time.monotonic() + 600
        while not (at / "status").exists():
            assert time.monotonic() < limit
            time.sleep(0.02)
        status = int((at / "status").read_text())
        said = [(at / name).read_text() for name in ("out", "err")]
        return subprocess.CompletedProcess(code, status, *said)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(600)


def serve() -> None:
    """Fork a process for each line on the standard input."""
    for name in ("httpx2", "tqdm.auto", "yaml", "replication.models.weights"):
        import_module(name)
    for line in sys.stdin:
        code, environment, at = json.loads(line)
        if not os.fork():
            watch(code, environment, Path(at))
            os._exit(0)


def watch(code: str, environment: dict[str, str], at: Path) -> None:
    """Run the code in one more process, and write down how it ended."""
    process = os.fork()
    if not process:
        live(code, environment, at)
    (at / "pid").write_text(str(process))
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    (at / "unfinished").write_text(str(status))
    (at / "unfinished").rename(at / "status")


def live(code: str, environment: dict[str, str], at: Path) -> None:
    """Run the code as ``python -c`` does."""
    os.environ.clear()
    os.environ.update(environment)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(at / name, os.O_WRONLY | os.O_CREAT), number)
    status = 0
    try:
        exec(code, {"__name__": "__main__"})
    except SystemExit as end:
        print(end.code, file=sys.stderr)
        status = 1
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
