"""W5, from the start of a process until something can be done."""

from networks import Shape
from work import Route, Target, Work

LENS = ("lens", "The keys to the cabinet", "--generate", "2")


def imported(module: str, kind: str, peer: str = "") -> Route:
    """A process that imports and ends."""
    name = f"import {module}" if module else "python"
    return Route(name, kind, command=("python", "-c", f"import {module or 'sys'}"), peer=peer)  # type: ignore[arg-type]


WORK = Work(
    title="W5: from the start of a process",
    asked="seconds until a process has imported or printed, and ended; weights are cached",
    routes=(
        imported("", "other"),
        imported("replication", "ours"),
        Route("replicate --help", "ours", command=("replicate", "--help")),
        Route("replicate lens, first table", "ours", command=("replicate", *LENS)),
        imported("torch", "other"),
        imported("captum.attr", "peer"),
        imported("bertviz", "peer"),
        imported("transformer_lens", "peer", "transformer-lens"),
        imported("nnsight", "peer", "nnsight"),
        imported("tuned_lens", "peer", "tuned-lens"),
        imported("inseq", "peer", "inseq"),
    ),
    shapes=(Shape("default model"),),
    compared="whole",
    targets=(
        Target("seconds", 0.3, route="replicate --help"),
        Target("seconds", 3, route="replicate lens, first table"),
    ),
)
