"""Activation patching: what a pair of prompts shows, activation by activation, and many pairs.

``replication.measures.patched_runs`` says what a patched run is and what an effect is a share of.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from replication.measures.pair_runs import CLEAN, CORRUPTED, Runs, UnsuitedPair, read
from replication.measures.patched_runs import Patch, recovered
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, PatchingEffects, PatchingProfile, Place, Site


def effects(model: LanguageModel, pair: Pair) -> PatchingEffects:
    """The effect of every activation by itself, at all sites; errors are those of ``read``."""
    runs = read(model, pair)
    layers, positions = runs.before.shape[0], runs.before.shape[2]
    patches = [
        [Place(site, layer, position)]
        for site in SITES
        for layer in range(layers)
        for position in range(positions)
    ]
    shares = recovered(model, runs, patches).reshape(len(SITES), layers, positions)
    hidden = model.start_length(runs.ids[CLEAN])
    return PatchingEffects(
        effects=shares[:, :, hidden:],
        clean=model.texts(runs.ids[CLEAN][hidden:]),
        corrupted=model.texts(runs.ids[CORRUPTED][hidden:]),
        words=(pair.right, pair.wrong),
        differences=runs.differences,
        provenance=model.provenance(pair.clean, None),
    )


def profile(model: LanguageModel, pairs: Sequence[Pair]) -> PatchingProfile:
    """How the effect travels from the first token that differs to the last position.

    Pairs that the model cannot take are left out and counted, those that differ in their last token
    among them. ``ModelError`` where none is left.
    """
    shares, gaps, taken = [], [], []
    left_out: Counter[str] = Counter()
    for pair in pairs:
        try:
            runs = read(model, pair)
            patches = _journey(runs)
        except UnsuitedPair as unsuited:
            left_out[unsuited.reason] += 1
            continue
        shares.append(recovered(model, runs, patches))
        gaps.append(runs.differences[CLEAN] - runs.differences[CORRUPTED])
        taken.append(pair)
    if not taken:
        raise ModelError(f"{model.name} can take none of {len(pairs)} pairs: {dict(left_out)}")
    by_layer = np.array(shares)[:, :-1].reshape(len(taken), 4, len(model.blocks))
    return PatchingProfile(
        at_subject=by_layer[:, 0],
        at_last=by_layer[:, 1],
        attention=by_layer[:, 2],
        feed_forward=by_layer[:, 3],
        last_block=np.array(shares)[:, -1],
        gaps=np.array(gaps),
        pairs=tuple(taken),
        left_out=dict(left_out),
        provenance=model.provenance(f"{len(taken)} minimal pairs", None),
    )


def _journey(runs: Runs) -> list[Patch]:
    """The patches of a profile: a layer's residual stream at the subject, each site at the last
    position, then both outputs of the last block there.
    """
    layers, last = len(runs.before), runs.before.shape[2] - 1
    if runs.first == last:
        raise UnsuitedPair(
            "the prompts differ in their last token",
            "the prompts differ in their last token only: nothing has to travel to it",
        )
    tracks: list[tuple[Site, int]] = [("residual", runs.first), *((site, last) for site in SITES)]
    patches = [[Place(site, k, position)] for site, position in tracks for k in range(layers)]
    both: list[Site] = ["attention", "feed-forward"]
    return [*patches, [Place(site, layers - 1, last) for site in both]]


def layers_needed(
    added: Float[np.ndarray, "*any layer"], share: float = 0.8
) -> Int[np.ndarray, "*any"]:
    """The least number of layers whose added effects sum to ``share`` of the whole.

    ``added`` is ``PatchingProfile.added``, or a mean of it over pairs. One layer: the effect is
    settled in it; several: it is built up over them.

    >>> layers_needed(np.array([[0.5, -0.1, 0.2, 0.4], [0.0, 0.0, 0.0, 1.0]]))
    array([2, 1])
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share of {share} was asked for: expected more than 0, at most 1")
    greatest_first = -np.sort(-added, axis=-1)
    # Sums of floats may end a last bit below the whole.
    enough = greatest_first.cumsum(axis=-1) >= share - 1e-9
    return np.asarray(np.argmax(enough, axis=-1) + 1)
