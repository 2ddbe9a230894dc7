"""Activation patching between two prompts of five tokens, every layer and site from the second on.

The naive route reads the whole second prompt once for each patch, one module hooked, and asks for
the logits of the last position. Another reads all patched runs in one batch. All begin with the two
prompts, which differ in one token after the first, and end with the effects of every layer at each
site, at that position and all after it.
"""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import torch
from networks import Shape, model
from torch import Tensor
from work import Route, Target, Work

from replication.measures.pair_runs import CLEAN, CORRUPTED, Runs, read
from replication.measures.patched_runs import recovered
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, Place

Steps = Generator[str, None, dict[str, Any]]
Patch = Callable[[LanguageModel, Runs, Pair], np.ndarray]


def patched(shape: Shape, patch: Patch) -> Steps:
    """Both runs, then the effects of all patches; the two words are those told apart best."""
    ours, ids, at = model(shape), shape.ids(), shape.prompt
    other = [*ids[:at], ids[at] % (shape.vocabulary - 1) + 1, *ids[at + 1 :]]
    yield "ready"
    with torch.inference_mode():
        read_both = ours.network(torch.tensor([ids, other]), logits_to_keep=1)
    clean, corrupted = read_both.logits[:, -1]
    order = (clean - corrupted)[1:].argsort() + 1
    first, second = (" ".join(map(str, tokens)) for tokens in (ids, other))
    pair = Pair(first, second, right=str(order[-1].item()), wrong=str(order[0].item()))
    runs = read(ours, pair)
    yield "two runs"
    effects = patch(ours, runs, pair)
    yield "patches"
    return {"effects": effects}


def places(runs: Runs) -> list[Place]:
    """What is patched, each by itself."""
    layers, _, positions, _ = runs.before.shape
    after = range(runs.first, positions)
    return [Place(s, layer, p) for s in SITES for layer in range(layers) for p in after]


def this_package(shape: Shape) -> Steps:
    """A batch for each position, which runs join at the layer that is patched."""
    return patched(
        shape, lambda ours, runs, _: recovered(ours, runs, [[place] for place in places(runs)])
    )


def one_by_one(shape: Shape) -> Steps:
    """A run for each patch."""

    def patch(ours: LanguageModel, runs: Runs, pair: Pair) -> np.ndarray:
        return np.concatenate([_effects(ours, runs, pair, [place]) for place in places(runs)])

    return patched(shape, patch)


def one_batch(shape: Shape) -> Steps:
    """All patched runs in one batch, each of them whole."""
    return patched(shape, lambda ours, runs, pair: _effects(ours, runs, pair, places(runs)))


def _effects(ours: LanguageModel, runs: Runs, pair: Pair, rows: list[Place]) -> np.ndarray:
    names = {"residual": "", "attention": "attn", "feed-forward": "mlp"}
    handles = []
    for row, place in enumerate(rows):

        def patch(
            _module: Any, _inputs: Any, output: Any, row: int = row, at: Place = place
        ) -> None:
            states: Tensor = output[0] if isinstance(output, tuple) else output
            states[row, at.position] = runs.outputs[at.site][at.layer, CLEAN, at.position]

        module = ours.blocks[place.layer].get_submodule(names[place.site])
        handles.append(module.register_forward_hook(patch))
    with torch.inference_mode():
        given = torch.tensor([runs.ids[CORRUPTED]] * len(rows))
        logits = ours.network(given, use_cache=False, logits_to_keep=1).logits[:, -1]
    for handle in handles:
        handle.remove()
    clean, corrupted = runs.differences
    differences = logits[:, int(pair.right)] - logits[:, int(pair.wrong)]
    return (differences.double().numpy() - corrupted) / (clean - corrupted)


WORK = Work(
    title="Activation patching",
    asked="every layer and site patched at four positions of a prompt of five tokens",
    routes=(
        Route("this package", "ours", this_package),
        Route("one run for each patch", "naive", one_by_one),
        Route("one batch", "naive", one_batch),
    ),
    shapes=(Shape("GPT-2 small's shape", prompt=1, tokens=5),),
    compared="patches",
    targets=(Target("naive", 2),),
)
