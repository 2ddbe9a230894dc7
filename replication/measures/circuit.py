"""What carries the number of the subject to the verb: attribution, patching and ablation together.

``replication.measures.patched_runs`` says what a patched run is and what an effect is a share of.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from replication.measures.ablation import ablation
from replication.measures.attribution import attribution
from replication.measures.pair_runs import CLEAN, Runs, UnsuitedPair, read
from replication.measures.patched_runs import Patch, recovered
from replication.measures.record import record_ids
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.circuit import (
    Ablation,
    Attribution,
    Circuit,
    Head,
    HeadEffects,
    PatchingProfile,
)
from replication.results.patching import SITES, Pair, Place, Site
from replication.results.shown import shows_itself

LOOKED_AT = 4
"""Layers whose heads are patched one by one: those whose attention has the greatest effects."""
NAMED_FOR = 0.8
"""Share of the gap that the single effects of the named heads have to add up to."""

# The module of these types is among the frozen readings, so that they are made to show themselves
# where they are measured.
for _kind in (Ablation, Attribution, Circuit, HeadEffects, PatchingProfile):
    shows_itself(_kind)


def circuit(model: LanguageModel, pairs: Sequence[Pair], *, by_layer: bool = False) -> Circuit:
    """How the first token that differs makes the right word likely at the last position;
    ``by_layer`` with what only curves along the layers need.

    Pairs that the model cannot take are left out and counted, those that differ in their last token
    among them. ``ModelError`` where fewer than two clusters are left: heads are chosen on some and
    judged on others.
    """
    runs, taken, left_out = _read_all(model, pairs)
    if len({pair.cluster for pair in taken}) < 2:
        raise ModelError(
            f"{model.name} can take {len(taken)} of {len(pairs)} pairs ({left_out}): expected two "
            f"clusters or more, one to choose heads on and one to judge them on"
        )
    patching = profile(model, runs, by_layer=by_layer)
    heads = head_effects(model, runs, patching, held_out(taken))
    return Circuit(
        attribution=attribution(model, runs),
        patching=patching,
        heads=heads,
        ablation=ablation(model, runs, heads.named, by_layer=by_layer),
        pairs=tuple(taken),
        left_out=left_out,
        provenance=model.provenance(f"{len(taken)} minimal pairs", None),
    )


def _read_all(
    model: LanguageModel, pairs: Sequence[Pair]
) -> tuple[list[Runs], list[Pair], dict[str, int]]:
    found, taken = [], []
    left_out: Counter[str] = Counter()
    for pair in pairs:
        try:
            runs = read(model, pair)
        except UnsuitedPair as unsuited:
            left_out[unsuited.reason] += 1
            continue
        if runs.first == len(runs.ids[CLEAN]) - 1:
            left_out["the prompts differ in their last token"] += 1
            continue
        found.append(runs)
        taken.append(pair)
    return found, taken, dict(left_out)


def profile(model: LanguageModel, read: Sequence[Runs], *, by_layer: bool) -> PatchingProfile:
    """The effects of the residual stream and of attention at the last position; ``by_layer`` of the
    feed-forward layers there, and of the residual stream at the first token that differs too.
    """
    count = 4 if by_layer else 2

    def journey(runs: Runs) -> list[Patch]:
        last = len(runs.ids[CLEAN]) - 1
        tracks: list[tuple[Site, int]] = [(site, last) for site in SITES]
        tracks.append(("residual", runs.first))
        layers = range(len(runs.before))
        return [[Place(site, layer, place)] for site, place in tracks[:count] for layer in layers]

    effects = both_ways(model, read, [journey(runs) for runs in read])
    tracks = effects.reshape(*effects.shape[:2], count, -1)
    return PatchingProfile(*(tracks[:, :, track] for track in range(count)))


def both_ways(
    model: LanguageModel, read: Sequence[Runs], patches: Sequence[Sequence[Patch]]
) -> Float[np.ndarray, "direction pair patch"]:
    """What comes back with each patch of the clean run, and what is lost with each of the corrupted
    one; ``patches`` are those of every pair.
    """
    given = list(zip(read, patches, strict=True))
    return np.array(
        [
            [recovered(model, runs, asked) for runs, asked in given],
            [recovered(model, runs.turned(), asked) for runs, asked in given],
        ]
    )


def head_effects(
    model: LanguageModel,
    read: Sequence[Runs],
    patching: PatchingProfile,
    apart: Bool[np.ndarray, " pair"],
) -> HeadEffects:
    """The effects of single heads. Layers and heads are chosen on the pairs not ``apart``."""
    by_layer = patching.attention[0, ~apart].mean(axis=0)
    layers = sorted(np.argsort(-by_layer, kind="stable")[:LOOKED_AT].tolist())
    count = read[0].heads.shape[3]
    looked_at = [Head(layer, number) for layer in layers for number in range(count)]
    single = [[[_place(runs, head)] for head in looked_at] for runs in read]
    effects = both_ways(model, read, single).reshape(2, len(read), len(layers), count)
    named = strongest(effects[0, ~apart].mean(axis=0), layers)
    together = [[[_place(runs, head) for head in named]] for runs in read]
    return HeadEffects(
        layers=tuple(layers),
        effects=effects,
        named=named,
        together=both_ways(model, read, together)[:, :, 0],
        on_subject=np.array([_on_subject(model, runs, named) for runs in read]),
        even=np.array([1 / len(runs.ids[CLEAN]) for runs in read]),
        held_out=apart,
    )


def _place(runs: Runs, head: Head) -> Place:
    return Place("attention", head.layer, len(runs.ids[CLEAN]) - 1, head.number)


def _on_subject(
    model: LanguageModel, runs: Runs, named: Sequence[Head]
) -> Float[np.ndarray, " named"]:
    seen = record_ids(model, runs.ids[CLEAN], len(runs.ids[CLEAN]), attention=True).attention
    assert seen is not None
    return np.array([float(seen[head.layer, head.number, -1, runs.first]) for head in named])


def strongest(effects: Float[np.ndarray, "looked head"], layers: Sequence[int]) -> tuple[Head, ...]:
    """The fewest heads whose single effects add up to ``NAMED_FOR``, the strongest first; where
    they never do, all heads with an effect above 0, and at least one.
    """
    order = np.argsort(-effects, axis=None, kind="stable")
    sums = effects.ravel()[order].cumsum()
    enough = np.flatnonzero(sums >= NAMED_FOR)
    count = enough[0] + 1 if len(enough) else max(1, int((effects > 0).sum()))
    places = [np.unravel_index(place, effects.shape) for place in order[:count]]
    return tuple(Head(layers[row], int(number)) for row, number in places)


def held_out(pairs: Sequence[Pair]) -> Bool[np.ndarray, " pair"]:
    """Which pairs heads are judged on: two clusters of every four, so that what alternates from
    cluster to cluster is in both halves. Of two or three clusters, the last one or two.
    """
    names = list(dict.fromkeys(pair.cluster for pair in pairs))
    later = {name for place, name in enumerate(names) if place // 2 % 2}
    if not later:
        later = set(names[1:])
    return np.array([pair.cluster in later for pair in pairs])
