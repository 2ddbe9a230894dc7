"""Kernels for notebooks: each a process of its own, forked from one that has done the imports.

The imports take seconds, and a notebook little more. A kernel and whoever runs it hold the ends of
a connection; when either goes, the other knows.
"""

import os
import socket
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import DeadKernelError

from replication.base.forking import Forking as ForkingProcess

# Sums are split among threads, and with their order the last bits change, so that ranks in the ten
# thousands change places: one thread gives the same files for any ``jobs``.
ENVIRONMENT = {"OMP_NUM_THREADS": "1"}


class _Forked:
    """A kernel as its provisioner sees it: like a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
        self._connection = _server.asked([arguments, folder, environment])
        with self._connection.makefile("rb") as answer:
            pid = answer.readline()
        if not pid:
            raise DeadKernelError("the process that forks kernels has ended")
        self.pid = int(pid)

    def poll(self) -> int | None:
        try:
            self._connection.recv(1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        return 0

    def wait(self) -> int:
        self._connection.recv(1)
        return 0

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


class _Provisioner(LocalProvisioner):
    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        folder = kwargs.get("cwd") or str(Path.cwd())
        self.process = _Forked(cmd, folder, kwargs["env"])
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info


class Forking(AsyncKernelManager):
    """Manages a kernel of the running interpreter, whatever Jupyter has installed by any name."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        fork(self)


def fork(manager: KernelManager) -> None:
    """Let a manager that has started no kernel yet start a forked one."""
    manager._kernel_spec = KernelSpec(
        # Else it comments on every start and stop.
        argv=["-f", "{connection_file}", "--IPKernelApp.log_level=50"],
        display_name="Python 3",
        language="python",
        env=ENVIRONMENT,
    )
    manager.provisioner = _Provisioner(kernel_spec=manager._kernel_spec, parent=manager)


_server = ForkingProcess("replication.figures.forking", environment=ENVIRONMENT)
