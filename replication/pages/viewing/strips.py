"""Texts whose tokens are shaded by what is pointed at or chosen, by rules of CSS alone.

A rule names tokens by their place and holds numbers: no text of a token is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.pages.templating import readable


@dataclass(frozen=True)
class Token:
    """A token of a text in a page."""

    text: str
    """As it can be read."""
    ends_line: bool


def strip_of(tokens: Sequence[str]) -> list[Token]:
    """A text as its tokens."""
    return [Token(readable(token), "\n" in token) for token in tokens]


def shown(id: str, mark: str) -> str:
    """The selector of a view in which a label of the class ``mark`` is pointed at or, while no
    label is, chosen.
    """
    chosen = f":has(label.{mark} :checked):not(:has(label:hover))"
    return f"#{id}:is(:has(label.{mark}:hover),{chosen})"
