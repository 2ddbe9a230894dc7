"""Ten factors over all layers of 60 tokens: this package, and the article's settings by hand.

    python benchmarks/factors.py

Runs take turns, so that what else the machine does falls on all alike; the processor's seconds,
of all threads together, say what the work costs where it has the machine to itself. The error is
the norm of what a factorization leaves over, divided by that of the matrix.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np
import torch

from replication.articles import experiments
from replication.measures.factors import factor_matrix, factorize
from replication.measures.record import Recording, record_ids
from replication.models import registry, weights
from replication.models.loading import load
from replication.results.factors import Factors

Run = Callable[[], tuple[np.ndarray, np.ndarray]]


def article(matrix: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The article's settings, written in scikit-learn: (factor, token) and (factor, neuron)."""
    from sklearn.decomposition import NMF

    method = NMF(n_components=count, init="random", random_state=0, max_iter=500)
    return method.fit_transform(matrix).T, method.components_


def parts(factors: Factors) -> tuple[np.ndarray, np.ndarray]:
    """The two matrices of a factorization of a text that was not continued."""
    assert factors.neurons is not None
    return factors.activity, factors.neurons


def runs(recording: Recording, count: int) -> dict[str, Run]:
    """What takes turns, by name; none of the times includes making the recording."""
    ours = partial(factorize, recording, count)
    matrix = factor_matrix(recording)
    return {
        "article's settings in scikit-learn": lambda: article(matrix, count),
        "factorize": lambda: parts(ours()),
        "factorize, nndsvda start, tolerance 1e-3": lambda: parts(
            ours(start="nndsvda", tolerance=1e-3)
        ),
    }


@dataclass(frozen=True)
class Row:
    """One run of the table."""

    least: float
    """Seconds, of the fastest round."""
    middle: float
    """Seconds, median over the rounds."""
    processor: float
    """Seconds of processor time, of the round with the fewest."""
    error: float


def compare(recording: Recording, count: int = 10, rounds: int = 5) -> dict[str, Row]:
    """What each run took, and its error."""
    matrix = factor_matrix(recording)
    timed: dict[str, list[tuple[float, float]]] = {}
    errors: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in runs(recording, count).items():
            begun = time.perf_counter(), time.process_time()
            activity, neurons = run()
            took = time.perf_counter() - begun[0], time.process_time() - begun[1]
            timed.setdefault(name, []).append(took)
            left = np.linalg.norm(matrix - activity.T @ neurons)
            errors[name] = float(left / np.linalg.norm(matrix))
    return {name: _row(rounds, errors[name]) for name, rounds in timed.items()}


def _row(rounds: list[tuple[float, float]], error: float) -> Row:
    wall, processor = zip(*rounds, strict=True)
    return Row(min(wall), median(wall), min(processor), error)


def main() -> None:
    """Print the table for the model that is used unless another is named."""
    torch.set_num_threads(1)
    name = registry.DEFAULT_MODEL
    weights.fetch(registry.MODELS[name])
    model = load(name)
    prompt = experiments.experiment("factors_underground_layer0").prompt
    recording = record_ids(model, model.encode(prompt)[:60], neurons=True)
    rows = compare(recording)
    tokens, neurons = factor_matrix(recording).shape
    print(f"{name}: {tokens} tokens x {neurons} neurons, 10 factors")
    print(f"{'':42} {'least s':>8} {'median s':>9} {'cpu s':>6} {'error':>7}")
    for label, row in rows.items():
        times = f"{row.least:8.2f} {row.middle:9.2f} {row.processor:6.2f}"
        print(f"{label:42} {times} {row.error:7.4f}")


if __name__ == "__main__":
    main()
