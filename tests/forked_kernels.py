"""A plugin by which nbval runs notebooks in the kernels that figures are made in."""

from typing import Any

from jupyter_client.manager import KernelManager
from nbval import kernel

from replication.figures.kernels import fork


class Forking(KernelManager):
    """As nbval asks for it: without an event loop."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        fork(self)


kernel.KernelManager = Forking
