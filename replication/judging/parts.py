"""Parts that a finding is made of: a measured value, a bound, whether it is kept, a weight."""

from typing import Literal

from pydantic import FiniteFloat

from replication.base.intervals import Method
from replication.base.records import Record

Relation = Literal["<", "<=", ">", "="]
Weight = Literal["core", "further", "beside"]
"""``core``: what the claim's sentence asserts. ``further``: what it adds to that. ``beside``: shown
and of no weight, such as the literal reading of a layer's number."""


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
    method: Method | None = None
    """Of the interval: of clusters drawn, or exact, where all draws agree. Zero width it has only
    where six clusters or more show one and the same layer."""
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


def literally(part: Part) -> Part:
    """A part on the literal reading of a layer's number: beside, and named so."""
    return beside(part.model_copy(update={"statement": f"literally, {part.statement}"}))


def at_depth(part: Part, crossing: Crossing) -> Part:
    """A part with the depth that it is about."""
    return part.model_copy(update={"crossing": crossing})


def describe(part: Part) -> str:
    """A part in words, for example ``rank of ' are': 1 < 12``."""
    failed = {"<": "≮", "<=": "≰", ">": "≯", "=": "≠"}
    relation = part.relation if part.holds else failed[part.relation]
    spread = part.spread
    interval = f" [{_number(spread.low)}, {_number(spread.high)}]" if spread else ""
    return f"{part.statement}: {_number(part.measured)}{interval} {relation} {_number(part.bound)}"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.4g}"
