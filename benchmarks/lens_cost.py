"""What the lens over all layers and positions takes, in time, against the forward pass it reads.

    python benchmarks/lens_cost.py [--repeats 5] [--tokens 53]

On a network of GPT-2-small's shape with random weights. The multiplications of both, counted from
shapes (``replication.measures.cost``), stand beside the times: a lens is one large product of
matrices, a pass many smaller ones.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from routes import random_model

from replication.measures.cost import lens_cost
from replication.measures.projection import project
from replication.measures.record import record_ids


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The median time of some work, after a first run that does not count."""
    work()
    taken = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def main() -> None:
    """Print counts and times of both, and their ratios."""
    parser = argparse.ArgumentParser(description="What the lens costs against the forward pass.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=53)
    asked = parser.parse_args()
    model = random_model()
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(len(model.unembedding), (1, asked.tokens), generator=generator)
    states = record_ids(model, ids[0].tolist()).states
    cost = lens_cost(model, asked.tokens)
    with torch.inference_mode():
        forward = seconds(lambda: model.network(ids, use_cache=False), asked.repeats)
        lens = seconds(lambda: project(states, model.unembedding, best=1), asked.repeats)
    print("| | multiplications | seconds |\n|---|--:|--:|")
    print(f"| forward pass | {cost.forward:.3g} | {forward:.3f} |")
    print(f"| lens | {cost.lens:.3g} | {lens:.3f} |")
    print(f"| times as much | {cost.lens / cost.forward:.2f} | {lens / forward:.2f} |")


if __name__ == "__main__":
    main()
