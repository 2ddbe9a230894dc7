"""Untrained controls, measured side by side: each is small work, but there are ten of them."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from replication.measured import Measured, Wanted

MOST_PROCESSES = 4
"""Each holds a network of its own in memory."""


def measure_controls(names: Sequence[str], wanted: Sequence[Wanted]) -> list[Measured]:
    """The controls of these names with all the results wanted, in the order of the names.

    They run in processes of one thread each, as many as there are cores and at most four. What
    fails in one of them is raised here.
    """
    jobs = max(1, min(os.cpu_count() or 1, len(names), MOST_PROCESSES))
    # A fresh interpreter, since a forked one would inherit threads that are not there any more.
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_one_thread) as pool:
        return list(pool.map(partial(_measure, wanted=wanted), names))


def _one_thread() -> None:
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"


def _measure(name: str, wanted: Sequence[Wanted]) -> Measured:
    control = Measured(name)
    control.measure(wanted)
    return control
