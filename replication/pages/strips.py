"""Texts whose tokens are shaded by what is chosen or pointed at, by rules of CSS alone.

A rule names tokens by their place and holds numbers: no text of a token is in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from replication.pages.templating import percent, readable

LEAST = 0.0005
"""Shares below are not written under their tokens."""


@dataclass(frozen=True)
class Token:
    """A token of a text in a page."""

    text: str
    """As it can be read."""
    ends_line: bool


def strip_of(tokens: Sequence[str]) -> list[Token]:
    """A text as its tokens."""
    return [Token(readable(token), "\n" in token) for token in tokens]


def share_rules(id: str, rows: Sequence[np.ndarray], first: int) -> Markup:
    """Shade tokens by their share in the generated token that is pointed at or, while none is,
    chosen; row *i* is that of token ``first + i``.
    """
    return _rules(
        f"{_shown(id, f'.t{first + number}')}{{{''.join(_shares(row))}}}"
        for number, row in enumerate(rows)
    )


def factor_rules(id: str, activity: np.ndarray, colours: Sequence[str]) -> Markup:
    """Shade tokens by how active the factor is that is pointed at or, while none is, chosen."""
    return _rules(
        f"{_shown(id, f'.c{number}')}{{.strip{{--hue:{colour}}}{''.join(_activities(row))}}}"
        for number, (row, colour) in enumerate(zip(activity, colours, strict=True))
    )


def place_rules(id: str, count: int) -> Markup:
    """Mark the place of the token that is pointed at in every row of a table."""
    return _rules(
        f"#{id}:has(.t{place}:hover) td:nth-child({place + 2}){{outline:1.5px solid}}"
        for place in range(count)
    )


def _shown(id: str, mark: str) -> str:
    """What is pointed at comes before what is chosen."""
    pointed = ":is(.choices,.strip) label:hover"
    return f"#{id}:is(:has(label{mark}:hover),:has({mark} :checked):not(:has({pointed})))"


def _shares(row: np.ndarray) -> Iterator[str]:
    most = row.max() or 1
    for place, share in enumerate(row.tolist()):
        if share >= LEAST:
            yield f'.t{place}{{--s:{share / most:.2g};--p:"{percent(share)}"}}'


def _activities(row: np.ndarray) -> Iterator[str]:
    most = row.max() or 1
    for place, value in enumerate((row / most).tolist()):
        if value >= 0.01:
            yield f".t{place}{{--s:{value:.2g}}}"


def _rules(rules: Iterator[str]) -> Markup:
    return Markup("\n".join(rules))
