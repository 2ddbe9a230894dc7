"""Untrained controls, measured side by side: each is small work, but there are ten of them."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from replication.questions.measured import Measured, Wanted

MOST_PROCESSES = 4
"""Each holds a network of its own in memory."""


class Controls:
    """The untrained controls of some names, being measured in processes of one thread each.

    They begin at once, as many as there are cores and at most four, while whoever asked goes on.
    """

    def __init__(self, names: Sequence[str], wanted: Sequence[Wanted]) -> None:
        jobs = max(1, min(os.cpu_count() or 1, len(names), MOST_PROCESSES))
        # A fresh interpreter, since a forked one would inherit threads that are not there any more.
        self._pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_one_thread)
        self._under_way = [self._pool.submit(_measure, name, wanted) for name in names]

    def results(self) -> list[Measured]:
        """The controls in the order of their names; raises what failed in one of them."""
        return [control.result() for control in self._under_way]

    def stop(self) -> None:
        """Begin no further control; those under way end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _one_thread() -> None:
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"


def _measure(name: str, wanted: Sequence[Wanted]) -> Measured:
    control = Measured(name)
    control.measure(wanted)
    return control
