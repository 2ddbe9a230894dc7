"""The same questions on the processor and on a GPU of one machine: seconds, and how far answers are
apart.

    python benchmarks/gpu.py [MODEL]     prints a table in Markdown
"""

import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from replication.models.language_model import LanguageModel
from replication.models.loading import load
from replication.models.registry import DEFAULT_MODEL
from replication.questions.attention import AttentionOf
from replication.questions.lens import PositionsOf, RanksOf, UncertaintyOf
from replication.questions.openings import ErasureOver
from replication.questions.patching import PatchingOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.questions.sets import CircuitOver, WatchedOver

REPEATS = 5
LONG = Text(" ".join(f"{number}. The keys to the cabinet are here." for number in range(90)))
"""About a thousand tokens, the same for any tokenizer."""
ASKED: dict[str, Question[Any]] = {
    "ranks of the EU list": RanksOf.of_figure("ranks_eu_gpt2"),
    "best token everywhere, long text": PositionsOf(LONG),
    "entropy and divergence, long text": UncertaintyOf(LONG),
    "saliency of the EU list": SaliencyOf.of_figure("saliency_eu"),
    "attention, long text": AttentionOf(LONG),
    "patching of a pair": PatchingOf(
        "The keys to the cabinet", "The key to the cabinet", " are", " is"
    ),
    "600 sentences": WatchedOver("agreement"),
    "circuit": CircuitOver(),
    "erasure": ErasureOver(),
}
HEADING = (
    "| asked | processor, s | GPU, s | ratio | whole numbers that differ | by up to "
    "| other numbers differ by up to |\n|---|--:|--:|--:|--:|--:|--:|"
)


def main() -> None:
    """Ask a model everything on both devices, and print what came out."""
    name = (sys.argv[1:] or [DEFAULT_MODEL])[0]
    gpu, processor = load(name, "cuda"), load(name, "cpu")
    print(HEADING)
    for title, question in ASKED.items():
        print(row(title, question, processor, gpu), flush=True)


def row(title: str, question: Question[Any], here: LanguageModel, there: LanguageModel) -> str:
    """A line of the table."""
    (slow, expected), (quick, found) = (timed(question, model) for model in (here, there))
    changed, count, furthest, share = differences(found, expected)
    return (
        f"| {title} | {slow:.3f} | {quick:.3f} | {slow / quick:.1f} | {changed} of {count} "
        f"| {furthest} | {share:.0e} of the greatest |"
    )


def timed(question: Question[Any], model: LanguageModel) -> tuple[float, Any]:
    """The median of the seconds that an answer takes, one that warms up left out, and the answer,
    whose numbers have come back to the processor.
    """
    question.measure(Reader(model), "final")
    seconds = []
    for _ in range(REPEATS):
        begun = perf_counter()
        answer = question.measure(Reader(model), "final")
        seconds.append(perf_counter() - begun)
    return median(seconds), answer


def differences(found: Any, expected: Any) -> tuple[int, int, int, float]:
    """How many whole numbers differ of how many, and by up to how much; and by which share of the
    greatest number of its array any other number differs at most.
    """
    changed = count = furthest = 0
    share = 0.0
    for one, other in zip(arrays(found), arrays(expected), strict=True):
        apart = np.abs(one - other)
        if other.dtype.kind == "i":
            changed, count = changed + int((apart > 0).sum()), count + other.size
            furthest = max(furthest, int(apart.max(initial=0)))
        elif greatest := np.abs(other).max(initial=0):
            share = max(share, float(apart.max() / greatest))
    return changed, count, furthest, share


def arrays(answer: Any) -> Iterator[np.ndarray]:
    """The numbers of an answer, and of the answers that it is made of."""
    for value in vars(answer).values():
        if isinstance(value, np.ndarray) and value.dtype.kind in "if":
            yield value
        elif is_dataclass(value):
            yield from arrays(value)


if __name__ == "__main__":
    main()
