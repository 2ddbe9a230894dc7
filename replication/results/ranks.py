"""What an interactive view can tell beyond the result that it shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from replication.base.axes import Probabilities, Ranks
from replication.results.provenance import Provenance
from replication.results.roles import Role, roles_of
from replication.results.shown import shows_itself
from replication.results.untestable import NotTestable


@shows_itself
@dataclass(frozen=True)
class TopGrid:
    """The best candidates after every layer, in the place of each token of a rank grid."""

    tokens: tuple[tuple[tuple[str, ...], ...], ...]
    """(layer, token, candidate), best first."""
    probabilities: Float[np.ndarray, "layer token candidate"]
    """Between 0 and 1."""
    provenance: Provenance

    def __post_init__(self) -> None:
        layers, columns, candidates = shape = self.probabilities.shape
        widths = {len(row) for row in self.tokens}
        depths = {len(cell) for row in self.tokens for cell in row}
        if len(self.tokens) != layers or widths - {columns} or depths - {candidates}:
            raise ValueError(
                f"{len(self.tokens)} layers of {sorted(widths)} tokens with {sorted(depths)} "
                f"candidates do not fit probabilities of shape {shape}"
            )
        inside = (self.probabilities >= 0) & (self.probabilities <= 1 + 1e-6)
        if not inside.all():
            raise ValueError("probabilities must lie between 0 and 1")


@shows_itself
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

    def some_of_role(self, *roles: Role) -> Int[np.ndarray, "layer token"]:
        """As ``of_role``; ``NotTestable`` where there are none."""
        found = self.of_role(*roles)
        if not found.size:
            text = "".join(self.tokens)
            raise NotTestable(f"no token of {text!r} begins a {' or '.join(roles)}: expected some")
        return found

    def of_token(self, token: str) -> Int[np.ndarray, " layer"]:
        """The column of one token, which must occur once."""
        if self.tokens.count(token) != 1:
            raise ValueError(f"{token!r} occurs {self.tokens.count(token)} times in {self.tokens}")
        return self.ranks[:, self.tokens.index(token)]


@shows_itself
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
