"""Direct logit attribution: what each part of a network writes into a difference of two logits.

The last state is a sum: the embedding, and what every block's attention and feed-forward layer
return. With the centring and the scale that the final norm has for that state it is a linear map,
so the difference of two logits is a sum of what each part adds to it.

Sources: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022,
"Interpretability in the Wild". Where a norm stands between what a module returns and the residual
stream (Gemma 3), the heads' shares of attention are told with that norm's scale held as well.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from replication.measures.pair_runs import CLEAN, CORRUPTED, Runs, projections
from replication.models.language_model import LanguageModel
from replication.results.circuit import Attribution
from replication.results.patching import Site

Vectors = Float[Tensor, "*any width"]


def attribution(model: LanguageModel, read: Sequence[Runs]) -> Attribution:
    """What every part writes at the last position of both runs of every pair."""
    with torch.inference_mode():
        found = [[_written(model, runs, run) for run in (CLEAN, CORRUPTED)] for runs in read]
    arrays = {
        name: np.array([[one[name] for one in pair] for pair in found]) for name in found[0][0]
    }
    return Attribution(**arrays, differences=np.array([runs.differences for runs in read]))


def _written(model: LanguageModel, runs: Runs, run: int) -> dict[str, np.ndarray]:
    state = runs.outputs["residual"][-1, run, -1]
    through = frozen(model.final_norm, state)
    bias = model.final_norm(torch.zeros_like(state)).double()

    def logits(written: Vectors) -> np.ndarray:
        return (through(written) @ runs.direction).cpu().numpy()

    added = {
        site: torch.stack([_added(model, site, k)(out[run, -1]) for k, out in enumerate(outputs)])
        for site, outputs in runs.outputs.items()
        if site != "residual"
    }
    return {
        "embedding": logits(runs.before[0, run, -1]),
        "attention": logits(added["attention"]),
        "feed_forward": logits(added["feed-forward"]),
        "heads": logits(_by_head(model, runs, run)),
        "bias": (bias @ runs.direction).cpu().numpy(),
    }


def _by_head(model: LanguageModel, runs: Runs, run: int) -> Float[Tensor, "layer head width"]:
    """What each head adds to the residual stream at the last position."""
    written = []
    for layer, projection in enumerate(projections(model)):
        returned = runs.heads[layer, run, -1]  # (head, slice)
        # A row for each head, with all others silent.
        alone = torch.block_diag(*returned)
        out = projection(alone) - projection(torch.zeros_like(alone))
        norm = _added(model, "attention", layer)
        if isinstance(norm, nn.Module):
            out = frozen(norm, runs.outputs["attention"][layer, run, -1])(out)
        written.append(out)
    return torch.stack([rows.double() for rows in written])


def _added(model: LanguageModel, site: Site, layer: int) -> Callable[[Vectors], Vectors]:
    """What makes of a module's output what is added to the residual stream: a norm, or nothing."""
    norms = model.architecture.norms_after
    if not norms:
        return lambda output: output
    name = norms[("attention", "feed-forward").index(site)]
    found: nn.Module = model.blocks[layer].get_submodule(name)
    return found


def frozen(norm: nn.Module, state: Float[Tensor, " width"]) -> Callable[[Vectors], Vectors]:
    """A norm as a linear map, in double precision: its centring and its gain, and the scale that it
    has for one state. Its bias is left out. It maps the state itself to what the norm gives for it.
    """
    centred = isinstance(norm, nn.LayerNorm)
    bias = norm(torch.zeros_like(state)).double()
    # Numbers of mean 0 and one size, so great that epsilon is nothing beside them: the norm gives
    # its gain and their signs.
    signs = torch.ones_like(state)
    signs[1::2] = -1
    gain = (norm(1e4 * signs).double() - bias) * signs

    def shaped(vectors: Vectors) -> Vectors:
        vectors = vectors.double()
        return gain * (vectors - vectors.mean(-1, keepdim=True) if centred else vectors)

    unscaled = shaped(state)
    scale = unscaled.square().sum() / (unscaled * (norm(state).double() - bias)).sum()
    return lambda vectors: shaped(vectors) / scale
