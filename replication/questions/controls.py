"""Controls, measured side by side: each is small work, but a model has many."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Condition

import psutil

from replication.base import devices
from replication.models.registry import find, parameters
from replication.questions.kept import Kept
from replication.questions.measured import Measured, Wanted

OVERHEAD = 1_200_000_000
"""Bytes of a process beside its weights: libraries, recordings, results; 0.9e9 were measured."""


class Controls:
    """Nulls of any models that are networks, measured in one pool of processes of one thread each.

    There are no more processes than cores (or than ``processes``), and no more of them measure at
    once than fit into the memory that is available when the first of them starts.
    """

    def __init__(
        self,
        wanted: Mapping[str, Sequence[Wanted]],
        processes: int | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._wanted = wanted
        self._kept = kept
        count = processes or os.cpu_count() or 1
        # A fresh interpreter, since a forked one would inherit threads that are not there any more.
        context = get_context("spawn")
        self._processes = ProcessPoolExecutor(count, context, initializer=_one_thread)
        self._waiting = ThreadPoolExecutor(count)
        self._started: dict[str, Future[Measured]] = {}
        self._memory = Memory(available())

    def start(self, names: Iterable[str]) -> None:
        """Begin with these controls, in this order, while whoever asked goes on.

        Room is kept for one trained network of the largest of them.
        """
        new = [name for name in names if name not in self._started]
        self._memory.reserve(max(map(memory_of, new), default=0))
        for name in new:
            self._started[name] = self._waiting.submit(self._measure, name)

    def ahead(self, name: str, wanted: Sequence[Wanted]) -> Future[None]:
        """Measure a model's answers from the last one on, while whoever asks for them measures from
        the first one on: each finds what the other one has kept.
        """
        return self._waiting.submit(self._keep, name, wanted[::-1])

    def result(self, name: str) -> Measured:
        """A control with its answers; raises what failed in its process."""
        self.start([name])
        return self._started[name].result()

    def stop(self) -> None:
        """Begin no further control; those under way end by themselves."""
        for pool in (self._waiting, self._processes):
            pool.shutdown(wait=False, cancel_futures=True)

    def _keep(self, name: str, wanted: Sequence[Wanted]) -> None:
        with self._memory.taken(memory_of(name)):
            self._processes.submit(keep, name, wanted, self._kept).result()

    def _measure(self, name: str) -> Measured:
        with self._memory.taken(memory_of(name)):
            return self._processes.submit(measure, name, self._wanted[name], self._kept).result()


class Memory:
    """So many bytes, given out to whoever waits for a share of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.used = 0
        self._reserved = 0
        self._changed = Condition()

    def reserve(self, share: int) -> None:
        """Never give this share out; of several such the largest counts."""
        with self._changed:
            self._reserved = max(self._reserved, share)

    @contextmanager
    def taken(self, share: int) -> Iterator[None]:
        """Hold a share, once there is room for it; one that is too large has to be alone."""
        with self._changed:
            self._changed.wait_for(lambda: self.fits(share))
            self.used += share
        try:
            yield
        finally:
            with self._changed:
                self.used -= share
                self._changed.notify_all()

    def fits(self, share: int) -> bool:
        """Whether there is room for a share now."""
        return self.used == 0 or self.used + share <= self._size - self._reserved


def available() -> int:
    """Bytes that processes can take: of memory, and of the GPU's where networks are there."""
    free = psutil.virtual_memory().available
    if devices.chosen() == "cpu":
        return free
    import torch

    return min(free, torch.cuda.mem_get_info()[0])


def memory_of(name: str) -> int:
    """About how many bytes a process takes that measures a model or control of this name.

    While some of its trained weights are taken away, the largest matrix is there twice.
    """
    entry, null = find(name)
    twice = null is not None and null.kind != "untrained"
    return 4 * (parameters(entry) + twice * entry.vocabulary * entry.width) + OVERHEAD


def measure(name: str, wanted: Sequence[Wanted], kept: Kept | None = None) -> Measured:
    """A control with the answers to all that is wanted, and without its network."""
    control = Measured(name, kept)
    control.measure(wanted)
    return control


def keep(name: str, wanted: Sequence[Wanted], kept: Kept | None) -> None:
    """Measure all that is wanted for those who look at what is kept."""
    Measured(name, kept).measure(wanted)


def _one_thread() -> None:
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
