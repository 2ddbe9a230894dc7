"""From the items of a template set to curves along the layers, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from replication.base.intervals import Profile, layer_profile
from replication.results.circuit import DIRECTIONS, Circuit, CircuitMap
from replication.results.provenance import Provenance
from replication.results.sets import ExpectedSet, LayerCurves, WatchedSet
from replication.results.shown import shows_itself

Line = tuple[Float[np.ndarray, "panel _item layer"], Sequence[str]]
"""The values of some items, and their clusters."""

shows_itself(CircuitMap)  # its module is among the frozen readings


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


def circuit_map(found: Circuit) -> CircuitMap:
    """The means over pairs of what carries the number of the subject to the verb."""
    patching, written, left = found.patching, found.attribution, found.ablation
    assert patching.at_subject is not None, "this circuit was not measured layer by layer"
    assert left.attention is not None
    assert left.feed_forward is not None
    attention, feed_forward = (
        written.of_gap(part) for part in (written.attention, written.feed_forward)
    )
    transport = {
        "residual stream at the subject": patching.at_subject,
        "residual stream at the last position": patching.at_last,
    }
    decision = {
        "attention at the last position": np.stack([attention, left.attention]),
        "feed-forward layer at the last position": np.stack([feed_forward, left.feed_forward]),
    }

    def curves(panels: tuple[str, ...], lines: Mapping[str, np.ndarray]) -> LayerCurves:
        of_pairs = {name: (values, found.clusters) for name, values in lines.items()}
        return _curves(panels, of_pairs, found.provenance, counted=False)

    heads = written.of_gap(written.heads)
    each = [heads, attention[:, :, None], feed_forward[:, :, None]]
    return CircuitMap(
        transport=curves(DIRECTIONS, transport),
        decision=curves(("written of the gap", "left of the gap without it"), decision),
        written=np.concatenate(each, axis=2).mean(axis=0),
        named=found.heads.named,
        provenance=found.provenance,
    )


def _curves(
    panels: tuple[str, ...],
    lines: Mapping[str, Line],
    source: Provenance,
    *,
    counted: bool = True,
) -> LayerCurves:
    """Curves with their intervals; ``counted`` where 1 and 0 say yes and no of an item."""
    profile_of = layer_profile if counted else _of_sizes
    profiles = [
        [profile_of(by_layer, clusters) for by_layer in values]
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


def _of_sizes(values: Float[np.ndarray, "item layer"], clusters: Sequence[str]) -> Profile:
    """The means of sizes. Where all are 0 or all are 1, as what is left of an effect is after the
    last layer by definition, the exact interval of a share of texts has nothing to say.
    """
    found = layer_profile(values, clusters)
    alike = np.array([method == "exact" for method in found.methods])
    low, high = (np.where(alike, found.estimate, ends) for ends in (found.low, found.high))
    return replace(found, low=low, high=high)
