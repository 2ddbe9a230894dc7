"""The labelled passage is the article's, and its labels fit tokens however they are cut."""

import random
import re
from collections import Counter

import pytest

from replication.articles.experiments import experiment, published_figure
from replication.articles.passages import Speech, Xml, speech_of, underground, xml_of

PASSAGE = experiment("factors_underground_layer0").prompt
XML = experiment("factors_xml").prompt


def test_the_table_spells_the_passage() -> None:
    words = re.findall(r"--|[^\W\d_]+|[^\w\s]", PASSAGE)
    assert [word for word, _ in underground()] == words


def test_the_labels_are_in_proportion() -> None:
    """English prose has more nouns than verbs, and here no part of speech is missing."""
    counts = Counter(tag for _, tag in underground())
    assert sum(counts.values()) == 344
    assert set(counts) == set(Speech) - {Speech.OTHER, Speech.CONTINUED}
    assert counts[Speech.NOUN] > counts[Speech.VERB] > counts[Speech.LINKING] >= 10
    assert 40 <= counts[Speech.PRONOUN] <= 50


def test_marks_are_punctuation_and_closed_classes_hold_their_words() -> None:
    tags: dict[str, set[Speech]] = {}
    for word, tag in underground():
        tags.setdefault(word.lower(), set()).add(tag)
    assert all((tag == {Speech.PUNCTUATION}) != word.isalpha() for word, tag in tags.items())
    for word in ("he", "him", "his", "himself", "you", "nothing", "which"):
        assert tags[word] == {Speech.PRONOUN}
    for word in ("would", "will", "can", "may", "does", "should"):
        assert tags[word] == {Speech.AUXILIARY}
    assert tags["is"] == {Speech.LINKING}
    assert tags["were"] == {Speech.LINKING, Speech.AUXILIARY}  # were nothing; were proved
    assert tags["curse"] == {Speech.NOUN, Speech.VERB}


def test_hand_worked_speech() -> None:
    tokens = tuple(str(token) for token in published_figure("factors_underground_layer0").tokens)
    found = [(token, str(tag)) for token, tag in zip(tokens, speech_of(tokens), strict=True)]
    assert found[20:24] == [
        ("?", "punctuation"),
        (" Sh", "verb"),
        ("ower", "continued"),
        (" upon", "preposition"),
    ]
    assert found[-3:] == [("!", "punctuation"), ("\n", "other"), ("Well", "other")]


@pytest.mark.parametrize("seed", range(5))
def test_cutting_finer_only_adds_continuations(seed: int) -> None:
    """Every word keeps its label, whatever tokens it is cut into."""
    pieces = cut(re.findall(r"--| ?[^\W\d_]+| ?[^\w\s]|\s", PASSAGE), seed)
    assert "".join(pieces) == PASSAGE
    kept = [tag for tag in speech_of(pieces) if tag not in (Speech.CONTINUED, Speech.OTHER)]
    assert kept == [tag for _, tag in underground()]


def test_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no 'ask' follows ' Now I'"):
        speech_of((" Now", " I", " wonder"))


@pytest.mark.parametrize(
    ("tokens", "roles"),
    [
        (("<", "page", ">", "\n", " ", " <", "id"), "opening opening_label end newline "
         "indentation opening opening_label"),
        (("\n  ", " ", "</", "pa", "ge", ">"), "newline indentation closing closing_label "
         "closing_label end"),
        (("<id>", "8", "65", "</", "id"), "opening text text closing closing_label"),
        (("<", "minor", " />", "\n", ""), "opening opening_label end newline other"),
        (("<", "text", " xml", ":", '="', "#", '">', "#", "RED", "<"), "opening opening_label "
         "other other other other other text text opening"),
    ],
)  # fmt: skip
def test_hand_worked_xml(tokens: tuple[str, ...], roles: str) -> None:
    assert [str(role) for role in xml_of(tokens)] == roles.split()


def test_the_xml_text_holds_every_role() -> None:
    assert set(xml_of(tuple(XML))) == set(Xml)


def cut(words: list[str], seed: int) -> tuple[str, ...]:
    """Words cut in two at random, spaces left with the word after them."""
    generator = random.Random(seed)
    pieces = []
    for word in words:
        at = generator.randint(1, len(word))
        at = len(word) if word.startswith("--") else at
        pieces += [piece for piece in (word[:at], word[at:]) if piece]
    return tuple(pieces)
