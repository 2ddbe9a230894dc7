"""Which pattern of firing goes with a role of tokens, and how surely.

A pattern is a row of numbers over tokens: the activity of a factor, the mean firing of a cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True)
class RoleScore:
    """Which pattern goes with a role, and how surely."""

    pattern: int
    correlation: float
    """Of the pattern with the role, -1 to 1."""
    runner_up: float | None
    """The correlation of the next best pattern; None where there is only one."""
    shuffled_95: float
    """What the best pattern of 19 shuffles in 20 stays under when the role is dealt at random."""

    @property
    def above_chance(self) -> bool:
        """Whether the role goes with the pattern better than with 95 % of shuffles."""
        return self.correlation > self.shuffled_95


def role_score(
    activity: Float[np.ndarray, "pattern token"],
    role: Sequence[bool] | Bool[np.ndarray, " token"],
    *,
    among: Sequence[bool] | Bool[np.ndarray, " token"] | None = None,
    shuffles: int = 1000,
    seed: int = 0,
) -> RoleScore:
    """Name a pattern: the one that goes best with a role, given as yes or no by token.

    ``among`` says which tokens to look at. Give the generated ones where it is asked what a factor
    produces: an input token is shown with what it caused, a generated one with what caused it. A
    pattern that is the same everywhere has the correlation 0. ``ValueError`` for lengths that do
    not fit, and unless both tokens with and without the role are looked at.
    """
    length = activity.shape[1]
    looked_at = np.ones(length, bool) if among is None else np.asarray(among, bool)
    has = np.asarray(role, bool)
    if len(has) != length or len(looked_at) != length:
        raise ValueError(f"{len(has)} and {len(looked_at)} values given for {length} tokens")
    has, activity = has[looked_at], activity[:, looked_at]
    if has.all() or not has.any():
        raise ValueError(f"{has.sum()} of {len(has)} tokens have the role: expected some, not all")
    deals = np.random.default_rng(seed).permuted(np.tile(has, (shuffles, 1)), axis=1)
    by_chance = correlations(activity, deals).max(axis=0)
    measured = correlations(activity, has[None])[:, 0]
    best, *others = np.argsort(-measured, kind="stable")
    return RoleScore(
        pattern=int(best),
        correlation=float(measured[best]),
        runner_up=float(measured[others[0]]) if others else None,
        shuffled_95=float(np.quantile(by_chance, 0.95)),
    )


def correlations(
    activity: Float[np.ndarray, "pattern token"], roles: Bool[np.ndarray, "deal token"]
) -> Float[np.ndarray, "pattern deal"]:
    """Pearson's correlation of every pattern with every deal of a role, 0 for a flat pattern."""
    a = activity - activity.mean(axis=1, keepdims=True)
    b = roles - roles.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    return np.divide(a @ b.T, sizes, out=np.zeros(sizes.shape), where=sizes > 0)
