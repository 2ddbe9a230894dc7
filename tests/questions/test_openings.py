"""Openings, and what is asked of them."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
import tiny

from replication.models.nulls import Null
from replication.questions import openings as module
from replication.questions.openings import ErasureOver, ShortlistsOver, first_lists, openings
from replication.questions.reader import Reader
from replication.questions.subjects import FreshSets, put_instead
from replication.questions.template_sets import items


def test_openings_are_texts_of_their_own() -> None:
    texts = openings()
    assert len(texts) == len(set(texts)) == 32
    assert all(6 <= len(text.split()) <= 10 and text == text.strip() for text in texts)
    assert len({" ".join(text.split()[:2]) for text in texts}) == len(texts)  # no shared frame


def test_fresh_openings_and_lists_are_made_like_the_others() -> None:
    def lengths(texts: Iterable[str]) -> Counter[int]:
        return Counter(len(text.split()) for text in texts)

    def lines(texts: Iterable[str]) -> Counter[int]:
        return Counter(text.count("\n") for text in texts)

    assert lengths(openings(fresh=True)) == lengths(openings())
    assert lines(first_lists(fresh=True)) == lines(first_lists())
    starts = {" ".join(t.split()[:2]) for t in (*openings(), *openings(fresh=True))}
    assert len(starts) == 64  # no shared frame


def test_fresh_texts_are_asked_in_the_place_of_the_others() -> None:
    asked = put_instead(ShortlistsOver(), FreshSets())
    assert asked == ShortlistsOver(fresh=True)
    assert asked.id == "shortlists over fresh"
    assert put_instead(ErasureOver(), FreshSets()) == ErasureOver()  # which has no fresh ones
    with pytest.raises(ValueError, match="has no setting 'fresh'"):
        ErasureOver().of(fresh=True)


def test_lists_come_once_each_with_what_follows() -> None:
    lists = items("lists")
    assert len(first_lists()) == len({item.cluster for item in lists})
    assert first_lists()[0] == lists[0].prompt + lists[0].continuation


@pytest.mark.parametrize(("null", "step"), [(None, 1), (Null("untrained", 0), 2)])
def test_controls_are_asked_every_second_text(
    monkeypatch: pytest.MonkeyPatch, null: Null | None, step: int
) -> None:
    texts = ("The keys to the cabinet", "man to the cabinet", "1, 1, 1, 1", "here are the keys")
    monkeypatch.setattr(module, "openings", lambda *, fresh=False: texts[::-1] if fresh else texts)
    monkeypatch.setattr(module, "first_lists", lambda *, fresh=False: ("1. Austria\n2.",))
    made = tiny.model("gpt2")
    reader = Reader(type(made)(made.name, made.entry, null, made.network, made.tokenizer))
    assert ErasureOver().measure(reader, "none").texts == texts[::step]
    found = ShortlistsOver().measure(reader, "final")
    assert list(dict.fromkeys(found.texts)) == [*texts, "1. Austria\n2."][::step]
    assert np.isfinite(found.own).all()
    found = ShortlistsOver(fresh=True).measure(reader, "final")
    assert list(dict.fromkeys(found.texts)) == [*texts[::-1], "1. Austria\n2."][::step]
