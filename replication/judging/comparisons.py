"""Comparisons that parts of findings come from: one value with a bound, or a share of many items.

A finding on an article's own text compares one value; a finding over many texts compares a share
of them, whose interval comes from resampling whole clusters (``replication.base.resampling``).
"""

from typing import Any, SupportsFloat

import numpy as np
from jaxtyping import Bool, Float

from replication.articles.thresholds import FAMILY, OFTEN, SIGNIFICANT
from replication.base.firmness import detectable_share, flips_to_turn, most_hold
from replication.base.intervals import layer_profile, mean_interval, median_interval
from replication.base.resampling import Labels
from replication.base.significance import cluster_majority, effect_size
from replication.judging.parts import Crossing, LayerProfile, Part, Relation, Spread
from replication.results.untestable import NotTestable

FEWEST_CLUSTERS = next(n for n in range(1, 100) if FAMILY * 0.5**n < SIGNIFICANT)
"""With fewer clusters not even all of them together would pass the corrected test."""


def crossing_of(
    what: str,
    depths: Float[np.ndarray, " item"],
    clusters: Labels | None = None,
    article: float | None = None,
) -> Crossing:
    """The median of some crossing depths, with an interval over clusters if there are any.

    ``NotTestable`` where there are no depths, for want of tokens of a kind.
    """
    if not len(depths):
        raise NotTestable(f"{what}: there is nothing in the text that this could be asked of")
    interval = None
    if clusters is not None and len(set(clusters)) > 1:
        interval = median_interval(depths, clusters)
    return Crossing(
        what=what,
        estimate=float(np.median(depths)),
        # No depth is before 0, or after that of what never holds; the exact ends may be infinite.
        low=max(interval.low, 0.0) if interval else None,
        high=min(interval.high, max(1.0, depths.max())) if interval else None,
        method=interval.method if interval else None,
        never=float(np.mean(depths > 1)),
        items=len(depths),
        article=article,
    )


def less(statement: str, measured: SupportsFloat, bound: SupportsFloat, unit: str) -> Part:
    """A part that holds if the measured value is below the bound; NaN is refused."""
    value, limit = float(measured), float(bound)
    return _part(statement, value, "<", limit, unit, value < limit, limit - value)


def at_most(statement: str, measured: SupportsFloat, bound: SupportsFloat, unit: str) -> Part:
    """A part that holds if the measured value is not above the bound; NaN is refused."""
    value, limit = float(measured), float(bound)
    return _part(statement, value, "<=", limit, unit, value <= limit, limit - value)


def more(statement: str, measured: SupportsFloat, bound: SupportsFloat, unit: str) -> Part:
    """A part that holds if the measured value is above the bound; NaN is refused."""
    value, limit = float(measured), float(bound)
    return _part(statement, value, ">", limit, unit, value > limit, value - limit)


def agrees(
    statement: str,
    measured: SupportsFloat,
    published: SupportsFloat,
    within: SupportsFloat,
    unit: str,
) -> Part:
    """A part that holds if a number is the published one, up to the rounding it was given with."""
    value, expected = float(measured), float(published)
    # Twelve digits: the last bits of a decimal fraction are not to decide.
    margin = round(float(within) - abs(value - expected), 12)
    return _part(statement, value, "=", expected, unit, margin >= 0, margin)


def _part(
    statement: str,
    measured: float,
    relation: Relation,
    bound: float,
    unit: str,
    holds: bool,
    margin: float,
) -> Part:
    return Part(
        statement=statement,
        measured=measured,
        relation=relation,
        bound=bound,
        unit=unit,
        holds=holds,
        margin=margin,
    )


def mostly(
    statement: str,
    holds: Bool[np.ndarray, " item"],
    clusters: Labels,
    *,
    values: Float[np.ndarray, " item"] | None = None,
    values_unit: str | None = None,
    by_layer: Bool[np.ndarray, "item layer"] | None = None,
) -> Part:
    """A part that holds if most of many items do: if the whole interval of their share is above
    one half, and the exact test over clusters stands when it is corrected for the number of such
    findings. Items may have clusters of several kinds, the first of which votes in the test.
    ``values`` are what each item's sign comes from; ``by_layer`` where layers are looked at.
    ``NotTestable`` where fewer clusters are left of what a model was asked than could pass.
    """
    voters = [one if isinstance(one, str) else one[0] for one in clusters]
    if len(set(voters)) < FEWEST_CLUSTERS:
        raise NotTestable(
            f"{statement}: {len(holds)} items of {len(set(voters))} cluster(s) are left, and a "
            f"test corrected for {FAMILY} findings takes {FEWEST_CLUSTERS}"
        )
    interval = mean_interval(holds.astype(float), clusters)
    votes = cluster_majority(holds, voters)
    p_corrected = min(1.0, FAMILY * votes.p_value)
    near = interval.high > OFTEN
    return Part(
        statement=statement,
        measured=interval.estimate,
        relation=">",
        bound=OFTEN,
        unit="share",
        holds=interval.low > OFTEN and p_corrected < SIGNIFICANT,
        margin=interval.low - OFTEN,
        spread=Spread(
            low=interval.low,
            high=interval.high,
            items=len(holds),
            clusters=votes.clusters,
            clusters_holding=votes.holding,
            p_value=votes.p_value,
            p_corrected=p_corrected,
            resamples=interval.resamples,
            seed=interval.seed,
            method=interval.method,
            crossed=1 if isinstance(clusters[0], str) else len(clusters[0]),
            detectable=detectable_share(votes.clusters, SIGNIFICANT / FAMILY) or 1.0,
            flips=_flips(holds, clusters, voters) if near else None,
            profile=None if by_layer is None else _profile(by_layer, clusters),
            **_effect(values, values_unit, voters),
        ),
    )


def _flips(holds: Bool[np.ndarray, " item"], clusters: Labels, voters: list[str]) -> int | None:
    return flips_to_turn(holds, voters, most_hold(clusters, voters, SIGNIFICANT / FAMILY))


def _effect(
    values: Float[np.ndarray, " item"] | None, unit: str | None, voters: list[str]
) -> dict[str, Any]:
    found = None if values is None else effect_size(values, voters)
    return {
        "effect": found.mean if found else None,
        "effect_unit": unit,
        "standardized": found.standardized if found else None,
    }


def _profile(by_layer: Bool[np.ndarray, "item layer"], clusters: Labels) -> LayerProfile:
    found = layer_profile(by_layer.astype(float), clusters)
    return LayerProfile(
        estimate=tuple(found.estimate), low=tuple(found.low), high=tuple(found.high)
    )
