"""Nulls: what a claim is judged on beside a trained model, to see what the model is not needed for.

Each takes something away from a trained network and keeps the rest; the last three are no networks
at all. The word of the majority is no null: it is what the claims on occupations assert.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from replication.articles.thresholds import (
    BLIND_DRAWS,
    COSTLY_DRAWS,
    DRAWS,
    NOISE_DRAWS,
    UNTRAINED_DRAWS,
)

NullKind = Literal[
    "untrained",
    "permuted",
    "random-blocks",
    "shuffled-unembedding",
    "blind-lens",
    "last-token-only",
    "word-frequency",
    "nearest-noun",
    "his-word",
    "noise",
]
NOISE: NullKind = "noise"
"""No null: the trained network with noise of the size that quantization rounded its weights by. By
how many of these a verdict stands, it is told how firm it is."""
KINDS: tuple[NullKind, ...] = tuple(kind for kind in get_args(NullKind) if kind != NOISE)
OF_THE_UNEMBEDDING: tuple[NullKind, ...] = ("shuffled-unembedding",)
"""Nulls whose states, neurons and attention are the trained ones."""
OF_THE_LENS: tuple[NullKind, ...] = ("blind-lens",)
"""Nulls that only read inner states otherwise: a claim on no inner state has none of them."""
WITHOUT_NETWORK: tuple[NullKind, ...] = ("word-frequency", "nearest-noun", "his-word")
SEEDED: dict[NullKind, range] = {
    "untrained": range(UNTRAINED_DRAWS),
    "permuted": range(DRAWS),
    "random-blocks": range(DRAWS),
    "shuffled-unembedding": range(DRAWS),
    "blind-lens": range(BLIND_DRAWS),
    "noise": range(NOISE_DRAWS),
}
"""The seeds of the kinds that are drawn at random; each other kind is one subject."""
MADE_BY: dict[NullKind, str] = {
    "untrained": "untrained",
    "permuted": "trained, permuted within each matrix",
    "random-blocks": "trained, with untrained blocks",
    "shuffled-unembedding": "trained, with the rows of the unembedding shuffled",
    "blind-lens": "trained, with the dimensions of inner states shuffled before they are read",
    "last-token-only": "trained, but each position sees its own token alone",
    "word-frequency": "no network: the more frequent word leads",
    "nearest-noun": "no network: the verb agrees with the last word",
    "his-word": "no network: the word for a man leads",
    "noise": "trained, with noise of the size of its quantization",
}
"""What each kind is, in the place of the form of a model's weights."""


@dataclass(frozen=True)
class Null:
    """A null of a model: its kind, and its seed where it is drawn at random."""

    kind: NullKind
    seed: int | None = None

    def __post_init__(self) -> None:
        if (self.seed is not None) != (self.kind in SEEDED):
            needs = "a seed" if self.kind in SEEDED else "no seed"
            raise ValueError(f"{self.kind} with seed {self.seed}: expected {needs}")

    @property
    def suffix(self) -> str:
        """What follows the model's name in this null's, for example ``-permuted-0``."""
        return f"-{self.kind}" if self.seed is None else f"-{self.kind}-{self.seed}"

    @property
    def made_by(self) -> str:
        """What it is, with its seed."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return MADE_BY[self.kind] + seed


def draws_of(kind: NullKind, *, costly: bool = False) -> tuple[Null, ...]:
    """The nulls of a kind on which a claim is judged; fewer for one that is costly to ask."""
    if kind not in SEEDED:
        return (Null(kind),)
    return tuple(Null(kind, seed) for seed in SEEDED[kind][: COSTLY_DRAWS if costly else None])
