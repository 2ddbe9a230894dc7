"""Ranks of a whole continuation after every layer: this package against the tutorial route.

The tutorial route asks transformers for all hidden states, then for every layer and position
multiplies one state with the whole unembedding and sorts the logits. Both routes start from the
same token ids and end with the same layers x tokens grid; both include the forward pass. They run
interleaved in one process, on a network of GPT-2-small's shape with random weights (values do not
matter for time).

    python benchmarks/rank_grid.py [--repeats 5] [--prompt 23] [--continuation 30]

Peak memory (on Linux) is taken in a process of its own for each route, above what the loaded
network takes.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models
from transformers.models.gpt2.configuration_gpt2 import GPT2Config
from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

from replication.lens import continuation_ranks
from replication.models import LanguageModel
from replication.record import record_ids
from replication.registry import MODELS

Route = Callable[[LanguageModel, list[int], int], np.ndarray]


def random_model(layers: int = 12, width: int = 768, vocabulary: int = 50257) -> LanguageModel:
    """A random network of GPT-2's architecture; its tokenizer has no words and is not used."""
    torch.manual_seed(0)
    config = GPT2Config(n_layer=layers, n_embd=width, n_head=width // 64, vocab_size=vocabulary)
    config._attn_implementation = "eager"
    network = GPT2LMHeadModel(config).eval().requires_grad_(False)
    return LanguageModel("random", MODELS["gpt2"], None, network, Tokenizer(models.BPE()))


def this_package(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(layer, token): one pass, the vocabulary in chunks, ranks by counting."""
    return continuation_ranks(model, record_ids(model, ids, prompt), "none").ranks


def tutorial(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(layer, token): all hidden states, the head per layer and position, an argsort."""
    ranks = np.empty((len(model.blocks), len(ids) - prompt), dtype=np.int64)
    with torch.inference_mode():
        states = model.network(torch.tensor([ids]), output_hidden_states=True).hidden_states
        for layer, state in enumerate(states[1:]):
            for column, position in enumerate(range(prompt - 1, len(ids) - 1)):
                logits = model.network.lm_head(state[0, position])
                order = torch.argsort(logits, descending=True)
                ranks[layer, column] = int((order == ids[position + 1]).nonzero()) + 1
    return ranks


ROUTES: dict[str, Route] = {"tutorial": tutorial, "this package": this_package}


def compare(
    model: LanguageModel, prompt: int, continuation: int, repeats: int
) -> tuple[dict[str, float], float]:
    """Median seconds of each route, and the share of ranks that are equal."""
    generator = torch.Generator().manual_seed(1)
    size = len(model.unembedding)
    ids = torch.randint(size, (prompt + continuation,), generator=generator).tolist()
    grids = {name: route(model, ids, prompt) for name, route in ROUTES.items()}  # warm-up
    times: dict[str, list[float]] = {name: [] for name in ROUTES}
    for _ in range(repeats):
        for name, route in ROUTES.items():
            begin = time.perf_counter()
            route(model, ids, prompt)
            times[name].append(time.perf_counter() - begin)
    equal = float(np.mean(grids["tutorial"] == grids["this package"]))
    return {name: statistics.median(taken) for name, taken in times.items()}, equal


def peak_megabytes(name: str, prompt: int, continuation: int) -> float:
    """Peak memory of a route beyond the loaded network, in a fresh process."""
    command = [sys.executable, __file__, "--peak", name]
    command += ["--prompt", str(prompt), "--continuation", str(continuation)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_peak(name: str, prompt: int, continuation: int) -> None:
    model = random_model()
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # Linux: forget the peak so far
    ROUTES[name](model, list(range(prompt + continuation)), prompt)
    print(_resident("VmHWM") - before)


def _resident(field: str) -> float:
    """Megabytes of this process's memory that are in use (VmRSS) or were at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--prompt", type=int, default=23)
    parser.add_argument("--continuation", type=int, default=30)
    parser.add_argument("--peak", choices=ROUTES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        _print_peak(asked.peak, asked.prompt, asked.continuation)
        return
    model = random_model()
    times, equal = compare(model, asked.prompt, asked.continuation, asked.repeats)
    print(f"{asked.prompt} + {asked.continuation} tokens, {len(model.blocks)} layers, "
          f"{torch.get_num_threads()} threads, median of {asked.repeats}\n")  # fmt: skip
    print("| route | seconds | times faster | peak MB above the network |\n|---|---|---|---|")
    for name, seconds in times.items():
        peak = peak_megabytes(name, asked.prompt, asked.continuation)
        print(f"| {name} | {seconds:.3f} | {times['tutorial'] / seconds:.1f} | {peak:.0f} |")
    print(f"\nranks equal: {equal:.1%} (the rest are near-ties of float32 sums)")


if __name__ == "__main__":
    main()
