"""Questions are data that any model can be asked, and sets are asked as they are meant to be."""

import pickle
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_companion_texts
import test_many_texts
import tiny
from replication.figures.numbers import numbers_of
from replication.questions.texts import (
    AttentionIn,
    EveryPosition,
    Formulas,
    HeadsOver,
    PatchingOf,
    UncertaintyOver,
    WordsAlongLayers,
)
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from replication.figures.table import FIGURES
from replication.judging.claims import Claim
from replication.measures.curves import watched_curves
from replication.measures.patching import profile
from replication.models.errors import SeveralTokens
from replication.models.language_model import LanguageModel
from replication.questions.sets import (
    CONTROLS_TAKE,
    AgreementByLayer,
    ExpectedOver,
    OccupationsByLayer,
    PatchingOver,
    RepetitionByLayer,
    WatchedOver,
    asked_of,
)
from replication.questions.subjects import Question
from replication.questions.template_sets import agreement_pairs, items
from replication.results.patching import Pair

TEXT = "The keys to the cabinet"
WORD = " ?[^ ]+"
CLAIMS = [
    found
    for module in (test_companion_texts, test_many_texts)
    for found in vars(module).values()
    if isinstance(found, Claim)
]
ASKED: list[Any] = [
    *(question for claim in CLAIMS for question in claim.measurements),
    *(question for figure in FIGURES.values() for question in figure.asks),
]
OF_TEXTS = (
    WordsAlongLayers(TEXT, (" man", " are"), sublayers=True),
    EveryPosition(TEXT),
    UncertaintyOver(TEXT),
    Formulas(TEXT, " man"),
    AttentionIn(TEXT),
    HeadsOver(("The keys, the cabinet, the keys", "man, woman, man, woman")),
)


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
    return replace(fluent, seed=0)


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.id)
def test_questions_are_data(question: Question[Any]) -> None:
    assert isinstance(question, Question)
    again = pickle.loads(pickle.dumps(question))
    assert again == question
    assert again is not question
    assert {question, again} == {question}  # asked once


def test_questions_have_names_of_their_own() -> None:
    for asked in (*(claim.measurements for claim in CLAIMS), *(f.asks for f in FIGURES.values())):
        names = [question.id for question in asked if not isinstance(question, tuple)]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("question", OF_TEXTS, ids=lambda question: question.id)
def test_any_model_can_be_asked(question: Question[Any], model: LanguageModel) -> None:
    """Under both norms alike where the norm is said to make no difference, and only there."""
    none, final = question.ask(model, "none"), question.ask(model, "final")
    numbers = [numbers_of(pickle.loads(pickle.dumps(found))) for found in (none, final)]
    assert (numbers[0] == numbers[1]) is not question.norm_matters
    norms = [found.provenance.norm for found in (none, final)]
    assert norms == (["none", "final"] if question.norm_matters else [None, None])


def test_sublayers_are_asked_for(model: LanguageModel) -> None:
    for question in (WordsAlongLayers(TEXT, (" man",)), EveryPosition(TEXT)):
        assert len(question.ask(model, "none").stages) == tiny.LAYERS
        inside = replace(question, sublayers=True).ask(model, "none")
        assert len(inside.stages) == 2 * tiny.LAYERS


@pytest.mark.parametrize(("depth", "layer"), [(0.1, 0), (0.5, 1), (0.51, 2), (1.0, 3)])
def test_the_layer_at_a_depth(depth: float, layer: int) -> None:
    model = tiny.model("gpt2")
    found = AttentionIn(TEXT, depth).ask(model, "none")
    assert found.layer == layer
    np.testing.assert_array_equal(found.weights[:, 0, 0], 1)


@pytest.mark.parametrize("depth", [0.0, 1.1, -1.0])
def test_no_layer_is_at_such_a_depth(depth: float) -> None:
    with pytest.raises(ValueError, match=f"depth {depth} was asked for: expected above 0"):
        AttentionIn(TEXT, depth).ask(tiny.model("gpt2"), "none")


def test_a_pair_is_patched() -> None:
    pair = Pair("The keys to the cabinet", "The man to the cabinet", " are", " man")
    found = PatchingOf(pair).ask(tiny.model("gpt2"), "none")
    assert found.words == (" are", " man")
    assert "".join(found.clean) == pair.clean
    assert "".join(found.corrupted) == pair.corrupted


