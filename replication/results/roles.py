"""Roles of tokens, found by what they say.

Tokenizers cut the same text differently, so nothing in this project names a token by its position
or its number. A token has the role of the item of text in which its first visible character lies.
"""

import json
import re
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import accumulate


class Role(StrEnum):
    """What a token is for in a text."""

    NUMBER = "number"
    COUNTRY = "country"
    COMMA = "comma"
    PERIOD = "period"
    NEWLINE = "newline"
    SPACE = "space"
    """A space that is a token of its own, as where `` 1`` is written in two tokens."""
    WORD = "word"
    OTHER = "other"
    CONTINUED = "continued"
    """A later piece of a number, country or word that began in an earlier token."""


@cache
def countries() -> dict[str, list[str]]:
    """Names of countries: ``member`` states of the European Union when the articles' models were
    trained (28 of them, under every name in use), and ``other`` countries.
    """
    text = resources.files("replication").joinpath("data/countries.json").read_text("utf-8")
    return json.loads(text)


@cache
def _items() -> re.Pattern[str]:
    names = sorted((name for group in countries().values() for name in group), key=len)
    country = "|".join(re.escape(name) for name in reversed(names))
    kinds = {
        Role.COUNTRY: rf"(?:{country})\b",
        Role.NUMBER: r"\d+",
        Role.COMMA: ",",
        Role.PERIOD: r"\.",
        Role.NEWLINE: r"[\r\n]",
        Role.SPACE: r"[^\S\r\n]+",
        Role.WORD: r"[^\W\d_]+",
        Role.OTHER: ".",
    }
    return re.compile("|".join(f"(?P<{role}>{form})" for role, form in kinds.items()), re.DOTALL)


def countries_in(text: str) -> list[str]:
    """The names of countries that occur in a text, in order, repeated ones too."""
    return [match.group() for match in _items().finditer(text) if match.lastgroup == Role.COUNTRY]


def roles_of(tokens: tuple[str, ...]) -> tuple[Role, ...]:
    r"""The role of each token of one text.

    ``tokens`` are consecutive pieces of the text, in order; one role is returned for each. An
    empty token (a control token that prints nothing) is ``OTHER``.

    >>> [str(role) for role in roles_of((" 1", ",", " Cro", "atia", "\n", " ", "2"))]
    ['number', 'comma', 'country', 'continued', 'newline', 'space', 'number']
    """
    items: list[tuple[int, Role]] = []  # for each character: where its item starts, and its role
    for match in _items().finditer("".join(tokens)):
        items += [(match.start(), Role(str(match.lastgroup)))] * len(match.group())
    roles = []
    for token, (start, visible) in zip(tokens, places(tokens), strict=True):
        begins, role = items[visible] if token else (start, Role.OTHER)
        roles.append(role if begins >= start else Role.CONTINUED)
    return tuple(roles)


def places(tokens: tuple[str, ...]) -> list[tuple[int, int]]:
    """For each token: where it starts in the text, and where its first visible character lies."""
    starts = accumulate((len(token) for token in tokens[:-1]), initial=0)
    bare = (len(token) - len(token.lstrip(" ")) for token in tokens)
    return [
        (start, start + (spaces if spaces < len(token) else 0))
        for token, start, spaces in zip(tokens, starts, bare, strict=True)
    ]
