"""Processes that are forked, one for each piece of work, from one that has made ready.

Imports take seconds, and so does loading a model: a process of its own does that once. Whoever asks
and the process that works hold the ends of a connection; when either goes, the other knows. So work
is stopped by closing its connection, and nothing stays behind, whatever ends.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from typing import Any

Work = Callable[[Any, socket.socket], None]
"""What a forked process does: it is given what was asked for, and the connection."""


class Forking:
    """The process that forks; it is started at the first request, and ends with this one.

    It runs a module whose ``__main__`` is given the number of the socket that requests come by, and
    these arguments, and which goes on to ``fork_for_each``.
    """

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-P", "-m", module]
        self._arguments = arguments
        self._environment = environment
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def asked(self, request: Any) -> socket.socket:
        """Ask for work, as JSON has it; the connection to the process that does it."""
        connection, its = socket.socketpair()
        with its:
            self._send(its)
        connection.sendall(json.dumps(request).encode() + b"\n")
        return connection

    def start(self) -> None:
        """Make ready before anything is asked."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """Fork no more; what is at work goes on. Another request starts the process again."""
        with self._lock:
            if self._process is not None:
                self._requests.close()
                self._process.terminate()  # it may still be making ready
                self._process.wait()
                self._process = None

    def _send(self, connection: socket.socket) -> None:
        with self._lock:
            self._started()
            socket.send_fds(self._requests, [b"+"], [connection.fileno()])

    def _started(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._requests, its = socket.socketpair()
        with its:
            self._process = subprocess.Popen(
                [*self._command, str(its.fileno()), *self._arguments],
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self._environment},
                start_new_session=True,  # Ctrl-C is for whoever asks
            )


def fork_for_each(requests: socket.socket, work: Work) -> None:
    """Fork a process for each connection that is sent, until nobody is there to send one.

    The process that forks runs no threads, so that nothing is locked in those forked from it.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no one waits for them but their connection
    while received := socket.recv_fds(requests, 1, 1)[1]:
        with socket.socket(fileno=received[0]) as connection:
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests.close()
                _work(connection, work)


def _work(connection: socket.socket, work: Work) -> None:
    """Do the work, as told through the connection, until it is done or the connection closes."""
    status = 1
    try:
        os.setsid()  # what is sent to the terminal or to another process is not for this one
        with connection.makefile("rb") as told:
            request = json.loads(told.readline())
        Thread(target=_end_with, args=[connection], daemon=True).start()
        work(request, connection)
        status = 0
    finally:
        os._exit(status)  # the interpreter's own way out is that of the process that forked


def _end_with(connection: socket.socket) -> None:
    connection.recv(1)
    os._exit(1)
