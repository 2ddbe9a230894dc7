r"""Roles of tokens in the two passages that need more than ``replication.results.roles`` tells.

The passage of "Notes from Underground" has a part of speech for every word, labelled by hand
(``data/underground.json``); of the XML text regular expressions tell the parts. As in
``replication.results.roles`` a token belongs to the item of text in which its first visible
character lies, so that every tokenizer can be asked.
"""

import json
import re
from enum import StrEnum
from functools import cache
from importlib import resources

from replication.results.roles import places


class Speech(StrEnum):
    """The part of speech of a token's word."""

    PRONOUN = "pronoun"
    AUXILIARY = "auxiliary"
    LINKING = "linking"
    VERB = "verb"
    NOUN = "noun"
    ADJECTIVE = "adjective"
    ADVERB = "adverb"
    DETERMINER = "determiner"
    PREPOSITION = "preposition"
    CONJUNCTION = "conjunction"
    PARTICLE = "particle"
    PUNCTUATION = "punctuation"
    OTHER = "other"
    """No word of the passage: white space, or what a model wrote after it."""
    CONTINUED = "continued"
    """A later piece of a word that began in an earlier token."""


class Xml(StrEnum):
    """What a token is for in an XML text."""

    NEWLINE = "newline"
    INDENTATION = "indentation"
    CLOSING = "closing"
    """The ``</`` before the label of a closing tag."""
    OPENING = "opening"
    """The ``<`` before the label of an opening tag."""
    CLOSING_LABEL = "closing_label"
    OPENING_LABEL = "opening_label"
    TEXT = "text"
    """What stands between an opening and a closing tag on one line."""
    END = "end"
    """The ``>`` that ends a tag, with the slash of a tag that closes itself."""
    OTHER = "other"


@cache
def _xml_items() -> re.Pattern[str]:
    forms = {
        Xml.NEWLINE: r"\n",
        Xml.INDENTATION: r"(?<=\n) +",
        Xml.CLOSING: r"</",
        Xml.OPENING: r"<",
        Xml.CLOSING_LABEL: r"(?<=</)\w+",
        Xml.OPENING_LABEL: r"(?<=<)\w+",
        Xml.TEXT: r"(?<=>)[^<>\n]+(?=<)",
        Xml.END: r"/?>",
        Xml.OTHER: r".",
    }
    return re.compile("|".join(f"(?P<{role}>{form})" for role, form in forms.items()), re.DOTALL)


@cache
def underground() -> tuple[tuple[str, Speech], ...]:
    """Every word and punctuation mark of the passage in order, with its part of speech."""
    text = resources.files("replication").joinpath("data/underground.json").read_text("utf-8")
    return tuple((word, Speech(tag)) for word, tag in json.loads(text)["words"])


def speech_of(tokens: tuple[str, ...]) -> tuple[Speech, ...]:
    """The part of speech of each token of the passage of "Notes from Underground".

    ``tokens`` are consecutive pieces of the passage, and may go on after it. ``ValueError`` where
    a word of the passage is not there.
    """
    items = _speech_items("".join(tokens))
    speech = []
    for start, visible in places(tokens):
        begins, tag = items[visible] if visible < len(items) else (start, Speech.OTHER)
        inside = tag is not Speech.OTHER and begins < start
        speech.append(Speech.CONTINUED if inside else tag)
    return tuple(speech)


def xml_of(tokens: tuple[str, ...]) -> tuple[Xml, ...]:
    r"""The role of each token of an XML text; later pieces of a label or text keep its role.

    >>> [str(role) for role in xml_of(("<", "page", ">", "\n", " ", " </", "pa", "ge"))][3:]
    ['newline', 'indentation', 'closing', 'closing_label', 'closing_label']
    """
    items: list[Xml] = []
    for match in _xml_items().finditer("".join(tokens)):
        items += [Xml(str(match.lastgroup))] * len(match.group())
    return tuple(items[at] if at < len(items) else Xml.OTHER for _, at in places(tokens))


def _speech_items(text: str) -> list[tuple[int, Speech]]:
    """For each character: where its word starts, and the word's part of speech."""
    items: list[tuple[int, Speech]] = []
    for word, tag in underground():
        at = text.find(word, len(items))
        if at < 0 or text[len(items) : at].strip():
            raise ValueError(f"no {word!r} follows {text[: len(items)][-40:]!r} in the text")
        items += [(place, Speech.OTHER) for place in range(len(items), at)]
        items += [(at, tag)] * len(word)
    return items