@pytest.mark.parametrize("name", ["agreement", "occupations"])
def test_sets_are_asked_whole_and_of_controls_in_part(
    name: Any, fluent: LanguageModel, control: LanguageModel
) -> None:
    whole = WatchedOver(name).ask(fluent, "none")
    assert whole.items == items(name)
    assert not whole.left_out
    part = WatchedOver(name).ask(control, "final")
    assert part.items == items(name)[::CONTROLS_TAKE]
    np.testing.assert_allclose(part.lead, whole.lead[:, ::CONTROLS_TAKE], rtol=1e-3, atol=1e-3)
    assert set(part.clusters()) == set(whole.clusters())  # all nouns, all occupations
    for condition in ("subject", "attractor", "stereotype", "words"):
        values = Counter(item.conditions.get(condition) for item in part.items)
        assert values.keys() == {item.conditions.get(condition) for item in whole.items}
        assert min(values.values()) >= 3


def test_repeated_patterns_are_asked(fluent: LanguageModel, control: LanguageModel) -> None:
    whole = ExpectedOver().ask(fluent, "none")
    repeats = tuple(item for item in items("counting") if item.conditions["kind"] == "repeat")
    assert whole.items == repeats
    assert all(item.conditions["step"] == "0" for item in repeats)
    part = ExpectedOver().ask(control, "none")
    assert part.items == repeats[::CONTROLS_TAKE]
    assert set(part.clusters) == set(whole.clusters)
    for condition in ("separator", "given"):
        kept = {item.conditions[condition] for item in part.items}
        assert kept == {item.conditions[condition] for item in repeats}
    assert ExpectedOver("count") != ExpectedOver()


def test_controls_are_asked_every_so_many_items(
    fluent: LanguageModel, control: LanguageModel
) -> None:
    asked = range(3 * CONTROLS_TAKE)
    assert asked_of(fluent, asked) == asked
    assert list(asked_of(control, asked)) == [0, CONTROLS_TAKE, 2 * CONTROLS_TAKE]


def test_words_in_pieces_are_several_tokens() -> None:
    with pytest.raises(SeveralTokens, match="each of 600 items"):
        AgreementByLayer().ask(tiny.model("llama"), "none")


def test_curves_are_of_the_items_that_they_name(control: LanguageModel) -> None:
    agreement = WatchedOver("agreement").ask(control, "none")
    found = AgreementByLayer().ask(control, "none")
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
    found = OccupationsByLayer().ask(control, "none")
    women, men = found.lines
    assert "women" in women
    assert "her word" in women
    assert "women" not in men
    assert "his word" in men
    asked = WatchedOver("occupations").ask(control, "none")
    same = watched_curves(asked, {women: {"stereotype": "women"}, men: {"stereotype": "men"}})
    np.testing.assert_array_equal(found.estimate, same.estimate)
    repeated = RepetitionByLayer().ask(control, "none")
    shares = ExpectedOver().ask(control, "none").probabilities
    np.testing.assert_allclose(repeated.estimate[:, 0], shares.mean(axis=1))


def test_patching_over_pairs_of_the_set(fluent: LanguageModel, control: LanguageModel) -> None:
    found = PatchingOver().ask(fluent, "none")
    assert set(found.pairs) <= set(agreement_pairs(1))
    assert len(found.pairs) + sum(found.left_out.values()) == 60
    assert len(found.pairs) > 10
    part = PatchingOver().ask(control, "none")
    asked = agreement_pairs(1)[::CONTROLS_TAKE]
    assert set(part.pairs) <= set(asked)
    np.testing.assert_array_equal(part.at_last, profile(control, part.pairs).at_last)
    assert len(part.pairs) + sum(part.left_out.values()) == len(asked)
    assert {pair.right for pair in asked} == {" are", " is"}
    assert PatchingOver(2).id != PatchingOver().id


def test_minimal_pairs_differ_in_the_number_of_the_subject() -> None:
    pairs = agreement_pairs(1)
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


def test_more_pairs_of_each_noun_hold_the_first_ones() -> None:
    assert set(agreement_pairs(1)) < set(agreement_pairs(2))
    assert len(agreement_pairs(2)) == 120
