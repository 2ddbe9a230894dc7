"""The process that has imported what every notebook needs, and forks a kernel for each.

``figures/kernels.py`` starts it.
"""

import os
import socket
import sys
from importlib import import_module
from typing import Any

from replication.base.forking import fork_for_each

IMPORTED = (
    "replication.figures.making",
    "replication.judging.paper.agreement",
    "replication.measures.lens",
    "replication.questions.reader",
    "sklearn.cluster",
    "sklearn.decomposition",
    "transformers.models.llama.modeling_llama",
    "matplotlib_inline.backend_inline",
    "ipykernel.kernelapp",  # at the end: some packages behave otherwise where they find it
)
"""What takes time to import, of which a kernel then uses what it needs."""


def _kernel(told: list[Any], connection: socket.socket) -> None:
    """Be a kernel until the connection closes or the kernel is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    arguments, folder, environment = told
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    connection.sendall(f"{os.getpid()}\n".encode())
    IPKernelApp.launch_instance(arguments)


if __name__ == "__main__":
    for name in IMPORTED:
        import_module(name)
    fork_for_each(socket.socket(fileno=int(sys.argv[1])), _kernel)
