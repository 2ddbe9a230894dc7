"""Attention: what it is measured as, and what its heads attend to.

Every statistic of a head is the mean weight that queries give to some target, next to what they
would give if they spread their attention evenly over all they can see (``uniform``): a head
attends to its target as far as it exceeds that. Two rules keep the trivial out:

- A query counts only where it has a target among the tokens before it. The first query never
  does: it sees itself alone, so its weight is 1 in every head.
- Position 0 is a target of ``on_first_token`` only. Most heads rest there when they have nothing
  to do (Xiao et al. 2023, "attention sinks"), whatever its token is, and this would pass for
  attention to a delimiter, a word or a previous token.

A layer that sees a window of the text only (Gemma 3) sees fewer tokens than ``uniform`` supposes,
once the text is longer than the window.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
from jaxtyping import Bool
from scipy.spatial.distance import jensenshannon

from replication.results.attention import Attention, HeadDifferences, HeadStatistic

DELIMITERS = frozenset(",.;:!?\r\n")


def on_first_token(attention: Attention) -> HeadStatistic:
    """Attention to the first token (the start token where there is one), over later queries."""
    targets = _targets(attention, lambda query, key: key == 0)
    return _statistic(attention, "first token", targets)


def on_previous_token(attention: Attention) -> HeadStatistic:
    """Attention to the token before, over queries from the third on."""
    targets = _targets(attention, lambda query, key: key == query - 1 and key > 0)
    return _statistic(attention, "previous token", targets)


def on_delimiter(attention: Attention) -> HeadStatistic:
    """Attention to earlier tokens that are punctuation (``DELIMITERS``) or newlines only.

    ``ValueError`` where none stands before another token.
    """
    bare = [token.strip(" ") for token in attention.tokens]
    delimiter = [bool(token) and DELIMITERS.issuperset(token) for token in bare]
    targets = _targets(attention, lambda query, key: delimiter[key] and key > 0)
    return _statistic(attention, "delimiter", targets)


def on_same_word(attention: Attention) -> HeadStatistic:
    """Attention to earlier occurrences of the same token, be it capitalised or after a space.

    Only tokens with a letter or digit count. ``ValueError`` where none occurs again.
    """
    words = [token.strip().casefold() for token in attention.tokens]
    word = [any(letter.isalnum() for letter in text) for text in words]
    targets = _targets(
        attention, lambda query, key: word[key] and words[key] == words[query] and key > 0
    )
    return _statistic(attention, "same word", targets)


def head_differences(attention: Attention) -> HeadDifferences:
    """How far the heads of each layer differ. ``ValueError`` for one head or one token."""
    heads, queries = attention.weights.shape[1], len(attention.tokens) - 1
    if heads < 2 or queries < 1:
        raise ValueError(f"{heads} heads over {queries + 1} tokens: expected at least 2 of both")
    weights = attention.weights[:, :, 1:].astype(np.float64)
    sums = np.zeros(len(weights))
    with np.errstate(invalid="ignore"):
        for first, second in combinations(range(heads), 2):
            distances = jensenshannon(weights[:, first], weights[:, second], base=2, axis=-1)
            # Of heads that are all but alike, rounding puts the square a little below 0.
            sums += np.nan_to_num(distances).mean(axis=-1)
    distances = sums / (heads * (heads - 1) / 2)
    return HeadDifferences(distances, 0.0, queries, attention.provenance)


def neighbour_differences(attention: Attention) -> HeadDifferences:
    """How far what a head looks at changes from one token to the next: what another token makes of
    the same head, beside what another head makes of the same token (``head_differences``).

    ``ValueError`` for fewer than three tokens, of which the first sees itself alone.
    """
    queries = len(attention.tokens) - 2
    if queries < 1:
        raise ValueError(f"{queries + 2} tokens: expected at least 3")
    weights = attention.weights[:, :, 1:].astype(np.float64)
    with np.errstate(invalid="ignore"):
        found = jensenshannon(weights[:, :, 1:], weights[:, :, :-1], base=2, axis=-1)
    distances = np.nan_to_num(found).mean(axis=(1, 2))
    return HeadDifferences(distances, _uniform_steps(queries), queries, attention.provenance)


def _uniform_steps(queries: int) -> float:
    """The mean distance of even attention over 3, 4, ... tokens from that over one token less."""
    seen = np.tri(queries + 2)[1:]
    return float(jensenshannon(seen[1:], seen[:-1], base=2, axis=-1).mean())


def _targets(
    attention: Attention, wanted: Callable[[int, int], bool]
) -> Bool[np.ndarray, "query key"]:
    """Which keys before each query are its targets."""
    places = range(len(attention.tokens))
    return np.array([[key < query and wanted(query, key) for key in places] for query in places])


def _statistic(
    attention: Attention, target: str, targets: Bool[np.ndarray, "query key"]
) -> HeadStatistic:
    counting = targets.any(axis=1)
    queries = int(counting.sum())
    if not queries:
        raise ValueError(
            f"no token of {attention.tokens} can attend to {target!r}: give a text that has it"
        )
    count = len(attention.tokens)
    spread = np.tri(count) / np.arange(1, count + 1)[:, None]
    weights = attention.weights.astype(np.float64)
    return HeadStatistic(
        target=target,
        values=np.einsum("lhqk,qk->lh", weights, targets) / queries,
        uniform=float((spread * targets).sum() / queries),
        queries=queries,
        provenance=attention.provenance,
    )
