"""The process that has imported what every notebook needs, and forks a kernel for each.

``figures/kernels.py`` starts it. It runs no threads, so that nothing is locked where it forks.
"""

import json
import os
import signal
import socket
import sys
from importlib import import_module
from threading import Thread

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


def main(requests: socket.socket) -> None:
    """Fork a kernel for each connection that is sent, until nobody is there to send one."""
    for name in IMPORTED:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no one waits for kernels but their connection
    while received := socket.recv_fds(requests, 1, 1)[1]:
        with socket.socket(fileno=received[0]) as connection:
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests.close()
                _kernel(connection)


def _kernel(connection: socket.socket) -> None:
    """Be a kernel, as told through the connection, until it closes or the kernel is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    status = 1
    try:
        os.setsid()  # what is sent to the terminal or to another kernel is not for this one
        with connection.makefile("rb") as told:
            arguments, folder, environment = json.loads(told.readline())
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        connection.sendall(f"{os.getpid()}\n".encode())
        Thread(target=_end_with, args=[connection], daemon=True).start()
        IPKernelApp.launch_instance(arguments)
        status = 0
    finally:
        os._exit(status)  # the interpreter's own way out is that of the process that forked


def _end_with(connection: socket.socket) -> None:
    connection.recv(1)
    os._exit(1)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
