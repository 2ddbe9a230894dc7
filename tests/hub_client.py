"""Fetches in processes of their own, forked from one that has imported what they all need.

huggingface_hub reads its settings when it is imported, so that each fetch needs a fresh process;
but most of the time of a fresh one goes into imports that read none.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

SCRIPT = """
import sys
from replication.models import weights
from replication.models.registry import HubSource, ModelEntry
{before}
try:
    print(weights.fetch({entry!r}))
except weights.WeightsError as error:
    sys.exit(str(error))
"""
MINUTES = 600
"""Seconds that a process may take at most, on a busy machine too: nothing waits for them."""

_FRESH = multiprocessing.get_context("forkserver")
_FRESH.set_forkserver_preload(["httpx2", "tqdm.auto", "yaml", "replication.models.weights"])


def run(code: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run code as ``python -c`` does, in a process of its own, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("status", "out", "err")]
        process = _FRESH.Process(target=_live, args=(code, environment, *said))
        process.start()
        process.join(MINUTES)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"still running after {MINUTES} s: {code}")
        status, *texts = (path.read_text() for path in said)
    return subprocess.CompletedProcess(code, int(status), *texts)


def _live(code: str, environment: dict[str, str], ended: Path, *said: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in zip((1, 2), said, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
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
    # `Process.exitcode` is wrong at times where several threads start processes.
    ended.write_text(str(status))
    os._exit(status)
