"""Sets are asked whole, of controls in part, and curves are of the items that they name."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tiny
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from replication.measures.circuit import circuit
from replication.measures.curves import watched_curves
from replication.models.errors import ModelError, SeveralTokens
from replication.models.language_model import LanguageModel
from replication.models.nulls import Null
from replication.questions.question import Question
from replication.questions.reader import Reader
from replication.questions.sets import (
    CONTROLS_TAKE,
    LARGE,
    AgreementByLayer,
    ArrivalsOver,
    CircuitByLayer,
    CircuitOver,
    ExpectedOver,
    OccupationsByLayer,
    RepetitionByLayer,
    WatchedOver,
    asked_of,
)
from replication.questions.template_sets import agreement_pairs, items
from replication.results.untestable import NotTestable

WORD = " ?[^ ]+"


@pytest.fixture(scope="module")
def fluent() -> LanguageModel:
    """A tiny model to which every word of the sets is one token, as they are to large ones."""
    words = Counter(
        word
        for name in ("agreement", "counting", "occupations")
        for item in items(name)
        for word in (*item.watched, *re.findall(WORD, item.prompt))
    )
    count = tiny.tokenizer().get_vocab_size() - 1
    known = {word: place for place, (word, _) in enumerate(words.most_common(count), 1)}
    made = Tokenizer(WordLevel({"?": 0, **known}, unk_token="?"))
    made.pre_tokenizer = Split(Regex(WORD), "isolated")
    return replace(tiny.model("llama"), tokenizer=made)


@pytest.fixture(scope="module")
def control(fluent: LanguageModel) -> LanguageModel:
    return replace(fluent, null=Null("untrained", 0))


@pytest.mark.parametrize("name", ["agreement", "occupations"])
def test_sets_are_asked_whole_and_of_controls_in_part(
    name: Any, fluent: LanguageModel, control: LanguageModel
) -> None:
    whole = WatchedOver(name).measure(Reader(fluent), "none")
    assert whole.items == items(name)
    assert not whole.left_out
    part = WatchedOver(name).measure(Reader(control), "final")
    assert part.items == items(name)[::CONTROLS_TAKE]
    np.testing.assert_allclose(part.lead, whole.lead[:, ::CONTROLS_TAKE], rtol=1e-3, atol=1e-3)
    assert set(part.clusters()) == set(whole.clusters())  # all nouns, all occupations
    for condition in ("subject", "attractor", "stereotype", "words"):
        values = Counter(item.conditions.get(condition) for item in part.items)
        assert values.keys() == {item.conditions.get(condition) for item in whole.items}
        assert min(values.values()) >= 3


def test_repeated_patterns_are_asked(fluent: LanguageModel, control: LanguageModel) -> None:
    whole = ExpectedOver().measure(Reader(fluent), "none")
    repeats = tuple(item for item in items("counting") if item.conditions["kind"] == "repeat")
    assert whole.items == repeats
    assert all(item.conditions["step"] == "0" for item in repeats)
    part = ExpectedOver().measure(Reader(control), "none")
    assert part.items == repeats[::CONTROLS_TAKE]
    assert set(part.clusters) == set(whole.clusters)
    for condition in ("separator", "given"):
        kept = {item.conditions[condition] for item in part.items}
        assert kept == {item.conditions[condition] for item in repeats}
    assert ExpectedOver("count") != ExpectedOver()


def test_controls_are_asked_every_so_many_items_of_a_large_set(
    fluent: LanguageModel, control: LanguageModel
) -> None:
    asked = range(LARGE)
    assert asked_of(fluent, asked) == asked
    assert list(asked_of(control, asked)) == list(range(0, LARGE, CONTROLS_TAKE))
    assert asked_of(control, asked[1:]) == asked[1:]


def test_words_in_pieces_are_several_tokens() -> None:
    with pytest.raises(SeveralTokens, match="each of 600 items"):
        AgreementByLayer().measure(Reader(tiny.model("llama")), "none")


def test_curves_are_of_the_items_that_they_name(control: LanguageModel) -> None:
    agreement = WatchedOver("agreement").measure(Reader(control), "none")
    found = AgreementByLayer().measure(Reader(control), "none")
    plural, singular = found.lines
    assert plural.startswith("plural subject, singular noun")
    assert singular.startswith("singular subject, plural noun")
    for line, (subject, noun) in enumerate((("plural", "singular"), ("singular", "plural"))):
        chosen = [
            place
            for place, item in enumerate(agreement.items)
            if (item.conditions["subject"], item.conditions["attractor"]) == (subject, noun)
        ]
        assert found.items[line] == len(chosen) >= 30
        expected = (agreement.lead[:, chosen] > 0).mean(axis=1)
        np.testing.assert_allclose(found.estimate[:, line], expected)


def test_curves_of_occupations_and_of_repetition(control: LanguageModel) -> None:
    found = OccupationsByLayer().measure(Reader(control), "none")
    women, men = found.lines
    assert "women" in women
    assert "her word" in women
    assert "women" not in men
    assert "his word" in men
    asked = WatchedOver("occupations").measure(Reader(control), "none")
    same = watched_curves(asked, {women: {"stereotype": "women"}, men: {"stereotype": "men"}})
    np.testing.assert_array_equal(found.estimate, same.estimate)
    repeated = RepetitionByLayer().measure(Reader(control), "none")
    shares = ExpectedOver().measure(Reader(control), "none").probabilities
    np.testing.assert_allclose(repeated.estimate[:, 0], shares.mean(axis=1))


def test_circuits_over_pairs_of_the_set(fluent: LanguageModel, control: LanguageModel) -> None:
    found = CircuitOver().measure(Reader(fluent), "none")
    assert set(found.pairs) <= set(agreement_pairs(1))
    assert len(found.pairs) + sum(found.left_out.values()) == 30
    assert len(found.pairs) > 10
    assert (found.patching.at_subject, found.ablation.attention) == (None, None)
    assert CircuitOver(2) != CircuitOver()
    asked = agreement_pairs(1)
    part = circuit(control, asked, by_layer=True)
    assert set(part.pairs) <= set(asked)
    shown = CircuitByLayer().measure(Reader(control), "none")
    assert shown.transport.items == (len(part.pairs),) * 2
    at_last = part.patching.at_last.mean(axis=1)
    np.testing.assert_allclose(shown.transport.estimate[:, 1], at_last, atol=1e-6)
    written = part.attribution.of_gap(part.attribution.attention).mean(axis=0)
    np.testing.assert_allclose(shown.decision.estimate[0, 0], written, atol=1e-6)


def test_minimal_pairs_differ_in_the_number_of_the_subject() -> None:
    pairs = agreement_pairs(2)
    assert len(pairs) == len(set(pairs)) == 60
    assert Counter(Counter(pair.cluster for pair in pairs).values()) == {2: 30}
    by_prompt = {item.prompt: item for item in items("agreement")}
    for pair in pairs:
        clean, corrupted = pair.clean.split(), pair.corrupted.split()
        differ = [a != b for a, b in zip(clean, corrupted, strict=True)]
        assert differ == [False, True] + [False] * (len(clean) - 2)  # "The key" or "The keys"
        item, other = by_prompt[pair.clean], by_prompt[pair.corrupted]
        number = item.conditions["subject"]
        assert {number, other.conditions["subject"]} == {"plural", "singular"}
        assert item.conditions["attractor"] == other.conditions["attractor"] != number
        right = " are" if number == "plural" else " is"
        assert {pair.right, pair.wrong} == {" are", " is"}
        assert pair.right == right
        assert clean[1].startswith(pair.cluster[:2])
    numbers = Counter((pair.cluster, pair.right) for pair in pairs)
    assert set(numbers.values()) == {1}


def test_a_fresh_set_is_asked_in_place_of_the_other(control: LanguageModel) -> None:
    for question in (ExpectedOver(), CircuitOver(), ArrivalsOver(), WatchedOver("agreement")):
        assert question.of(fresh=True) != question
        assert question.of(fresh=True).id == f"{question.id} fresh"
    found = WatchedOver("occupations", fresh=True).measure(Reader(control), "none")
    asked = items("occupations", fresh=True)[::CONTROLS_TAKE]
    assert (*found.items, *found.left_out) == asked
    terms = ExpectedOver(fresh=True).measure(Reader(control), "none").items
    assert all(item in items("counting", fresh=True) for item in terms)
    untrained = replace(tiny.model("llama"), null=Null("untrained", 0))
    lists = ArrivalsOver(fresh=True).measure(Reader(untrained), "none").items
    assert lists == items("lists", fresh=True)[::CONTROLS_TAKE]
    assert len({item.cluster for item in lists}) < len(lists)  # several texts of a list
    assert not set(agreement_pairs(1, fresh=True)) & set(agreement_pairs(1))


def test_lists_need_tokens_for_their_syntax(fluent: LanguageModel) -> None:
    with pytest.raises(ModelError, match="tiny-llama makes no newline or period a token of lists-"):
        ArrivalsOver().measure(Reader(fluent), "none")


def test_more_pairs_of_each_noun_hold_the_first_ones() -> None:
    assert set(agreement_pairs(1)) < set(agreement_pairs(2)) < set(agreement_pairs(3))
    assert len(agreement_pairs(3)) == 90


def test_the_first_pairs_of_nouns_are_in_the_plural_and_in_the_singular_in_turn() -> None:
    assert [pair.right for pair in agreement_pairs(1)] == [" are", " is"] * 15
    of_two = [pair.right for pair in agreement_pairs(3)[:6]]
    assert of_two == [" are", " is", " are", " is", " are", " is"]


@pytest.mark.parametrize(
    "question",
    [
        WatchedOver("agreement"),
        ExpectedOver(),
        ArrivalsOver(),
        AgreementByLayer(),
        OccupationsByLayer(),
        RepetitionByLayer(),
        CircuitOver(),
        CircuitByLayer(),
    ],
    ids=lambda question: question.id,
)
def test_nothing_was_published_over_many_texts(question: Question[object]) -> None:
    assert not question.norm_matters
    assert not question.prompt
    with pytest.raises(NotTestable, match=f"published no numbers of {question.id}"):
        question.look_up()
