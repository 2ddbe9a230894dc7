"""Kernels are forked from one process, and each is a process of its own that ends with its user."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from replication.figures import executing
from replication.figures.errors import FigureError

PARAMETERS = nbformat.v4.new_code_cell('word: str = "a"', metadata={"tags": ["parameters"]})


def ran(code: str, folder: Path, word: str = "a") -> str:
    """What a notebook with one cell prints."""
    notebook = nbformat.v4.new_notebook(cells=[PARAMETERS, nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python"}
    executing.execute(notebook, {"word": word}, folder / "executed.ipynb")
    cells = nbformat.read(folder / "executed.ipynb", 4).cells
    return "".join(output.get("text", "") for output in cells[-1].outputs)


def test_a_kernel_finds_the_imports_done_and_starts_with_no_threads(tmp_path: Path) -> None:
    """A lock that some thread held at the fork would stay held: its parent must have one only."""
    parent = "import os, psutil, sys; server = psutil.Process(os.getppid())\n"
    told = ran(parent + "print('torch' in sys.modules, server.num_threads())", tmp_path)
    assert told == "True 1\n"


def test_kernels_share_a_parent_and_no_variable(tmp_path: Path) -> None:
    code = "import os; print(os.getppid(), os.getpid(), 'left' in globals()); left = 1"
    first, second = (ran(code, tmp_path).split() for _ in range(2))
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert first[2] == second[2] == "False"


def test_a_kernel_has_the_environment_of_now_and_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran("pass", tmp_path)  # the process that forks is there, with what was set before
    monkeypatch.setenv("SET_LATER", "yes")
    code = "import os, torch; print(os.environ['SET_LATER'], os.getcwd(), torch.get_num_threads())"
    assert ran(code, tmp_path) == f"yes {tmp_path} 1\n"


def test_a_parameter_replaces_that_of_the_notebook(tmp_path: Path) -> None:
    assert ran("print(word)", tmp_path, word="b") == "b\n"


def test_a_kernel_that_dies_is_told_and_the_next_one_works(tmp_path: Path) -> None:
    with pytest.raises(FigureError, match="its kernel died"):
        ran("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    assert not (tmp_path / "executed.ipynb").exists()
    assert ran("print(1)", tmp_path) == "1\n"


def test_where_the_process_that_forks_was_killed_another_is_started(tmp_path: Path) -> None:
    server = psutil.Process(int(ran("import os; print(os.getppid())", tmp_path)))
    server.kill()
    server.wait()
    assert ran("print(1)", tmp_path) == "1\n"


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    """Neither the process that forks nor the kernel outlives whoever runs the notebook."""
    endless = "import os, time; print(os.getppid(), os.getpid(), file=open('pids', 'w'))\n"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from test_kernels import ran\n"
        f"ran({endless + 'time.sleep(600)'!r}, Path.cwd())"
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", program, str(Path(__file__).parent)], cwd=tmp_path
    )
    told = tmp_path / "pids"
    while not (told.exists() and len(told.read_text().split()) == 2):
        assert runner.poll() is None
        time.sleep(0.05)
    started = [psutil.Process(int(pid)) for pid in told.read_text().split()]
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    _, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
