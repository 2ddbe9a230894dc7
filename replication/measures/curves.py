"""From the items of a template set to curves along the layers, with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from replication.base.norms import NORMS
from replication.base.statistics import layer_profile
from replication.results.provenance import Provenance
from replication.results.sets import ExpectedSet, LayerCurves, WatchedSet

UNDER_NORMS = tuple(f"norm: {norm}" for norm in NORMS)
Line = tuple[Float[np.ndarray, "panel _item layer"], Sequence[str]]
"""The values of some items, and their clusters."""


def watched_curves(found: WatchedSet, lines: Mapping[str, Mapping[str, str]]) -> LayerCurves:
    """The share of items whose expected word leads, a line for each set of conditions."""
    chosen: dict[str, Line] = {
        name: ((found.lead[:, found.of(**kept)] > 0).astype(float), found.clusters(**kept))
        for name, kept in lines.items()
    }
    return _curves(UNDER_NORMS, chosen, found.provenance)


def expected_curve(found: ExpectedSet, name: str) -> LayerCurves:
    """The mean probability of the expected tokens, in one line."""
    return _curves(UNDER_NORMS, {name: (found.probabilities, found.clusters)}, found.provenance)


def _curves(panels: tuple[str, ...], lines: Mapping[str, Line], source: Provenance) -> LayerCurves:
    profiles = [
        [layer_profile(by_layer, clusters) for by_layer in values]
        for values, clusters in lines.values()
    ]

    def stacked(name: str) -> Float[np.ndarray, "panel line layer"]:
        by_line = [[getattr(profile, name) for profile in line] for line in profiles]
        return np.array(by_line).swapaxes(0, 1)

    return LayerCurves(
        panels=panels,
        lines=tuple(lines),
        estimate=stacked("estimate"),
        low=stacked("low"),
        high=stacked("high"),
        items=tuple(len(clusters) for _, clusters in lines.values()),
        clusters=tuple(len(set(clusters)) for _, clusters in lines.values()),
        resamples=profiles[0][0].resamples,
        seed=profiles[0][0].seed,
        provenance=source,
    )
