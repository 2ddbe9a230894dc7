"""Roles are found by text, however it is cut."""

import random

import pytest

from replication.articles.experiments import published_figure, published_ids
from replication.results.roles import Role, countries, countries_in, roles_of


@pytest.mark.parametrize(
    ("tokens", "roles"),
    [
        ((" 1", ",", " 2", ","), "number comma number comma"),
        ((" ", "1", ",", " ", "2"), "space number comma space number"),
        (("1", "0", ".", " Greece"), "number continued period country"),
        (("10", ".", " Czech", " Republic", "\n"), "number period country continued newline"),
        (("Cro", "at", "ia", "\n\n", "5"), "country continued continued newline number"),
        ((" Croatian", " coast"), "word word"),
        (("The", " keys", "!", ""), "word word other other"),
        (("  ", "\n", " \n", "x1"), "space newline newline word"),
        ((" Niger", "ia", " Niger", "."), "country continued country period"),
    ],
)
def test_hand_worked_roles(tokens: tuple[str, ...], roles: str) -> None:
    assert [str(role) for role in roles_of(tokens)] == roles.split()


@pytest.mark.parametrize("seed", range(5))
def test_cutting_finer_only_adds_continuations(seed: int) -> None:
    """The items of a text are the same however a tokenizer cuts it."""
    text = "The countries are:\n1. Austria\n2. Czech Republic\n10. Chile, " + " 1, 1, 12."
    generator = random.Random(seed)
    tokens, rest = [], text
    while rest:
        size = generator.randint(1, 4)
        tokens.append(rest[:size])
        rest = rest[size:]
    whole = [r for r in roles_of(tuple(text)) if r in (Role.COUNTRY, Role.NUMBER)]
    assert whole == [Role.NUMBER, Role.COUNTRY] * 3 + [Role.NUMBER] * 3
    cut = [r for r in roles_of(tuple(tokens)) if r is Role.COUNTRY]
    assert len(cut) <= 3  # a token that begins with the end of one item has that item's role


def test_the_published_lists_hold_the_countries_one_sees() -> None:
    tokens = tuple(str(token) for token in published_figure("ranks_eu_gpt2").tokens)
    found = [
        token for token, role in zip(tokens, roles_of(tokens), strict=True) if role == "country"
    ]
    assert found == [
        " Cyprus", " Chile", " Denmark", " Finland", " France", " Germany", " Greece", " Hungary",
    ]  # fmt: skip
    assert countries_in("Chile, Chile and the Netherlands") == ["Chile", "Chile", "Netherlands"]


def test_countries_are_listed_once() -> None:
    names = [name for group in countries().values() for name in group]
    assert len(names) == len(set(names))


def test_every_published_token_has_a_role() -> None:
    for id in published_ids():
        tokens = published_figure(id).tokens
        if tokens and isinstance(tokens[0], str):
            texts = tuple(str(token) for token in tokens)
            assert len(roles_of(texts)) == len(texts)
