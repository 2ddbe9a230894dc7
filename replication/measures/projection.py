"""Hidden states times the unembedding, and whatever is asked of the logits, in one pass.

Some states are multiplied with a stretch of the vocabulary at a time; what is asked for is brought
up to date, and the logits are forgotten. So nothing ever holds layer x position x vocabulary, ranks
are counted and not sorted for, and memory does not grow with the text.

A rank is 1 + the number of tokens with a greater logit: 1 is best, tokens with equal logits share
the best rank among them.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

ROWS = 1024
"""Hidden states multiplied at once: with fewer a processor waits for memory."""
LOGITS = 2**22
"""Logits held at once, and as much room to work in: 16 MiB each in float32."""
FEW = 768
"""States up to which products are faster when the logits of a token lie side by side, and not those
of a state."""


NO_IDS, NO_NUMBERS = torch.empty(0, dtype=torch.long), torch.empty(0)


@dataclass(frozen=True)
class Projection:
    """What the logits of states tell; empty for what was not asked for."""

    ranks: Int[Tensor, "*ranked"] = NO_IDS
    """(stage, position, target)"""
    log_probabilities: Float[Tensor, "*weighed"] = NO_NUMBERS
    """(stage, position, target), natural logarithms."""
    best: Int[Tensor, "*listed"] = NO_IDS
    """(stage, position, candidate): the ids of the tokens with the greatest logits, in order."""
    best_log_probabilities: Float[Tensor, "*listed"] = NO_NUMBERS
    entropy: Float[Tensor, "*spread"] = NO_NUMBERS
    """(stage, position), in bits."""
    divergence: Float[Tensor, "*diverged"] = NO_NUMBERS
    """(stage, position): KL(last stage || stage) at the same position, in bits."""


def project(
    states: Float[Tensor, "stage position width"],
    unembedding: Float[Tensor, "vocabulary width"],
    *,
    ranks_of: Int[Tensor, "stage position ranked"] | None = None,
    log_probabilities_of: Int[Tensor, "stage position weighed"] | None = None,
    best: int = 0,
    entropy: bool = False,
    divergence: bool = False,
) -> Projection:
    """What is asked of the logits of all states; what is not asked for costs nothing.

    States and unembedding are on one device; what is found of them comes back to the processor.
    Products are in the precision of the states; sums over stretches of the vocabulary are added up
    in double.
    """
    most = max(1, ROWS // len(states))
    # Batches of one size: a small last one would wait for memory as long as a whole one.
    step = -(-states.shape[1] // -(-states.shape[1] // most)) if states.shape[1] else most
    found: dict[str, list[Tensor]] = defaultdict(list)
    with torch.inference_mode():
        for first in range(0, states.shape[1], step):
            here = slice(first, first + step)
            rows = _rows(states[:, here])
            counted = ranks_of is not None and _Ranks(rows, unembedding, _rows(ranks_of[:, here]))
            top = best and _Best(rows, best)
            sums = (best or entropy or divergence or log_probabilities_of is not None) and _Sums(
                rows, entropy, len(states) if divergence else 0
            )
            for start, logits, room in _stretches(rows, unembedding):
                for part in (counted, top, sums):
                    if part:
                        part.take(start, logits, room)
            if counted:
                found["ranks"].append(counted.ranks)
            if sums and log_probabilities_of is not None:
                wanted = _wanted(rows, unembedding, _rows(log_probabilities_of[:, here]))
                found["log_probabilities"].append(sums.log_probabilities(wanted))
            if sums and top:
                found["best"].append(top.ids)
                found["best_log_probabilities"].append(sums.log_probabilities(top.logits))
            if sums and entropy:
                found["entropy"].append(sums.entropy())
            if sums and divergence:
                found["divergence"].append(sums.divergence())
    return Projection(**{name: _joined(parts, len(states)) for name, parts in found.items()})


def _rows(by_stage: Shaped[Tensor, "stage position ..."]) -> Shaped[Tensor, "row ..."]:
    """All stages of a position beside each other."""
    return by_stage.transpose(0, 1).flatten(0, 1)


def _joined(parts: list[Tensor], stages: int) -> Tensor:
    """What was found for rows, by stage again."""
    return torch.cat(parts).cpu().unflatten(0, (-1, stages)).transpose(0, 1)


def _wanted(
    rows: Float[Tensor, "row width"],
    unembedding: Float[Tensor, "vocabulary width"],
    ids: Int[Tensor, "row target"],
) -> Float[Tensor, "row target"]:
    """The logits of a few tokens of each row's own."""
    return torch.einsum("rw,rtw->rt", rows, unembedding[ids].to(rows.dtype))


