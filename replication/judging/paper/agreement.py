"""How far a figure's measured numbers agree with the published ones, place by place.

A measured number is *exact* if it differs from the published one by no more than half of the last
digit with which that one was given; *within 1 %* if it is not exact and differs by no more than
1 % of the published number; else it is *off*. Ranks are whole numbers, so one under 100 is either
exact or off.

Factors come in no order: each published one is compared with the measured one that the best
matching by correlation gives it, in the scale as it is. The scale is arbitrary, but the same start
divides it in the same way; the correlations say how alike the factors are whatever their scale.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from replication.judging.paper.records import Counts, Number, Rows
from replication.results.factors import Factors
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

TOLERANCE = 0.01
WORST = 5
"""How many of the numbers that are off are listed."""
PRINTED_PERCENT = 0.00005
"""Half of the last digit of a percentage given to two decimals, as a probability."""
PRINTED_JSON = 5e-7
"""Six decimals. The articles' JSON has more, but float32 sums differ so much between machines."""
DIGITS = 12
"""To which differences are rounded: the last bits of a decimal fraction are not to decide."""

Result = RankGrid | TopTokens | Saliency | Factors


@dataclass(frozen=True)
class Tables:
    """The numbers of a figure, published and measured."""

    rows: Rows
    published: Float[np.ndarray, "row column"]
    """NaN where the figure has no number."""
    measured: Float[np.ndarray, "row column"]
    """NaN where there is none for a published one."""
    tokens: tuple[tuple[str, ...], ...]
    """(row, column)"""
    rounding: float
    """Half of the last digit with which the numbers were published."""
    correlations: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        rows, columns = self.published.shape
        found = len(self.tokens), len(self.tokens[0])
        if found != (rows, columns):
            raise ValueError(
                f"tokens for {found[0]} x {found[1]} numbers: expected {rows} x {columns}"
            )

    @property
    def compared(self) -> Bool[np.ndarray, "row column"]:
        """Where there is a published number."""
        return ~np.isnan(self.published)

    @property
    def difference(self) -> Float[np.ndarray, "row column"]:
        """How far the numbers are from each other; NaN where one is missing."""
        return np.abs(self.measured - self.published).round(DIGITS)

    @property
    def exact(self) -> Bool[np.ndarray, "row column"]:
        """Where they are the same, as far as they were given."""
        return self.difference <= self.rounding

    @property
    def off(self) -> Bool[np.ndarray, "row column"]:
        """Where they are neither exact nor within 1 %."""
        near = self.difference <= (TOLERANCE * np.abs(self.published)).round(DIGITS)
        return self.compared & ~near & ~self.exact

    @property
    def first_layer_off(self) -> int | None:
        """The first layer with a number that is off; None where rows are no layers."""
        found = np.flatnonzero(self.off.any(axis=1))
        return int(found[0]) if self.rows == "layer" and found.size else None

    def counts(self, rows: slice = slice(None)) -> Counts:
        """How many numbers agree, in all rows or in some."""
        places = (self.compared, self.exact, self.off)
        compared, exact, off = (int(place[rows].sum()) for place in places)
        near = compared - exact - off
        return Counts(compared=compared, exact=exact, within_1_percent=near, off=off)

    def by_row(self) -> tuple[Counts, ...]:
        """How many numbers agree in each row."""
        return tuple(self.counts(slice(row, row + 1)) for row in range(len(self.published)))

    def worst(self) -> tuple[Number, ...]:
        """The numbers furthest off, missing ones before all others."""
        # Ranks by their ratio; shares and activities, which lie under 1, by their difference.
        distance = self.difference / np.maximum(np.abs(self.published), 1)
        distance = np.where(self.off, np.nan_to_num(distance, nan=np.inf), -1)
        order = np.argsort(-distance, axis=None, kind="stable")[: min(WORST, self.off.sum())]
        return tuple(self._number(*divmod(int(place), distance.shape[1])) for place in order)

    def _number(self, row: int, column: int) -> Number:
        measured = float(self.measured[row, column])
        return Number(
            row=row,
            column=column,
            token=self.tokens[row][column],
            published=float(self.published[row, column]),
            measured=None if np.isnan(measured) else measured,
        )


