"""Baselines without a network, by hand."""

import math
import re

import numpy as np
import pytest

from replication.models.registry import MODELS
from replication.questions.baselines import (
    Baseline,
    by_frequency,
    by_his_word,
    by_nearest_noun,
    frequencies,
)
from replication.questions.lens import RanksOf, WatchedRanksOf
from replication.questions.measured import subject
from replication.questions.sets import WatchedOver
from replication.questions.subjects import Subject
from replication.questions.template_sets import items
from replication.results.sets import SETS
from replication.results.untestable import NotTestable

LAYERS = MODELS["smollm2"].layers
KEYS = WatchedRanksOf.of_figure("watch_keys_cabinet")
DOCTOR = WatchedRanksOf.of_figure("watch_doctor")


def baseline(kind: str) -> Subject:
    return subject(f"smollm2-{kind}")


@pytest.mark.parametrize(
    ("prompt", "word", "score"),
    [
        ("The keys to the cabinet", "is", 1),
        ("The keys to the cabinet", "are", 0),
        ("The key to the cabinets", "are", 1),
        ("The dog beside the children", "were", 1),
        ("The reports about politics", "seems", 1),
        ("The boy who likes the glass", "work", 0),
        ("The doctor was a", "his", None),
    ],
)
def test_the_nearest_noun_by_hand(prompt: str, word: str, score: float | None) -> None:
    assert by_nearest_noun(prompt, word) == score


def test_the_number_of_the_nearest_noun_is_that_of_the_sets() -> None:
    for name in ("agreement", "blimp"):
        for item in items(name):
            subject_first = item.conditions["subject"] == item.conditions["attractor"]
            first, second = (by_nearest_noun(item.prompt, word.strip()) for word in item.watched)
            assert (first, second) == ((1, 0) if subject_first else (0, 1)), item.id


def test_his_word_by_hand() -> None:
    assert [by_his_word("", word) for word in ("man", "she", "is")] == [1, 0, None]


def test_frequencies_are_logits() -> None:
    """On the Zipf scale " is" has 7.07 and " are" 6.74: 10 ** 0.33 = 2.14 times as many."""
    more, less = by_frequency("", "is"), by_frequency("any", "are")
    assert more is not None
    assert less is not None
    assert math.exp(more - less) == pytest.approx(2.14, abs=0.01)
    assert by_frequency("", "cabinet") is None


def test_every_watched_word_has_a_frequency() -> None:
    watched = {word.strip() for name in SETS for item in items(name) for word in item.watched}
    assert watched <= frequencies().keys()


@pytest.mark.parametrize(
    ("kind", "question", "ranks"),
    [
        ("word-frequency", KEYS, {" is": 1, " are": 2}),
        ("nearest-noun", KEYS, {" is": 1, " are": 2}),
        ("nearest-noun", WatchedRanksOf.of_figure("watch_key_cabinets"), {" is": 2, " are": 1}),
        ("word-frequency", DOCTOR, {" man": 1, " woman": 2}),
        ("his-word", DOCTOR, {" man": 1, " woman": 2}),
    ],
)
def test_words_after_one_text_are_ordered_alike_in_every_layer(
    kind: str, question: WatchedRanksOf, ranks: dict[str, int]
) -> None:
    grid = baseline(kind).answer(question, "final")
    assert grid.layers == LAYERS
    for word, rank in ranks.items():
        assert (grid.of_token(word) == rank).all()


def test_leads_over_a_set_are_the_same_in_every_layer_and_under_both_norms() -> None:
    found = baseline("word-frequency").answer(WatchedOver("occupations"), "none")
    assert found.lead.shape == (2, 718, LAYERS)
    assert np.ptp(found.lead, axis=(0, 2)).max() == 0
    tuned = WatchedOver("occupations").under(["tuned"])
    assert baseline("word-frequency").answer(tuned, "tuned").lead.shape == (3, 718, LAYERS)
    man = [item.watched[0] in (" man", " he", " his") for item in found.items]
    assert ((found.lead[0, :, 0] > 0) == man).all()  # each of his words is the more frequent one
    nearest = baseline("nearest-noun").answer(WatchedOver("agreement"), "none")
    assert nearest.ahead("none", subject="plural", attractor="plural").all()
    assert not nearest.ahead("none", subject="plural", attractor="singular").any()


def test_what_a_rule_is_silent_on_is_not_testable() -> None:
    for kind, question, told in (
        ("his-word", KEYS, "smollm2-his-word says nothing of ' is', ' are'"),
        ("his-word", WatchedOver("agreement"), "says nothing of the words of 'agreement'"),
        ("nearest-noun", DOCTOR, "says nothing of"),
        ("word-frequency", KEYS.of(words='[" cabinet", " door"]'), "says nothing of"),
        ("word-frequency", RanksOf.of_figure("ranks_ones"), "answers nothing else"),
    ):
        with pytest.raises(NotTestable, match=re.escape(told)):
            baseline(kind).answer(question, "none")


def test_a_baseline_says_what_it_is() -> None:
    source = baseline("his-word").provenance(KEYS, "none")
    assert (source.kind, source.weights) == ("control", "no network: the word for a man leads")
    assert isinstance(baseline("his-word"), Baseline)
    with pytest.raises(ValueError, match="smollm2 is no baseline"):
        Baseline("smollm2")
