"""Results over template sets: a value for every item, after every layer, under several norms."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import BaseModel, ConfigDict, model_validator

from replication.base.norms import NORMS, Norm
from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

SetName = Literal["agreement", "occupations", "lists", "counting", "blimp", "winogender"]


SETS: tuple[SetName, ...] = get_args(SetName)
CROSSED: dict[SetName, str] = {"agreement": "beside", "counting": "separator"}
"""The condition that items of different clusters share, and are no more independent for it. In the
set of occupations it is the frame; Winogender has a frame of its own for nearly each occupation."""


CROSSED_IN_WORDS: dict[SetName, str] = {
    "agreement": "nouns, and the nouns beside the verb",
    "occupations": "occupations, and the frames that they stand in",
    "counting": "repeated numbers, and the separators between them",
}
"""Where ``Item.clusters`` are of two kinds, what these are."""


class Item(BaseModel):
    """One text of a set, as a line of its file holds it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    set: SetName
    cluster: str
    """What items share that are not independent of one another: a noun, an occupation, a list."""
    template: str
    """The frame that the text was made from, its slots in braces."""
    prompt: str
    continuation: str = ""
    """The text ranked token by token; empty where words are watched."""
    watched: tuple[str, ...] = ()
    """Words that compete after the prompt, each with its space; the finding expects the first one
    to lead."""
    partner: str = ""
    """The prompt of the item that differs in one thing only, or empty."""
    conditions: dict[str, str]
    """What was varied, for example ``{"subject": "plural", "attractor": "singular"}``."""

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster, and what it is crossed with: the noun beside the verb, a frame, a mark."""
        if self.set == "occupations":
            return self.cluster, self.template
        crossed = CROSSED.get(self.set)
        return (self.cluster, self.conditions[crossed]) if crossed else (self.cluster,)

    @model_validator(mode="after")
    def _can_be_asked(self) -> "Item":
        if not self.prompt or self.prompt[-1].isspace():
            raise ValueError(f"{self.id}: the prompt {self.prompt!r} is empty or ends with a space")
        if bool(self.continuation) == bool(self.watched):
            raise ValueError(f"{self.id}: give either a continuation or watched words")
        if any(word[:1] != " " or not word[1:].strip() for word in self.watched):
            raise ValueError(f"{self.id}: every watched word of {self.watched} starts with a space")
        if len(set(self.watched)) != len(self.watched):
            raise ValueError(f"{self.id}: the watched words {self.watched} are not distinct")
        return self


@shows_itself
@dataclass(frozen=True)
class WatchedSet:
    """How far one watched word of every item is ahead of the other, for the position after it."""

    lead: Float[np.ndarray, "norm item layer"]
    """Logit of the word that the finding expects to lead, less that of the other. Under
    ``norm="none"`` its size goes with the length of the state, which nothing has divided by."""
    items: tuple[Item, ...]
    left_out: tuple[Item, ...]
    """Items whose watched words are not single tokens for the model."""
    provenance: Provenance
    norms: tuple[Norm, ...] = NORMS
    cut_words: tuple[str, ...] = ()
    """The words that the model's tokenizer cuts into several tokens, for which items are left out:
    a word is read at one position, as one row of the unembedding."""

    def __post_init__(self) -> None:
        _check("lead", self.lead.shape[:2], (len(self.norms), len(self.items)))

    def of(self, **conditions: str) -> Bool[np.ndarray, " item"]:
        """Which items have these conditions."""
        return _with(self.items, conditions)

    def ahead(self, norm: Norm, **conditions: str) -> Bool[np.ndarray, "item layer"]:
        """Where the expected word leads, for the items with these conditions."""
        return self.lead[self.norms.index(norm)][self.of(**conditions)] > 0

    def clusters(self, **conditions: str) -> list[str]:
        """The cluster of each item with these conditions."""
        return _clusters(self.items, self.of(**conditions))

    def towards_women(self, norm: Norm) -> Float[np.ndarray, "item layer"]:
        """Logit of the word for a woman less that of the word for a man, whichever is expected.
        ``KeyError`` for a set that is not of occupations.
        """
        women = [item.conditions["stereotype"] == "women" for item in self.items]
        return self.lead[NORMS.index(norm)] * np.where(women, 1, -1)[:, None]

    @property
    def shares_of_women(self) -> Float[np.ndarray, " item"]:
        """Percent of women among those who do the work that each item names."""
        return np.array([float(item.conditions["women_percent"]) for item in self.items])

    def crossed(self, **conditions: str) -> list[tuple[str, ...]]:
        """All clusters of each item with these conditions, one of each kind."""
        chosen = self.of(**conditions)
        return [item.clusters for item, kept in zip(self.items, chosen, strict=True) if kept]


@shows_itself
@dataclass(frozen=True)
class ExpectedSet:
    """The token that really follows, for one position of every item."""

    ranks: Int[np.ndarray, "norm item layer"]
    """1 is best, among the whole vocabulary."""
    probabilities: Float[np.ndarray, "norm item layer"]
    best_from: Float[np.ndarray, "norm item"]
    """The depth from which on it has rank 1 for good, the next after 1 where it never has."""
    items: tuple[Item, ...]
    provenance: Provenance
    norms: tuple[Norm, ...] = NORMS

    def __post_init__(self) -> None:
        _check("ranks", self.ranks.shape[:2], (len(self.norms), len(self.items)))
        _check("probabilities", self.probabilities.shape, self.ranks.shape)
        _check("best_from", self.best_from.shape, self.ranks.shape[:2])

    @property
    def clusters(self) -> list[str]:
        """The cluster of each item."""
        return [item.cluster for item in self.items]

    @property
    def crossed(self) -> list[tuple[str, ...]]:
        """All clusters of each item, one of each kind."""
        return [item.clusters for item in self.items]


@shows_itself
@dataclass(frozen=True)
class ArrivalSet:
    """When the parts of numbered lists arrive, as medians over the tokens of a kind."""

    syntax: Float[np.ndarray, "norm item"]
    """Newlines and periods: the depth from which on they stay near the top."""
    content: Float[np.ndarray, "norm item"]
    """What is listed: the first token of each word."""
    items: tuple[Item, ...]
    provenance: Provenance
    norms: tuple[Norm, ...] = NORMS

    def __post_init__(self) -> None:
        for name in ("syntax", "content"):
            _check(name, getattr(self, name).shape, (len(self.norms), len(self.items)))

    @property
    def clusters(self) -> list[str]:
        """The cluster of each item."""
        return [item.cluster for item in self.items]

    @property
    def crossed(self) -> list[tuple[str, ...]]:
        """All clusters of each item, one of each kind."""
        return [item.clusters for item in self.items]


@shows_itself
@dataclass(frozen=True)
class LayerCurves:
    """Means over items after every layer, with 95 % intervals from resampling clusters."""

    panels: tuple[str, ...]
    """What is drawn side by side, for example one panel for each norm."""
    lines: tuple[str, ...]
    """What each curve of a panel is the mean of."""
    estimate: Float[np.ndarray, "panel line layer"]
    low: Float[np.ndarray, "panel line layer"]
    high: Float[np.ndarray, "panel line layer"]
    items: tuple[int, ...]
    """(line,) how many items each is over."""
    clusters: tuple[int, ...]
    """(line,)"""
    resamples: int
    seed: int
    provenance: Provenance

    def __post_init__(self) -> None:
        for name in ("estimate", "low", "high"):
            _check(name, getattr(self, name).shape[:2], (len(self.panels), len(self.lines)))


def _check(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if found != expected:
        raise ValueError(f"{name} are given for {found}: expected {expected}")


def _with(items: tuple[Item, ...], conditions: dict[str, str]) -> Bool[np.ndarray, " item"]:
    return np.array([conditions.items() <= item.conditions.items() for item in items], bool)


def _clusters(items: tuple[Item, ...], chosen: Bool[np.ndarray, " item"]) -> list[str]:
    return [item.cluster for item, wanted in zip(items, chosen, strict=True) if wanted]
