"""How what W2 asks grows with layers, positions, the vocabulary and texts.

Each point is a network and a text of its own, in one process after the other points; all else is
as in the first. A stage's name is what varies and its value.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

from networks import Shape
from work import Route, Work
from works import whole_text

Steps = Generator[str, None, dict[str, Any]]
VARIED: dict[str, tuple[Any, ...]] = {
    "layers": (3, 6, 9, 12),
    "tokens": (32, 64, 128, 256),
    "vocabulary": (12_500, 25_000, 37_500, 50_000),
    "texts": (1, 2, 3, 4),
}


def points(route: Callable[[Shape], Steps]) -> Callable[[Shape], Steps]:
    """A route at every point: its lens is the stage, the rest makes it ready."""

    def run(shape: Shape) -> Steps:
        for name, values in VARIED.items():
            for value in values:
                for stage in route(replace(shape, **{name: value})):
                    yield f"{name} {value}" if stage == "lens" else f"ready for {name} {value}"
        return {}

    return run


WORK = Work(
    title="Growth",
    asked="what W2 asks, with more layers, tokens, words and texts",
    routes=(
        Route("this package", "ours", points(whole_text.this_package)),
        Route("tutorial, counting", "naive", points(whole_text.counting)),
    ),
    shapes=(Shape("GPT-2 small's shape, 64 tokens", tokens=64),),
    compared="",
)
