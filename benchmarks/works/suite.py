"""W6, this package's own suite from a bare clone; half an hour, so only where it is asked for."""

from networks import Shape
from work import Route, Target, Work

CLONE = "build/clone"


def made(part: str) -> tuple[str, ...]:
    """The command that makes a part in the clone."""
    return ("make", "--directory", CLONE, part)


WORK = Work(
    title="W6: the suite itself",
    asked="whole commands in a bare clone; the environment comes first, with what it downloads",
    routes=(
        Route("bare clone", "other", command=("sh", "-c", f"rm -rf {CLONE}; git clone . {CLONE}")),
        Route("make environment", "other", command=made("environment")),
        Route("make report", "ours", command=made("report")),
        Route("make test", "ours", command=made("test")),
        Route("make claims", "ours", command=made("claims")),
    ),
    shapes=(Shape("default model"),),
    compared="whole",
    targets=(
        Target("seconds", 300, route="make report"),
        Target("seconds", 480, route="make test"),
        Target("seconds", 120, route="make claims"),
    ),
)
