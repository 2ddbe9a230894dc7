"""Mean ablation: what is left of a difference when a part says the same after every text.

Each chosen part, at the last position, is replaced by its mean over all texts, the clean and the
corrupted prompts of all pairs, in both runs of a pair (Wang et al. 2022, "Interpretability in the
Wild"). What the part tells of the one prompt against the other is gone then; how large it is, and
what it says after every text, stays.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from replication.measures.depth import last_from
from replication.measures.pair_runs import CLEAN, Runs
from replication.measures.patched_runs import Patch, outcomes
from replication.models.language_model import LanguageModel
from replication.results.circuit import Ablation, Head
from replication.results.patching import Place, Site

PARTS: tuple[Site, ...] = ("attention", "feed-forward")


def ablation(
    model: LanguageModel, read: Sequence[Runs], named: Sequence[Head], *, by_layer: bool
) -> Ablation:
    """What remains of every pair's gap without all parts beyond 5/6 of the depth or before, without
    the named heads, and, ``by_layer``, without each single part.
    """
    layers = len(model.blocks)
    late = range(last_from(6, layers), layers)
    sites = PARTS if by_layer else ()
    single = [[Place(site, layer, -1)] for site in sites for layer in range(layers)]
    several = {
        "sixth": _all(PARTS, late),
        "before": _all(PARTS, range(late.start)),
        "last": _all(PARTS, [layers - 1]),
        "feed_forwards": _all(PARTS[1:], late),
        "named": [Place("attention", head.layer, -1, head.number) for head in named],
    }
    left = remaining(model, read, [*several.values(), *single])
    each = left[:, len(several) :].reshape(len(read), len(sites), layers)
    return Ablation(
        **dict(zip(several, left[:, : len(several)].T, strict=True)),
        attention=each[:, 0] if by_layer else None,
        feed_forward=each[:, 1] if by_layer else None,
    )


def _all(sites: Sequence[Site], layers: Sequence[int]) -> Patch:
    return [Place(site, layer, -1) for site in sites for layer in layers]


def remaining(
    model: LanguageModel, read: Sequence[Runs], ablated: Sequence[Patch]
) -> Float[np.ndarray, "pair ablated"]:
    """The share of every pair's gap that remains when the places, at position -1, have the mean
    over all texts.
    """
    means = {
        site: torch.stack([runs.outputs[site][:, :, -1] for runs in read]).mean((0, 2))
        for site in PARTS
    }
    heads = torch.stack([runs.heads[:, :, -1] for runs in read]).mean((0, 2))

    def without(runs: Runs) -> Float[np.ndarray, " ablated"]:
        outputs = {site: kept.clone() for site, kept in runs.outputs.items()}
        for site, mean in means.items():
            outputs[site][:, CLEAN, -1] = mean
        returned = runs.heads.clone()
        returned[:, CLEAN, -1] = heads
        last = len(runs.ids[0]) - 1
        patches = [[place._replace(position=last) for place in patch] for patch in ablated]
        return outcomes(model, replace(runs, outputs=outputs, heads=returned), patches)

    # Of a turned pair the clean run is read, and the difference is that of wrong less right.
    return np.array([-(without(runs.turned()) + without(runs)) / runs.gap for runs in read])
