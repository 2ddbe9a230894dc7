"""One run of one route, in this process alone; what it took as a line of JSON.

    PYTHON benchmarks/one_run.py WORK ROUTE SHAPE BEGUN [FILE]

Each stage has its seconds and how far memory rose in it above what was in use when the network was
ready. ``SHAPE`` is JSON, ``BEGUN`` the clock when the process was asked for, and into ``FILE`` goes
what the route came to.
"""

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np
from networks import Shape
from work import Work

READY = "ready"


def main() -> None:
    """Run it and print."""
    name, route_name, shape, begun, *kept = sys.argv[1:]
    work: Work = importlib.import_module(f"works.{name}").WORK
    route = next(route for route in work.routes if route.name == route_name)
    assert route.run
    steps = route.run(Shape(**json.loads(shape)))
    stages: dict[str, dict[str, float | None]] = {}
    mark, base = float(begun), 0.0
    highest: list[float] = []
    while True:
        try:
            stage = next(steps)
        except StopIteration as end:
            result: dict[str, np.ndarray] = end.value
            break
        seconds = time.perf_counter() - mark
        held, most = memory("VmRSS"), memory("VmHWM")
        highest.append(most)
        if stage.startswith(READY):
            base = held
        stages[stage] = {"seconds": seconds, "above": most - base if most else None}
        reset_peak()
        mark = time.perf_counter()
    if kept:
        np.savez(kept[0], **result)  # type: ignore[arg-type]
    print(json.dumps({"stages": stages, "peak": max(highest) or None}))


def memory(what: str) -> float:
    """Megabytes that the process holds (VmRSS) or has held at most (VmHWM); 0 but on Linux.

    Unlike getrusage's, this peak is not handed down from the parent process.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0.0
    return int(status.read_text().partition(f"{what}:")[2].split()[0]) / 1024


def reset_peak() -> None:
    """Set the peak to what is in use now, on Linux."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    main()
