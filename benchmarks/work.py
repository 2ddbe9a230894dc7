"""What a benchmark is made of: routes to the same result, and the shapes that they are timed on.

A route is a generator. It yields a name wherever a stage of its work ends and returns what it came
to; ``ready`` is the first stage, before which everything is imported and the network made, and
which is not compared. It runs in a process of its own, in the environment of its peer, where
nothing of this package may be imported but by the package's own routes, inside their functions.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal

from networks import Shape

Kind = Literal["ours", "peer", "naive", "limit", "other"]
Run = Callable[[Shape], Generator[str, None, dict[str, Any]]]


@dataclass(frozen=True)
class Route:
    """One way to do a work: a generator of stages, or a command."""

    name: str
    kind: Kind
    run: Run | None = None
    command: tuple[str, ...] = ()
    """Timed from outside; its first word is looked for in the environment."""
    peer: str = ""
    """Whose environment it runs in: a file of ``peers/``; this package's own if none."""
    gigabytes: float = 0
    """What it needs of memory; where less is free it does not run, lest all else is stopped."""


@dataclass(frozen=True)
class Target:
    """What the package is to reach on a shape."""

    than: Literal["limit", "naive", "peer", "megabytes", "seconds"]
    """Times the limit at most; at least so many times faster than the fastest naive route or peer;
    at most so many megabytes or seconds."""
    bound: float
    route: str = ""
    """The route that is to reach it; the fastest of the package's own for none."""
    shape: str = ""
    """The shape that it is for; all for none."""
    why: str = ""
    """Said where it is missed."""


@dataclass(frozen=True)
class Work:
    """Routes to the same result, timed in turns."""

    title: str
    asked: str
    """What every route does, in a sentence."""
    routes: tuple[Route, ...]
    shapes: tuple[Shape, ...]
    compared: str
    """The stage whose seconds are compared; none where every stage is a point of a curve."""
    targets: tuple[Target, ...] = ()
