"""Processes that are forked for each request, and end with whoever asked."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from replication.base.forking import Forking

WORKER = """
import json, os, socket, sys, time
from replication.base.forking import fork_for_each

def work(request, connection):
    told = [request, os.getpid(), os.getppid(), sys.argv[2:]]
    connection.sendall(json.dumps(told).encode() + b"\\n")
    if request == "wait":
        time.sleep(600)

fork_for_each(socket.socket(fileno=int(sys.argv[1])), work)
"""


@pytest.fixture
def forking(tmp_path: Path) -> Iterator[Forking]:
    (tmp_path / "forks_for_a_test.py").write_text(WORKER, "utf-8")
    package = Path(__file__).parents[2]
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{package}"}
    started = Forking("forks_for_a_test", "argument", environment=environment)
    yield started
    started.close()


def told(connection: socket.socket) -> list[Any]:
    """What was asked, the process that works, the one that forked it, and its arguments."""
    with connection.makefile("rb") as answer:
        return json.loads(answer.readline())


def test_each_request_has_a_process_of_one_parent(forking: Forking) -> None:
    with forking.asked({"a": [1]}) as one, forking.asked("é") as other:
        first, second = told(one), told(other)
    assert (first[0], second[0]) == ({"a": [1]}, "é")
    assert first[1] != second[1]
    assert first[2] == second[2]
    assert first[3] == ["argument"]


def test_work_ends_when_nobody_waits_for_it(forking: Forking) -> None:
    with forking.asked("wait") as connection:
        worker = psutil.Process(told(connection)[1])
        assert worker.is_running()
    worker.wait()


def test_the_connection_tells_when_work_is_done(forking: Forking) -> None:
    with forking.asked("now") as connection, connection.makefile("rb") as answer:
        assert len(answer.readlines()) == 1


def test_closed_it_forks_no_more_and_lets_work_go_on(forking: Forking) -> None:
    with forking.asked("wait") as connection:
        _, worker, forks, _ = told(connection)
        forking.close()
        assert not psutil.pid_exists(forks)
        assert psutil.Process(worker).is_running()
    with forking.asked("again") as connection:
        assert told(connection)[2] != forks


def test_killed_it_is_started_again(forking: Forking) -> None:
    with forking.asked("now") as connection:
        forks = psutil.Process(told(connection)[2])
    forks.kill()
    forks.wait()
    with forking.asked("again") as connection:
        assert told(connection)[0] == "again"