def tables(published: Result, measured: Result, same_ids: bool = False) -> Tables:
    """Two results of one type, place by place; ``same_ids`` where they are of the same token ids.

    Raises ``NotTestable``, with the reason, where the numbers of one have no place in the other.
    """
    match published, measured:
        case RankGrid(), RankGrid():
            _need_same("layers", published.layers, measured.layers)
            _need_same_tokens(published.tokens, measured.tokens, same_ids)
            return _tables("layer", published.ranks, measured.ranks, published.tokens, 0.0)
        case TopTokens(), TopTokens():
            _need_same("layers", published.layers, measured.layers)
            _need_same("candidates", len(published.tokens[0]), len(measured.tokens[0]))
            found = _found_again(published, measured)
            return Tables(
                "layer", published.probabilities, found, published.tokens, PRINTED_PERCENT
            )
        case Saliency(), Saliency():
            _need_same("input tokens", published.n_input, measured.n_input)
            _need_same_tokens(published.tokens, measured.tokens, same_ids)
            rows, columns = published.shares.shape
            before = np.tri(rows, columns, published.n_input - 1, dtype=bool)
            shares = np.where(before, published.shares, np.nan)
            return _tables(
                "generated token", shares, measured.shares, published.tokens[:-1], PRINTED_JSON
            )
        case Factors(), Factors():
            _need_same("factors", len(published.activity), len(measured.activity))
            _need_same_tokens(published.tokens, measured.tokens, same_ids)
            order, correlations = _matched(published.activity, measured.activity)
            activity = measured.activity[list(order)]
            made = _tables("factor", published.activity, activity, published.tokens, PRINTED_JSON)
            return replace(made, correlations=correlations)
    raise TypeError(f"{type(published)} cannot be compared with {type(measured)}")


def _tables(
    rows: Rows,
    published: np.ndarray,
    measured: np.ndarray,
    tokens: tuple[str, ...],
    rounding: float,
) -> Tables:
    """Tables whose columns are of one token each."""
    every_row = (tokens,) * len(published)
    return Tables(rows, published.astype(float), measured.astype(float), every_row, rounding)


def _need_same(what: str, published: int, measured: int) -> None:
    if published != measured:
        raise NotTestable(f"published: {published} {what}, measured: {measured}")


def _need_same_tokens(
    published: tuple[str, ...], measured: tuple[str, ...], same_ids: bool
) -> None:
    """Texts of tokens; ids that agree are enough, since special tokens print nothing."""
    _need_same("tokens", len(published), len(measured))
    for place, (expected, found) in enumerate(zip(published, measured, strict=True)):
        if expected != found and not same_ids:
            raise NotTestable(f"token {place} is {expected!r} as published, measured {found!r}")


def _found_again(published: TopTokens, measured: TopTokens) -> Float[np.ndarray, "layer candidate"]:
    """The measured probability of each published candidate; NaN where it is not among the best.

    Tokens may share a text (half a character has none of its own): the same place comes first.
    """
    found = np.full(published.probabilities.shape, np.nan)
    for layer, (wanted, there) in enumerate(zip(published.tokens, measured.tokens, strict=True)):
        for place, token in enumerate(wanted):
            if token in there:
                at = place if there[place] == token else there.index(token)
                found[layer, place] = measured.probabilities[layer, at]
    return found


def _matched(
    published: Float[np.ndarray, "factor token"], measured: Float[np.ndarray, "factor token"]
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """For each published factor the measured one that it is matched with, and their correlation."""
    from scipy.optimize import linear_sum_assignment

    correlation = _standardized(published) @ _standardized(measured).T
    rows, order = linear_sum_assignment(-correlation)
    return tuple(order.tolist()), tuple(correlation[rows, order].clip(-1, 1).tolist())


def _standardized(activity: Float[np.ndarray, "factor token"]) -> Float[np.ndarray, "factor token"]:
    """Around the mean, of length 1; a factor that is the same everywhere correlates with none."""
    around = activity - activity.mean(axis=1, keepdims=True)
    length = np.linalg.norm(around, axis=1, keepdims=True)
    return np.divide(around, length, out=np.zeros_like(around), where=length > 0)
