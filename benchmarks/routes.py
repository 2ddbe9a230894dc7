"""What the benchmarks of routes share: a random network, timing in turns, memory, the table.

A route takes a model, token ids and the length of the prompt, and gives an array of results. All
routes of a benchmark run interleaved in one process, on a network of GPT-2-small's shape with
random weights: values do not matter for time. Peak memory is taken (on Linux only) in a process of
its own for each route, above what the loaded network takes.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models
from transformers.models.gpt2.configuration_gpt2 import GPT2Config
from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

from replication.models.language_model import LanguageModel
from replication.models.registry import MODELS

Route = Callable[[LanguageModel, list[int], int], np.ndarray]
Routes = Mapping[str, Route]
"""By name; the first is the one that the others are compared with."""


def random_model(layers: int = 12, width: int = 768, vocabulary: int = 50257) -> LanguageModel:
    """A random network of GPT-2's architecture; its tokenizer has no words and is not used."""
    torch.manual_seed(0)
    config = GPT2Config(n_layer=layers, n_embd=width, n_head=width // 64, vocab_size=vocabulary)
    config._attn_implementation = "eager"
    network = GPT2LMHeadModel(config).eval().requires_grad_(False)
    return LanguageModel("random", MODELS["gpt2"], None, network, Tokenizer(models.BPE()))


def compare(
    routes: Routes, model: LanguageModel, prompt: int, continuation: int, repeats: int
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Median seconds of each route, and its results."""
    generator = torch.Generator().manual_seed(1)
    size = len(model.unembedding)
    ids = torch.randint(size, (prompt + continuation,), generator=generator).tolist()
    results = {name: route(model, ids, prompt) for name, route in routes.items()}  # warm-up
    times: dict[str, list[float]] = {name: [] for name in routes}
    for _ in range(repeats):
        for name, route in routes.items():
            begin = time.perf_counter()
            route(model, ids, prompt)
            times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(taken) for name, taken in times.items()}, results


def main(about: str, routes: Routes, agreement: Callable[[dict[str, np.ndarray]], str]) -> None:
    """Run a benchmark's command line and print its table; ``agreement`` compares the results."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--prompt", type=int, default=23)
    parser.add_argument("--continuation", type=int, default=30)
    parser.add_argument("--peak", choices=routes, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        _print_peak(routes[asked.peak], asked.prompt, asked.continuation)
        return
    model = random_model()
    times, results = compare(routes, model, asked.prompt, asked.continuation, asked.repeats)
    print(f"{asked.prompt} + {asked.continuation} tokens, {len(model.blocks)} layers, "
          f"{torch.get_num_threads()} threads, median of {asked.repeats}\n")  # fmt: skip
    print("| route | seconds | times faster | peak MB above the network |\n|---|---|---|---|")
    for name, seconds in times.items():
        peak = _peak_megabytes(name, asked.prompt, asked.continuation)
        faster = times[next(iter(routes))] / seconds
        print(f"| {name} | {seconds:.3f} | {faster:.1f} | {peak:.0f} |")
    print(f"\n{agreement(results)}")


def _peak_megabytes(name: str, prompt: int, continuation: int) -> float:
    """Peak memory of a route beyond the loaded network, in a fresh process; NaN but on Linux."""
    if sys.platform != "linux":
        return float("nan")
    command = [sys.executable, sys.argv[0], "--peak", name]
    command += ["--prompt", str(prompt), "--continuation", str(continuation)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_peak(route: Route, prompt: int, continuation: int) -> None:
    model = random_model()
    model.network(torch.tensor([[1]]))
    # Linux: sets the peak back to what is in use now; making the network took more than that, and
    # getrusage's peak is handed down from the parent process.
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak()
    route(model, list(range(prompt + continuation)), prompt)
    print(_peak() - before)


def _peak() -> float:
    """Megabytes that the process has held at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
