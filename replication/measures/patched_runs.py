"""Patched runs: activations of one run, put into another, and what that does to its output.

A *clean* prompt ("The keys to the cabinet") and a *corrupted* one ("The key to the cabinet") are
read; then the corrupted one again, with some activations replaced by those of the clean run. The
effect is the share of the logit difference, logit(right) - logit(wrong) at the last position, that
comes back: (patched - corrupted) / (clean - corrupted).

Sources: Vig et al. 2020, "Investigating Gender Bias in Language Models Using Causal Mediation
Analysis"; Meng et al. 2022, "Locating and Editing Factual Associations in GPT"; Wang et al. 2022,
"Interpretability in the Wild", for the logit difference.

Two things spare work. A patched run is the corrupted run before its first patched layer, so it
joins the batch there; and before its first patched position, whose keys and values are kept.
``benchmarks/works/patching.py`` compares this with one run for each patch.

In Gemma 3 a norm stands between what a module returns and the residual stream. What is patched is
what the module returns, before that norm.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from replication.measures.pair_runs import (
    CLEAN,
    CORRUPTED,
    Runs,
    by_head,
    cache,
    difference,
    keeper,
    modules,
    projections,
)
from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Place, Site

Patch = Sequence[Place]
"""All that is replaced in one run."""


def recovered(
    model: LanguageModel, runs: Runs, patches: Sequence[Patch]
) -> Float[np.ndarray, " patch"]:
    """The share of the logit difference that each patch brings back; see ``outcomes``.

    Exactly 0 where nothing is replaced, or only what is the same in both runs because it comes
    before the first token that differs. Exactly 1 where the run becomes the clean run: by the whole
    residual stream of a layer, or that of the last layer at the last position. Elsewhere float32
    rounding moves effects by about 1e-6.
    """
    return (outcomes(model, runs, patches) - runs.differences[CORRUPTED]) / runs.gap


def outcomes(
    model: LanguageModel, runs: Runs, patches: Sequence[Patch]
) -> Float[np.ndarray, " patch"]:
    """The logit difference of the corrupted run with each patch; ``ModelError`` for a place that
    there is not.
    """
    _check_places(runs, patches)
    groups = defaultdict(list)
    for number, patch in enumerate(patches):
        places = [place for place in patch if place.position >= runs.first]
        if places:
            start = min(place.position for place in places)
            groups[start].append((min(place.layer for place in places), number, places))
    found = np.full(len(patches), runs.differences[CORRUPTED])
    for start, group in groups.items():
        group.sort()  # by the first layer, in which order they join the batch
        ends = _read_patched(model, runs, [places for _, _, places in group], start)
        for (_, number, _), end in zip(group, ends, strict=True):
            found[number] = difference(model, end, runs.direction)
    return found


def _read_patched(
    model: LanguageModel, runs: Runs, patches: Sequence[Patch], start: int
) -> Float[Tensor, "patch width"]:
    """The last state at the last position of patched runs, read in one pass from ``start`` on.

    They are in the order of the first layer that is patched in each.
    """
    joining, kept, size = _joining(patches), [], 1
    for layer, (keys, values) in enumerate(runs.keys_and_values):
        size += joining[layer]
        kept.append(
            [part[CORRUPTED:, :, :start].expand(size, -1, -1, -1) for part in (keys, values)]
        )
    ends: dict[int, Tensor] = {}
    with (
        torch.inference_mode(),
        patched(model, runs, patches, start),
        hooked(model.blocks[-1:], keeper(ends)),
    ):
        model.network.base_model(
            model.tensor([runs.ids[CORRUPTED][start:]]),
            past_key_values=cache(kept),
            use_cache=True,
        )
    return ends[0][:, -1]


def _joining(patches: Sequence[Patch]) -> Counter[int]:
    """How many patched runs join the batch before each layer.

    The first run goes in by itself, so that there is a batch for the others to join.
    """
    return Counter(min(place.layer for place in patch) for patch in patches[1:])


@contextmanager
def patched(
    model: LanguageModel, runs: Runs, patches: Sequence[Patch], start: int
) -> Iterator[None]:
    """Inside, a pass over the corrupted prompt from ``start`` on reads patched runs, one per row.

    ``patches`` are in the order of their first layers. The first is the row that is given to the
    network; each of the others joins it, a copy of the corrupted run, before its first layer.
    """
    joining = _joining(patches)
    replaced: dict[tuple[Site, int], list[tuple[int, int]]] = defaultdict(list)
    heads: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for row, patch in enumerate(patches):
        for place in patch:
            if place.head is None:
                replaced[place.site, place.layer].append((row, place.position))
            else:
                heads[place.layer].append((row, place.position, place.head))

    def join(layer: int) -> Callable[..., Any]:
        new = runs.before[layer, CORRUPTED, start:].expand(joining[layer], -1, -1)
        return lambda _module, inputs: (torch.cat([inputs[0], new]), *inputs[1:])

    def settle(layer: int) -> Callable[..., None]:
        def hook(_module: nn.Module, inputs: Any, output: Any) -> None:
            same = (inputs[0] == runs.before[layer, CLEAN, start:]).flatten(1).all(1)
            hidden_state(output)[same] = runs.outputs["residual"][layer, CLEAN, start:]

        return hook

    def replace(site: Site, layer: int) -> Callable[..., None]:
        rows, positions = torch.tensor(replaced[site, layer]).T
        clean = runs.outputs[site][layer, CLEAN, positions]

        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            hidden_state(output)[rows, positions - start] = clean

        return hook

    def replace_heads(layer: int) -> Callable[..., None]:
        rows, positions, numbers = torch.tensor(heads[layer]).T
        clean = runs.heads[layer, CLEAN, positions, numbers]

        def hook(_module: nn.Module, inputs: Any) -> None:
            by_head(model, inputs[0])[rows, positions - start, numbers] = clean

        return hook

    with ExitStack() as stack:
        for layer, block in enumerate(model.blocks):
            if joining[layer]:
                stack.enter_context(block.register_forward_pre_hook(join(layer)))
            # A run that has become the clean run stays it: kernels may round the equal rows of a
            # batch differently. It has not where the kept keys and values are of other tokens.
            if start == runs.first:
                stack.enter_context(block.register_forward_hook(settle(layer)))
        for site, layer in replaced:
            module = modules(model, site)[layer]
            stack.enter_context(module.register_forward_hook(replace(site, layer)))
        for layer in heads:
            module = projections(model)[layer]
            stack.enter_context(module.register_forward_pre_hook(replace_heads(layer)))
        yield


def _check_places(runs: Runs, patches: Sequence[Patch]) -> None:
    layers, _, positions, heads, _ = runs.heads.shape
    for place in (place for patch in patches for place in patch):
        whole = place.head is None or (place.site == "attention" and 0 <= place.head < heads)
        if not (
            whole
            and place.site in SITES
            and 0 <= place.layer < layers
            and 0 <= place.position < positions
        ):
            raise ModelError(
                f"there is no {place}: expected a site of {SITES}, a layer from 0 to "
                f"{layers - 1}, a position from 0 to {positions - 1} and, of attention alone, a "
                f"head from 0 to {heads - 1}"
            )
