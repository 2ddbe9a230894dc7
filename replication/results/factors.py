"""Factors and principal components of feed-forward activations."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from replication.results.data import UNWRITTEN
from replication.results.provenance import Provenance
from replication.results.roles import Role, roles_of
from replication.results.shown import shows_itself


@shows_itself
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
    neurons: Float[np.ndarray, "factor neuron"] | None = field(metadata=UNWRITTEN)
    """The weight of every neuron in each factor; None where it was not published."""
    provenance: Provenance
    energy: Float[np.ndarray, " factor"] | None = None
    """Each factor's share of energy, which is the sum of squares of its part of the matrix,
    activity times neurons; shares sum to 1. The activity shown twice counts once."""

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


@shows_itself
@dataclass(frozen=True)
class Reach:
    """How many neurons each factor reaches, and how many two factors reach together."""

    common: Int[np.ndarray, "factor factor"]
    """How many neurons both factors reach; on the diagonal, how many one does."""
    neurons: int
    """How many neurons were factorized."""
    threshold: float

    @property
    def shares(self) -> Float[np.ndarray, " factor"]:
        """The share of all neurons that each factor reaches, 0 to 1."""
        return self.common.diagonal() / self.neurons


@shows_itself
@dataclass(frozen=True)
class PrincipalComponents:
    """Principal components of the same matrix, which may be negative, and so read worse."""

    activity: Float[np.ndarray, "component token"]
    """Shown as ``Factors.activity`` is, but around the mean over positions."""
    neurons: Float[np.ndarray, "component neuron"] = field(metadata=UNWRITTEN)
    """The weight of every neuron; the squares of a component's weights sum to 1."""
    variance: Float[np.ndarray, " component"]
    """Each component's share of the matrix's variance, greatest first."""
    tokens: tuple[str, ...]
    n_input: int
    layers: tuple[int, ...]
    provenance: Provenance

    @property
    def negative(self) -> Float[np.ndarray, " component"]:
        """The share of neurons whose weight is under 0. A component's sign is arbitrary: compare
        the smaller of this and the share above 0.
        """
        return (self.neurons < 0).mean(axis=1)