def _stretches(
    rows: Float[Tensor, "row width"], unembedding: Float[Tensor, "vocabulary width"]
) -> Iterator[tuple[int, Float[Tensor, "row chunk"], Float[Tensor, "row chunk"]]]:
    """The id that a stretch of the vocabulary begins at, its logits, and room of the same shape.

    Both are used again: they hold until the next step only.
    """
    length = min(len(unembedding), max(1, LOGITS // len(rows)))
    logits, room = _two(rows, length)
    for start in range(0, len(unembedding), length):
        words = unembedding[start : start + length].to(rows.dtype)
        if len(words) < length:
            logits, room = _two(rows, len(words))
        yield start, torch.mm(rows, words.T, out=logits), room


def _two(
    rows: Float[Tensor, "row width"], length: int
) -> tuple[Float[Tensor, "row chunk"], Float[Tensor, "row chunk"]]:
    """Two arrays for the logits of a stretch."""
    if len(rows) > FEW:
        one, other = rows.new_empty((2, len(rows), length))
    else:
        one, other = rows.new_empty((2, length, len(rows))).transpose(1, 2)
    return one, other


class _Ranks:
    """Counts the greater logits."""

    def __init__(self, rows: Tensor, unembedding: Tensor, ids: Int[Tensor, "row target"]) -> None:
        self.ids = ids.to(rows.device)
        self.wanted = _wanted(rows, unembedding, self.ids)
        self.ranks = torch.ones_like(self.ids)

    def take(self, start: int, logits: Tensor, room: Tensor) -> None:
        for column, ids in enumerate(self.ids.T):
            # Ones in floats, which add up ten times faster than booleans, and exactly.
            torch.gt(logits, self.wanted[:, column, None], out=room)
            # A token is never greater than itself, whatever the last bit of its two products.
            own = ids - start
            inside = torch.nonzero((own >= 0) & (own < logits.shape[1])).flatten()
            room[inside, own[inside]] = 0
            self.ranks[:, column] += room.sum(1).long()


class _Best:
    """Keeps the greatest logits, with their ids."""

    def __init__(self, rows: Tensor, count: int) -> None:
        self.count = count
        self.logits = rows.new_empty((len(rows), 0))
        self.ids = torch.empty((len(rows), 0), dtype=torch.long, device=rows.device)

    def take(self, start: int, logits: Tensor, room: Tensor) -> None:
        here = logits.topk(min(self.count, logits.shape[1]), dim=1)
        both = torch.cat([self.logits, here.values], dim=1)
        ids = torch.cat([self.ids, here.indices + start], dim=1)
        self.logits, order = both.topk(min(self.count, both.shape[1]), dim=1)
        self.ids = ids.gather(1, order)


class _Sums:
    """Adds up the exponentials of logits less the greatest so far, alone and times the logits."""

    def __init__(self, rows: Tensor, weighted: bool, stages: int) -> None:
        self.weighted = rows.new_zeros(len(rows), dtype=torch.float64) if weighted else None
        self.crossed = rows.new_zeros(len(rows), dtype=torch.float64) if stages else None
        self.stages = stages
        self.greatest = rows.new_full((len(rows), 1), -torch.inf)
        self.total = rows.new_zeros(len(rows), dtype=torch.float64)

    def take(self, start: int, logits: Tensor, room: Tensor) -> None:
        greatest = torch.maximum(self.greatest, logits.amax(1, keepdim=True))
        kept = (self.greatest - greatest).double().exp()[:, 0]
        self.greatest = greatest
        torch.sub(logits, greatest, out=room).exp_()
        self.total = self.total * kept + room.sum(1)
        final = room[self.stages - 1 :: self.stages].clone() if self.stages else None
        # No dot products: one adds up word by word, and loses the many that are unlikely.
        if self.weighted is not None:
            self.weighted = self.weighted * kept + room.mul_(logits).sum(1)
        if self.crossed is not None and final is not None:
            by_position = (-1, self.stages)
            torch.mul(
                logits.unflatten(0, by_position),
                final[:, None],
                out=room.unflatten(0, by_position),
            )
            self.crossed = self.crossed * self._of_last(kept) + room.sum(1)

    def _of_last(self, by_row: Float[Tensor, " row"]) -> Float[Tensor, " row"]:
        """The last stage's, for all stages of its position."""
        return by_row[self.stages - 1 :: self.stages].repeat_interleave(self.stages)

    @property
    def log_total(self) -> Float[Tensor, " row"]:
        """The logarithm of the sum of a row's exponentials."""
        return self.greatest[:, 0] + self.total.log()

    def log_probabilities(self, logits: Float[Tensor, "row token"]) -> Float[Tensor, "row token"]:
        # The last bit of another product must not lead above a probability of 1.
        return (logits - self.log_total[:, None]).clamp(max=0)

    def entropy(self) -> Float[Tensor, " row"]:
        """In bits."""
        assert self.weighted is not None
        return (self.log_total - self.weighted / self.total).clamp(min=0) / math.log(2)

    def divergence(self) -> Float[Tensor, " row"]:
        """KL(last stage || stage) in bits."""
        assert self.crossed is not None
        # The mean of log probabilities, weighed by the last stage's own probabilities.
        means = self.crossed / self._of_last(self.total) - self.log_total
        return (self._of_last(means) - means).clamp(min=0) / math.log(2)
