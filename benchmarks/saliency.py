"""Gradient x input for a whole continuation: this package against captum, token by token.

Captum's route is that of the articles' software: for each token anew, a pass over the text before
it, logits of the whole vocabulary at every position, and a gradient. A second route through captum
asks for the logits of the last position only. All start from the same token ids and end with the
same tokens x positions shares. They run interleaved in one process, on a network of GPT-2-small's
shape with random weights (values do not matter for time).

    python benchmarks/saliency.py [--repeats 5] [--prompt 23] [--continuation 30]

Peak memory is taken in a process of its own for each route, above what the loaded network takes
(on Linux only).
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
from captum.attr import InputXGradient
from tokenizers import Tokenizer, models
from torch import Tensor
from transformers.models.gpt2.configuration_gpt2 import GPT2Config
from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

from replication.models import LanguageModel
from replication.registry import MODELS
from replication.saliency import gradient_x_input_ids

Route = Callable[[LanguageModel, list[int], int], np.ndarray]


def random_model(layers: int = 12, width: int = 768, vocabulary: int = 50257) -> LanguageModel:
    """A random network of GPT-2's architecture; its tokenizer has no words and is not used."""
    torch.manual_seed(0)
    config = GPT2Config(n_layer=layers, n_embd=width, n_head=width // 64, vocab_size=vocabulary)
    config._attn_implementation = "eager"
    network = GPT2LMHeadModel(config).eval().requires_grad_(False)
    return LanguageModel("random", MODELS["gpt2"], None, network, Tokenizer(models.BPE()))


def this_package(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): one pass for a group of tokens, their gradients together."""
    return gradient_x_input_ids(model, ids, prompt).shares


def captum(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): a pass and a gradient per token, logits of all positions."""
    return _captum(model, ids, prompt, lambda inputs: model.network(inputs_embeds=inputs).logits)


def captum_last(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): the same with the logits of the last position only."""
    return _captum(
        model,
        ids,
        prompt,
        lambda inputs: model.network(inputs_embeds=inputs, logits_to_keep=1).logits,
    )


def _captum(
    model: LanguageModel, ids: list[int], prompt: int, logits: Callable[[Tensor], Tensor]
) -> np.ndarray:
    method = InputXGradient(lambda inputs: logits(inputs)[:, -1])
    shares = np.zeros((len(ids) - prompt, len(ids) - 1))
    for row, target in zip(shares, range(prompt, len(ids)), strict=True):
        inputs = model.network.get_input_embeddings()(torch.tensor([ids[:target]]))
        products = method.attribute(inputs.requires_grad_(), target=ids[target])
        norms = products[0].detach().norm(dim=-1)
        row[:target] = norms / norms.sum()
    return shares


ROUTES: dict[str, Route] = {
    "captum": captum,
    "captum, last logits": captum_last,
    "this package": this_package,
}


def compare(
    model: LanguageModel, prompt: int, continuation: int, repeats: int
) -> tuple[dict[str, float], float]:
    """Median seconds of each route, and the largest difference between shares."""
    generator = torch.Generator().manual_seed(1)
    size = len(model.unembedding)
    ids = torch.randint(size, (prompt + continuation,), generator=generator).tolist()
    shares = {name: route(model, ids, prompt) for name, route in ROUTES.items()}  # warm-up
    times: dict[str, list[float]] = {name: [] for name in ROUTES}
    for _ in range(repeats):
        for name, route in ROUTES.items():
            begin = time.perf_counter()
            route(model, ids, prompt)
            times[name].append(time.perf_counter() - begin)
    difference = float(np.abs(shares["captum"] - shares["this package"]).max())
    return {name: statistics.median(taken) for name, taken in times.items()}, difference


def peak_megabytes(name: str, prompt: int, continuation: int) -> float:
    """Peak memory of a route beyond the loaded network, in a fresh process; NaN but on Linux."""
    if sys.platform != "linux":
        return float("nan")
    command = [sys.executable, __file__, "--peak", name]
    command += ["--prompt", str(prompt), "--continuation", str(continuation)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_peak(name: str, prompt: int, continuation: int) -> None:
    model = random_model()
    model.network(torch.tensor([[1]]))
    # Linux: sets the peak back to what is in use now; making the network took more than that, and
    # getrusage's peak is handed down from the parent process.
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak()
    ROUTES[name](model, list(range(prompt + continuation)), prompt)
    print(_peak() - before)


def _peak() -> float:
    """Megabytes that the process has held at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


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
    times, difference = compare(model, asked.prompt, asked.continuation, asked.repeats)
    print(f"{asked.prompt} + {asked.continuation} tokens, {len(model.blocks)} layers, "
          f"{torch.get_num_threads()} threads, median of {asked.repeats}\n")  # fmt: skip
    print("| route | seconds | times faster | peak MB above the network |\n|---|---|---|---|")
    for name, seconds in times.items():
        peak = peak_megabytes(name, asked.prompt, asked.continuation)
        print(f"| {name} | {seconds:.3f} | {times['captum'] / seconds:.1f} | {peak:.0f} |")
    print(f"\nlargest difference between shares: {difference:.1g}")


if __name__ == "__main__":
    main()
