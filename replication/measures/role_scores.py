"""Which pattern of firing goes with a role of tokens, and how surely.

A pattern is a row of numbers over tokens: the activity of a factor, the mean firing of a cluster.

By chance a role lies elsewhere in the text. Its runs are kept whole, since a stretch of a text
hangs together, and each is shifted round the text on its own: a role of one run, such as the first
third of a text, is shifted circularly to every place; one of single tokens is dealt to others.
(Regions of a genome are tested so: Gel et al. 2016, "regioneR",
https://doi.org/10.1093/bioinformatics/btv562.)

The role is not shifted as a whole where it has several runs. In a text that repeats itself, such as
a count, that leads onto itself, which says nothing, or onto a neighbour: from the commas to the
numbers. Those may have a pattern of their own, and a pattern for commas is no worse for it.

Several roles of one finding are as many tests: correct their p-values with
``replication.base.significance.holm``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

LEVEL = 0.05


@dataclass(frozen=True)
class RoleScore:
    """Which pattern goes with a role, and how surely."""

    pattern: int
    correlation: float
    """Of the pattern with the role, -1 to 1."""
    runner_up: float | None
    """The correlation of the next best pattern; None where there is only one."""
    chance_95: float
    """What the best pattern stays under when the role lies elsewhere, but for one time in 20; the
    role's own place is among those looked at."""
    p_value: float
    """Of places for the role, its own among them, the share of those for which the best pattern is
    as good; before any correction."""
    places: int
    """How many were looked at: all, for a role of one run, else ``shifts`` and its own."""


def role_score(
    activity: Float[np.ndarray, "pattern token"],
    role: Sequence[bool] | Bool[np.ndarray, " token"],
    *,
    among: Sequence[bool] | Bool[np.ndarray, " token"] | None = None,
    whole_runs: bool = True,
    shifts: int = 1000,
    seed: int = 0,
) -> RoleScore:
    """Name a pattern: the one that goes best with a role, given as yes or no by token.

    ``among`` says which tokens to look at. Give the generated ones where it is asked what a factor
    produces: an input token is shown with what it caused, a generated one with what caused it. A
    pattern that is the same everywhere has the correlation 0. Without ``whole_runs`` tokens are
    dealt singly: for a portion of a text, where it is the finding that a stretch hangs together,
    and not that it is this one. ``ValueError`` for lengths that do not fit, and unless both tokens
    with and without the role are looked at.
    """
    length = activity.shape[1]
    looked_at = np.ones(length, bool) if among is None else np.asarray(among, bool)
    has = np.asarray(role, bool)
    if len(has) != length or len(looked_at) != length:
        raise ValueError(f"{len(has)} and {len(looked_at)} values given for {length} tokens")
    has, activity = has[looked_at], activity[:, looked_at]
    if has.all() or not has.any():
        raise ValueError(f"{has.sum()} of {len(has)} tokens have the role: expected some, not all")
    found = correlations(activity, np.vstack([has, elsewhere(has, shifts, seed, whole_runs)]))
    measured, best_by_place = found[:, 0], found.max(axis=0)
    best, *others = np.argsort(-measured, kind="stable")
    as_good = best_by_place >= measured[best] - 1e-12  # sums of the same numbers differ a little
    return RoleScore(
        pattern=int(best),
        correlation=float(measured[best]),
        runner_up=float(measured[others[0]]) if others else None,
        chance_95=float(np.quantile(best_by_place, 1 - LEVEL, method="higher")),
        p_value=float(as_good.mean()),
        places=len(best_by_place),
    )


def elsewhere(
    has: Bool[np.ndarray, " token"], shifts: int, seed: int, whole_runs: bool = True
) -> Bool[np.ndarray, "place token"]:
    """The role at other places, each of its runs whole: at all others, for a role of one run."""
    start = int(np.flatnonzero(~has)[0])
    from_gap = np.roll(has, -start)  # so that a run over the end of the text is in one piece
    edges = np.flatnonzero(np.diff(from_gap.astype(int), append=0))
    runs = (edges[1::2] - edges[::2]).tolist() if whole_runs else [1] * int(has.sum())
    if len(runs) == 1:
        return np.array([np.roll(has, shift) for shift in range(1, len(has))])
    random = np.random.default_rng(seed)
    pieces = np.array([*runs, *[0] * int((~has).sum())])  # 0 is a token without the role
    orders = random.permuted(np.tile(pieces, (shifts, 1)), axis=1)
    laid = [np.repeat(order > 0, np.maximum(order, 1)) for order in orders]
    return np.array([np.roll(one, random.integers(len(has))) for one in laid])


def correlations(
    activity: Float[np.ndarray, "pattern token"], roles: Bool[np.ndarray, "place token"]
) -> Float[np.ndarray, "pattern place"]:
    """Pearson's correlation of every pattern with a role at every place, 0 for a flat pattern."""
    a = activity - activity.mean(axis=1, keepdims=True)
    b = roles - roles.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    return np.divide(a @ b.T, sizes, out=np.zeros(sizes.shape), where=sizes > 0)
