"""From the items of a template set to curves along the layers, with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from replication.base.statistics import layer_profile
from replication.results.patching import PatchingProfile
from replication.results.provenance import Provenance
from replication.results.sets import ExpectedSet, LayerCurves, WatchedSet

Line = tuple[Float[np.ndarray, "panel _item layer"], Sequence[str]]
"""The values of some items, and their clusters."""


def watched_curves(found: WatchedSet, lines: Mapping[str, Mapping[str, str]]) -> LayerCurves:
    """The share of items whose expected word leads, a line for each set of conditions."""
    chosen: dict[str, Line] = {
        name: ((found.lead[:, found.of(**kept)] > 0).astype(float), found.clusters(**kept))
        for name, kept in lines.items()
    }
    return _curves(_panels(found), chosen, found.provenance)


def expected_curve(found: ExpectedSet, name: str) -> LayerCurves:
    """The mean probability of the expected tokens, in one line."""
    line = found.probabilities, found.clusters
    return _curves(_panels(found), {name: line}, found.provenance)


def _panels(found: WatchedSet | ExpectedSet) -> tuple[str, ...]:
    return tuple(f"norm: {norm}" for norm in found.norms)


def patching_curves(found: PatchingProfile) -> LayerCurves:
    """The mean effect of patching over pairs, at the places that a profile looks at."""
    clusters = [pair.cluster for pair in found.pairs]
    places = {
        "residual stream at the subject": found.at_subject,
        "residual stream at the last position": found.at_last,
        "attention output at the last position": found.attention,
        "feed-forward output at the last position": found.feed_forward,
    }
    lines: dict[str, Line] = {name: (values[None], clusters) for name, values in places.items()}
    return _curves(("share of the effect",), lines, found.provenance)


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
