"""Activation patching between two prompts: this package against one run for each patch.

The naive route reads the whole second prompt once for each patch, one module hooked, and asks for
the logits of the last position. Another reads all patched runs in one batch. All begin with the two
prompts, which differ in one token after ``--prompt`` others, and end with the effects of every
layer at each site, at that position and all after it.

    python benchmarks/patching.py --prompt 1 --continuation 4 [--repeats 5]
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from routes import Routes, main
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor

from replication.measures.pair_runs import CLEAN, CORRUPTED, Runs, read
from replication.measures.patched_runs import recovered
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, Place


def started(model: LanguageModel, ids: list[int], prompt: int) -> tuple[LanguageModel, Runs, Pair]:
    """Both runs; the words are numbers, and the two are those that the prompts tell apart best."""
    size = len(model.unembedding)
    tokenizer = Tokenizer(models.WordLevel({str(number): number for number in range(size)}, "0"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    model = replace(model, tokenizer=tokenizer)
    other = [*ids[:prompt], (ids[prompt] + 1) % size, *ids[prompt + 1 :]]
    clean, corrupted = model.network(torch.tensor([ids, other]), logits_to_keep=1).logits[:, -1]
    order = (clean - corrupted).argsort().tolist()
    first, second = (" ".join(map(str, tokens)) for tokens in (ids, other))
    pair = Pair(first, second, right=str(order[-1]), wrong=str(order[0]))
    return model, read(model, pair), pair


def places(runs: Runs) -> list[Place]:
    """What is patched, each by itself."""
    layers, _, positions, _ = runs.before.shape
    after = range(runs.first, positions)
    return [Place(s, layer, p) for s in SITES for layer in range(layers) for p in after]


def this_package(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(patch,): a batch for each position, which runs join at the layer that is patched."""
    model, runs, _ = started(model, ids, prompt)
    return recovered(model, runs, [[place] for place in places(runs)])


def one_by_one(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(patch,): a run for each patch."""
    model, runs, pair = started(model, ids, prompt)
    return np.concatenate([_patched(model, runs, pair, [place]) for place in places(runs)])


def one_batch(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(patch,): all patched runs in one batch, each of them whole."""
    model, runs, pair = started(model, ids, prompt)
    return _patched(model, runs, pair, places(runs))


def _patched(model: LanguageModel, runs: Runs, pair: Pair, rows: list[Place]) -> np.ndarray:
    names = {"residual": "", "attention": "attn", "feed-forward": "mlp"}
    handles = []
    for row, place in enumerate(rows):

        def patch(
            _module: Any, _inputs: Any, output: Any, row: int = row, at: Place = place
        ) -> None:
            states: Tensor = output[0] if isinstance(output, tuple) else output
            states[row, at.position] = runs.outputs[at.site][at.layer, CLEAN, at.position]

        module = model.blocks[place.layer].get_submodule(names[place.site])
        handles.append(module.register_forward_hook(patch))
    with torch.inference_mode():
        given = torch.tensor([runs.ids[CORRUPTED]] * len(rows))
        logits = model.network(given, use_cache=False, logits_to_keep=1).logits[:, -1]
    for handle in handles:
        handle.remove()
    clean, corrupted = runs.differences
    differences = logits[:, int(pair.right)] - logits[:, int(pair.wrong)]
    return (differences.double().numpy() - corrupted) / (clean - corrupted)


ROUTES: Routes = {
    "one run for each patch": one_by_one,
    "one batch": one_batch,
    "this package": this_package,
}


def agreement(effects: dict[str, np.ndarray]) -> str:
    """How far the routes are apart."""
    difference = np.abs(effects["one run for each patch"] - effects["this package"]).max()
    return f"largest difference between effects: {difference:.1g}"


if __name__ == "__main__":
    main(__doc__, ROUTES, agreement)
