"""Results: values with names, shapes and units.

The numbers that an article published and the numbers measured on a model come in the same types,
so whatever judges or draws them cannot tell one from the other.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from replication.roles import Role, roles_of
from replication.shapes import Norm, Probabilities, Ranks

SubjectKind = Literal["published", "registry", "paper", "control"]


@dataclass(frozen=True)
class Provenance:
    """What stands behind a set of numbers."""

    subject: str
    """``published``, or the name of a model of the table, or of an untrained control of one."""
    kind: SubjectKind
    model: str
    """The model whose numbers these are, by its full name."""
    weights: str
    """Their form, for example ``Q4_1, dequantized to float32`` or ``untrained, seed 3``."""
    revision: str
    """sha256 of the weights' file, or a hub commit, or how published numbers were read."""
    norm: Norm | None
    """None where no lens is involved."""
    start_token: str
    """The token put before the text, or ``none``."""
    prompt: str


@dataclass(frozen=True)
class RankGrid:
    """The rank of some tokens after every layer.

    ``kind="continuation"``: column *i* is the *i*-th token after the prompt, ranked at the position
    before it. ``kind="watched"``: the columns are words that compete for the one position after
    the prompt.
    """

    ranks: Ranks
    """(layer, token); 1 is best, among the whole vocabulary."""
    tokens: tuple[str, ...]
    kind: Literal["continuation", "watched"]
    vocabulary: int
    provenance: Provenance

    def __post_init__(self) -> None:
        if self.ranks.ndim != 2 or self.ranks.shape[1] != len(self.tokens):
            raise ValueError(
                f"ranks of shape {self.ranks.shape} do not fit {len(self.tokens)} tokens "
                f"{self.tokens}: expected (layers, {len(self.tokens)})"
            )
        if self.ranks.size and not 1 <= self.ranks.min() <= self.ranks.max() <= self.vocabulary:
            raise ValueError(
                f"ranks run from {self.ranks.min()} to {self.ranks.max()}: "
                f"expected 1 to {self.vocabulary} (the vocabulary)"
            )

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return self.ranks.shape[0]

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The role of each token of a continuation."""
        return roles_of(self.tokens)

    def of_role(self, *roles: Role) -> Int[np.ndarray, "layer token"]:
        """The columns whose tokens have one of these roles; there may be none."""
        return self.ranks[:, [role in roles for role in self.roles]]

    def of_token(self, token: str) -> Int[np.ndarray, " layer"]:
        """The column of one token, which must occur once."""
        if self.tokens.count(token) != 1:
            raise ValueError(f"{token!r} occurs {self.tokens.count(token)} times in {self.tokens}")
        return self.ranks[:, self.tokens.index(token)]


@dataclass(frozen=True)
class TopTokens:
    """The best candidates after every layer, at one position."""

    tokens: tuple[tuple[str, ...], ...]
    """(layer, candidate), best first."""
    probabilities: Probabilities
    """(layer, candidate), between 0 and 1."""
    target: str
    """The token that stands at the position in the text."""
    provenance: Provenance

    def __post_init__(self) -> None:
        shape = self.probabilities.shape
        if len(self.tokens) != shape[0] or any(len(row) != shape[1] for row in self.tokens):
            raise ValueError(
                f"probabilities of shape {shape} do not fit {len(self.tokens)} layers of tokens"
            )

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.tokens)

    def rank(self, layer: int, token: str) -> int | None:
        """The token's rank among the candidates of a layer, or None where it is not one."""
        row = self.tokens[layer]
        return row.index(token) + 1 if token in row else None

    def probability(self, layer: int, token: str) -> float | None:
        """The token's probability in a layer, or None where it is not a candidate."""
        rank = self.rank(layer, token)
        return None if rank is None else float(self.probabilities[layer, rank - 1])


@dataclass(frozen=True)
class Saliency:
    """How much each token that stood before it counts for each generated token.

    Row *i* is for the *i*-th generated token and has shares for the ``n_input + i`` tokens before
    it; they sum to 1. The places after them are 0.
    """

    shares: Float[np.ndarray, "generated position"]
    tokens: tuple[str, ...]
    """(n_input + generated,) input tokens, a start token left out, then generated ones."""
    n_input: int
    method: Literal["gradient x input", "integrated gradients"]
    of: Literal["logit", "probability"]
    provenance: Provenance

    def __post_init__(self) -> None:
        generated = len(self.tokens) - self.n_input
        if self.shares.shape != (generated, len(self.tokens) - 1):
            raise ValueError(
                f"shares of shape {self.shares.shape} do not fit {self.n_input} input and "
                f"{generated} generated tokens: expected {(generated, len(self.tokens) - 1)}"
            )
        sums = self.shares.sum(axis=1)
        ahead = np.triu(self.shares, self.n_input)  # shares of tokens that were not there yet
        if not np.allclose(sums, 1, atol=1e-4) or ahead.any() or (self.shares < 0).any():
            raise ValueError(
                f"shares of each generated token must be positive, lie before it and sum to 1; "
                f"found sums {sums}"
            )

    def row(self, generated: int) -> Float[np.ndarray, " position"]:
        """The shares of the tokens before one generated token."""
        return self.shares[generated, : self.n_input + generated]


@dataclass(frozen=True)
class Factors:
    """What a non-negative factorization of feed-forward activations shows over a text."""

    activity: Float[np.ndarray, "factor token"]
    """How strongly each factor is at work at each token; not negative."""
    tokens: tuple[str, ...]
    n_input: int
    """Of generated sequences: how many tokens were input. As in the articles, the activity at the
    last input token is repeated for the first generated one."""
    layers: tuple[int, ...]
    """The layers whose neurons were factorized."""
    neurons: Float[np.ndarray, "factor neuron"] | None
    """The weight of every neuron in each factor; None where it was not published."""
    provenance: Provenance

    def __post_init__(self) -> None:
        if self.activity.ndim != 2 or self.activity.shape[1] != len(self.tokens):
            raise ValueError(
                f"activity of shape {self.activity.shape} does not fit {len(self.tokens)} tokens: "
                f"expected (factors, {len(self.tokens)})"
            )
        if not np.isfinite(self.activity).all() or (self.activity < 0).any():
            raise ValueError("the activity of a factor must be finite and not negative")

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The role of each token."""
        return roles_of(self.tokens)
