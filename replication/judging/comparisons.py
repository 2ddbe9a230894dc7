"""Comparisons that a finding is made of: a measured value, a bound, and whether it is kept.

A finding on an article's own text compares one value; a finding over many texts compares a share
of them, whose interval comes from resampling whole clusters (``replication.base.statistics``).
"""

from typing import Any, Literal, SupportsFloat

import numpy as np
from jaxtyping import Bool, Float
from pydantic import FiniteFloat

from replication.articles.thresholds import FAMILY, OFTEN, SIGNIFICANT
from replication.base.firmness import detectable_share, flips_to_turn, most_hold
from replication.base.records import Record
from replication.base.statistics import (
    Labels,
    Method,
    cluster_bootstrap,
    cluster_majority,
    effect_size,
    layer_profile,
)
from replication.results.untestable import NotTestable

Relation = Literal["<", "<=", ">", "="]
Weight = Literal["core", "further", "beside"]
"""``core``: what the claim's sentence asserts. ``further``: what it adds to that. ``beside``: shown
and of no weight, such as the literal reading of a layer's number."""


FEWEST_CLUSTERS = next(n for n in range(1, 100) if FAMILY * 0.5**n < SIGNIFICANT)
"""With fewer clusters not even all of them together would pass the corrected test."""


class LayerProfile(Record):
    """The share of items after every layer, with an interval for each layer alone."""

    estimate: tuple[FiniteFloat, ...]
    """(layer,)"""
    low: tuple[FiniteFloat, ...]
    high: tuple[FiniteFloat, ...]


class Spread(Record):
    """What a share over many items rests on."""

    low: FiniteFloat
    """Of the 95 % interval, by drawing clusters with replacement."""
    high: FiniteFloat
    items: int
    clusters: int
    clusters_holding: int
    """Clusters in which most items hold."""
    p_value: FiniteFloat
    """Of so many clusters or more, were each the toss of a coin; before any correction."""
    p_corrected: FiniteFloat
    """Times the number of such findings in the suite (Bonferroni), at most 1."""
    resamples: int
    seed: int
    method: Method
    """Of the interval: of clusters drawn, or exact, where all draws agree."""
    crossed: int
    """Kinds of clusters that the interval is of: nouns, and the nouns beside the verb, are two."""
    detectable: FiniteFloat
    """The smallest share of clusters that the corrected test shows with a power of 80 %."""
    flips: int | None
    """How many items would have to turn out otherwise for the part to hold no more, or to hold.
    None where the whole interval is on the other side, far from turning."""
    effect: FiniteFloat | None
    """The mean of what the share counts the sign of, over clusters, in ``effect_unit``."""
    effect_unit: str | None
    standardized: FiniteFloat | None
    """That mean in standard deviations between clusters (Cohen's d of one sample)."""
    profile: LayerProfile | None
    """The share after every layer, where layers are looked at."""


class Crossing(Record):
    """The depth from which on something holds for good.

    Layer *k* of *n* has the depth (*k* + 1) / *n*; where it never comes to hold for good, the depth
    is the next after 1.
    """

    what: str
    """What holds, in a few words."""
    estimate: FiniteFloat
    """The median over items."""
    low: FiniteFloat | None
    """Of the 95 % interval over clusters; None where one text is looked at."""
    high: FiniteFloat | None
    never: FiniteFloat
    """The share of items in which it never holds for good."""
    items: int
    article: FiniteFloat | None
    """Where it is in the article's own figure."""


class Part(Record):
    """One comparison within a finding."""

    statement: str
    """What is measured."""
    measured: FiniteFloat
    relation: Relation
    bound: FiniteFloat
    unit: str
    holds: bool
    margin: FiniteFloat
    """How far inside the bound the measured value lies, in ``unit``; negative where it fails. Of a
    share over many items, how far its interval does."""
    weight: Weight = "core"
    spread: Spread | None = None
    """Of a share over many items."""
    crossing: Crossing | None = None
    """Where along the depth something happens, if the part is about that."""


def core(part: Part) -> Part:
    """A part on what the sentence asserts, as every part is that is not said to be otherwise."""
    return part.model_copy(update={"weight": "core"})


def further(part: Part) -> Part:
    """A part on what the sentence adds to its core: if it fails, the claim holds partially."""
    return part.model_copy(update={"weight": "further"})


def beside(part: Part) -> Part:
    """A part that is shown and bears on no verdict."""
    return part.model_copy(update={"weight": "beside"})


def at_depth(part: Part, crossing: Crossing) -> Part:
    """A part with the depth that it is about."""
    return part.model_copy(update={"crossing": crossing})


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
        interval = cluster_bootstrap(depths, clusters, np.median)
    return Crossing(
        what=what,
        estimate=float(np.median(depths)),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
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
    interval = cluster_bootstrap(holds.astype(float), clusters)
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


def describe(part: Part) -> str:
    """A part in words, for example ``rank of ' are': 1 < 12``."""
    failed = {"<": "≮", "<=": "≰", ">": "≯", "=": "≠"}
    relation = part.relation if part.holds else failed[part.relation]
    spread = part.spread
    interval = f" [{_number(spread.low)}, {_number(spread.high)}]" if spread else ""
    return f"{part.statement}: {_number(part.measured)}{interval} {relation} {_number(part.bound)}"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.4g}"
