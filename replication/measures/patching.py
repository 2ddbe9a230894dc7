"""Activation patching: what a pair of prompts shows, activation by activation.

``replication.measures.patched_runs`` says what a patched run is and what an effect is a share of.
"""

from replication.measures.pair_runs import CLEAN, CORRUPTED, read
from replication.measures.patched_runs import recovered
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, PatchingEffects, Place


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
