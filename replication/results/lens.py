"""Results of the variants of the logit lens: values with names, shapes and units."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself

FORMULAS = ("no norm", "final norm", "final norm twice")
"""Ways to read a state: the product with the unembedding alone; the model's own way; and what comes
of norming the last of transformers' ``hidden_states``, which is normed already."""


@dataclass(frozen=True)
class Stage:
    """A place in the residual stream: after the attention of a block, or after its end."""

    layer: int
    part: Literal["attention", "feed-forward"]

    def __str__(self) -> str:
        return f"{self.layer} attention" if self.part == "attention" else str(self.layer)


@shows_itself
@dataclass(frozen=True)
class WordProbabilities:
    """What some words would get at one position if the model ended after each stage."""

    probabilities: Float[np.ndarray, "stage word"]
    """Between 0 and 1, among the whole vocabulary."""
    ranks: Int[np.ndarray, "stage word"]
    """1 is best, among the whole vocabulary."""
    stages: tuple[Stage, ...]
    words: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        shape = len(self.stages), len(self.words)
        _fit("probabilities", self.probabilities, shape)
        _fit("ranks", self.ranks, shape)
        _within("probabilities", self.probabilities, 1.0)

    def gap(self, first: str, second: str) -> Float[np.ndarray, " stage"]:
        """By how much the first word's logit is above the second's, after each stage.

        It is the logarithm of the ratio of their probabilities, which have the same total; infinite
        where one of them is too small for a number. ``ValueError`` for a word that was not looked
        at.
        """
        for word in (first, second):
            if word not in self.words:
                raise ValueError(f"{word!r} was not looked at: expected one of {self.words}")
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.probabilities)
            return logs[:, self.words.index(first)] - logs[:, self.words.index(second)]


@shows_itself
@dataclass(frozen=True)
class PositionGrid:
    """The best token for what follows each position, after each stage."""

    best: tuple[tuple[str, ...], ...]
    """(stage, position)"""
    probabilities: Float[np.ndarray, "stage position"]
    """Of the best token, between 0 and 1."""
    next_ranks: Int[np.ndarray, "stage followed"]
    """The rank of the token that really comes next; there is none for the last position."""
    stages: tuple[Stage, ...]
    tokens: tuple[str, ...]
    """(position,) the text that was read."""
    provenance: Provenance

    def __post_init__(self) -> None:
        shape = len(self.stages), len(self.tokens)
        _fit("probabilities", self.probabilities, shape)
        _fit("ranks of the next tokens", self.next_ranks, (shape[0], shape[1] - 1))
        _within("probabilities", self.probabilities, 1.0)
        if [len(row) for row in self.best] != [shape[1]] * shape[0]:
            raise ValueError(f"best tokens {self.best} do not fit: expected {shape} of them")


@shows_itself
@dataclass(frozen=True)
class Uncertainty:
    """How unsure each stage is at each position, and how far from what the model says in the end.

    The divergence is Kullback and Leibler's KL(final || stage): how many bits more it would cost to
    write down what the model's own output expects with a code made for the stage's distribution.
    This is the direction of nostalgebraist's code and of the tuned lens (Belrose et al. 2023,
    https://arxiv.org/abs/2303.08112): a stage costs most where it misses what the model will say.
    """

    entropy: Float[np.ndarray, "stage position"]
    """In bits: 0 is sure, the logarithm of the vocabulary's size is no idea at all."""
    divergence: Float[np.ndarray, "stage position"]
    """In bits, 0 for the last stage."""
    stages: tuple[Stage, ...]
    tokens: tuple[str, ...]
    """(position,) the text that was read."""
    provenance: Provenance

    def __post_init__(self) -> None:
        shape = len(self.stages), len(self.tokens)
        _fit("entropy", self.entropy, shape)
        _fit("divergence", self.divergence, shape)
        _within("entropy", self.entropy)
        _within("divergence", self.divergence)


@shows_itself
@dataclass(frozen=True)
class FormulaVariants:
    """What one word would get after every layer by each of ``FORMULAS``."""

    word: str
    probabilities: Float[np.ndarray, "layer formula"]
    ranks: Int[np.ndarray, "layer formula"]
    head_has_bias: bool
    """Whether there is a bias that a formula could add; code that adds one fails without."""
    provenance: Provenance

    def __post_init__(self) -> None:
        shape = len(self.ranks), len(FORMULAS)
        _fit("ranks", self.ranks, shape)
        _fit("probabilities", self.probabilities, shape)
        _within("probabilities", self.probabilities, 1.0)


def _fit(name: str, values: np.ndarray, expected: tuple[int, int]) -> None:
    if values.shape != expected:
        raise ValueError(f"{name} of shape {values.shape} do not fit: expected {expected}")


def _within(name: str, values: np.ndarray, most: float = np.inf) -> None:
    # Sums of many logarithms may miss 0 by their last bits.
    if not np.isfinite(values).all() or (values < -1e-6).any() or (values > most).any():
        raise ValueError(f"{name} found {values.min()} to {values.max()}: expected 0 to {most}")
