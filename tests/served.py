"""The page as it runs: the command in a process of its own, on the default model."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).parents[1]
PATIENCE = 300
"""Seconds for one answer, however busy the machine is."""


@dataclass(frozen=True)
class Served:
    """The command, as it answers."""

    process: subprocess.Popen[str]
    address: str
    """Ends with a slash."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.address).port or 0

    def keepers(self) -> list[psutil.Process]:
        """The processes that keep models loaded."""
        return psutil.Process(self.process.pid).children()

    def workers(self) -> list[psutil.Process]:
        """The processes that work out answers now."""
        return [worker for keeper in self.keepers() for worker in keeper.children()]

    @contextmanager
    def asked(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> Iterator[HTTPResponse]:
        """The answer to a request, which may still be under way; left early, it is closed."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body.encode() or None, named)
            with connection.getresponse() as response:
                yield response

    def messages(self, query: str, path: str = "/answers") -> Iterator[dict[str, Any]]:
        """What the page is told about settings, as it comes."""
        with self.asked("POST", path, query) as response:
            assert response.status == 200, response.read()
            for line in response:
                yield json.loads(line)

    def answers(self, query: str) -> dict[str, dict[str, Any]]:
        """All answers by their places."""
        return {one["id"]: one for one in self.messages(query) if "id" in one}

    def end(self) -> int:
        """End it as a user does; its status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def serve(*arguments: str) -> subprocess.Popen[str]:
    """Start the command, as a user does."""
    command = [sys.executable, "-m", "replication.cli.main", "serve", "--no-open", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def served(*arguments: str) -> Served:
    """Start the command and wait until it tells its address."""
    process = serve("--port", "0", *arguments)
    assert process.stdout is not None
    told = process.stdout.readline().split()
    assert told, process.communicate()
    return Served(process, told[0])
