"""Questions are plain data: equal ones are one, and another text makes another question."""

import pickle
from typing import Any

import pytest
import test_agreement_settled
import test_companion_texts
import test_final_norm
import test_hidden_states
import test_input_saliency
import test_layer_contributions
import test_many_texts
import test_neuron_factors
import test_slips
import test_tuned_lens
import tiny

from replication.articles.experiments import experiment
from replication.figures.table import FIGURES
from replication.judging.claims import Claim
from replication.questions.attention import AttentionOf, HeadsOver, LayerAttentionOf
from replication.questions.lens import (
    FormulasOf,
    PositionsOf,
    RanksOf,
    TopTokensOf,
    WatchedRanksOf,
    WordsOf,
)
from replication.questions.neurons import ClustersOf, FactorsOf, FeedForwardShareOf, FiringOf
from replication.questions.patching import PatchingOf
from replication.questions.precision import RankChangesOf
from replication.questions.question import CONTINUED_BY, Question, Text, parse_range
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.questions.sets import AgreementByLayer, CircuitOver, WatchedOver

MODULES = (
    test_agreement_settled,
    test_companion_texts,
    test_final_norm,
    test_hidden_states,
    test_input_saliency,
    test_layer_contributions,
    test_many_texts,
    test_neuron_factors,
    test_slips,
    test_tuned_lens,
)
CLAIMS = [
    found for module in MODULES for found in vars(module).values() if isinstance(found, Claim)
]
ASKED: dict[Question[Any], None] = dict.fromkeys(
    [
        *(question for claim in CLAIMS for question in claim.questions),
        *(question for figure in FIGURES.values() for question in figure.questions),
    ]
)
ANOTHER_WAY = {
    *("saliency_eu", "saliency_hero", "factors_cpp", "factors_hero"),  # claimed of other texts
    "cordoba",  # likewise
    *("neurons_counting", "capital_positions"),  # claimed of sums over what is drawn
    *(
        "many_texts",
        "attention_layer",
        "patching_pair",
        "final_norm",
        "agreement_settled",
    ),  # claimed of many texts
}
"""Figures that no claim asks exactly what they show."""
TEXT = Text("The keys to the cabinet")
RANKS = RanksOf.of_figure("ranks_ones")
WATCHED = WatchedRanksOf.of_figure("watch_doctor")


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.id)
def test_questions_are_data(question: Question[Any]) -> None:
    again = pickle.loads(pickle.dumps(question))
    assert again == question
    assert again is not question
    assert {question, again} == {question}
    assert question.of() == question


def test_figures_and_claims_ask_with_the_same_objects() -> None:
    asked_by = {claim.id: set(claim.questions) for claim in CLAIMS}
    for id in FIGURES.keys() - ANOTHER_WAY:
        figure = FIGURES[id]
        assert any(asked_by[claim] & set(figure.questions) for claim in figure.claims), id


def test_questions_of_a_figure_have_names_of_their_own() -> None:
    for figure in FIGURES.values():
        names = [question.id for question in figure.questions]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("question", "id"),
    [
        (RANKS, "ranks_ones"),
        (RanksOf(TEXT), "ranks of 'The keys to the cabinet'"),
        (FormulasOf(TEXT, " man"), "formulas of 'The keys to the cabinet'"),
        (PatchingOf("a\nb", "c", "d", "e"), r"patching of 'a\nb'"),
        (WatchedOver("blimp"), "watched over blimp"),
        (AgreementByLayer(), "agreement by layer"),
        (CircuitOver(2), "circuit over"),
    ],
)
def test_questions_are_named_by_their_figure_or_kind_and_prompt(
    question: Question[Any], id: str
) -> None:
    assert question.id == id


def test_a_text_is_given_or_continued() -> None:
    with pytest.raises(ValueError, match=r"continuation is given \('b'\) and 2 tokens .* choose"):
        Text("a", "b", 2)
    with pytest.raises(ValueError, match="generate is -1: expected 0 or more"):
        Text("a", generate=-1)


def test_the_text_of_a_figure() -> None:
    found = experiment("ranks_ones")
    assert Text.of_figure("ranks_ones") == Text(found.prompt, found.continuation)
    assert Text.of_figure("ranks_ones", own=True) == Text(found.prompt, generate=3)
    assert Text.of_figure("watch_doctor", own=True) == Text("The doctor was a")
    with pytest.raises(ValueError, match="no experiment 'moon': expected one of"):
        Text.of_figure("moon")


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        (Text("a", "b"), {"prompt": "c"}, Text("c", generate=CONTINUED_BY)),
        (Text("a", generate=3), {"prompt": "c"}, Text("c", generate=3)),
        (Text("a"), {"prompt": "c"}, Text("c")),
        (Text("a", "b"), {"prompt": "c", "continuation": "d"}, Text("c", "d")),
        (Text("a", "b"), {"prompt": "c", "generate": 2}, Text("c", generate=2)),
        (Text("a", "b"), {"prompt": "c", "generate": 0}, Text("c")),
        (Text("a", "b"), {"generate": 2}, Text("a", generate=2)),
        (Text("a", generate=2), {"continuation": "d"}, Text("a", "d")),
        (Text("a", "b"), {"continuation": "d", "generate": 0}, Text("a", "d")),
        (Text("a", "b"), {}, Text("a", "b")),
    ],
)
def test_texts_with_other_settings(text: Text, settings: dict[str, Any], expected: Text) -> None:
    assert text.of(**settings) == expected


def test_another_prompt_has_no_published_answer_and_its_own_continuation() -> None:
    found = RANKS.of(prompt="One, two,")
    assert found == RanksOf(Text("One, two,", generate=20))
    assert RANKS.published == "ranks_ones"  # it stays as it is
    assert RANKS.of(prompt="One", continuation=" two").text == Text("One", " two")
    assert RANKS.of(generate=3) == RanksOf(Text(RANKS.text.prompt, generate=3))
    factors = FactorsOf.of_figure("factors_underground_layer0").of(prompt="One")
    assert (factors.depth, factors.layers, factors.text.generate) == (1 / 6, None, 20)


def test_a_figure_of_one_token_is_continued_by_one() -> None:
    one = RanksOf.of_figure("ranks_ones_first_token")
    assert one.of(prompt="One,") == RanksOf(Text("One,", generate=1), last_only=True)
    assert one.of(prompt="One,", last_only=False).text.generate == 20
    top = TopTokensOf.of_figure("top10_ones")
    assert top.of(prompt="One,") == TopTokensOf(Text("One,", generate=1))


def test_the_published_figure_answers_as_long_as_text_and_words_are_its_own() -> None:
    assert WATCHED.of(prompt=WATCHED.text.prompt) == WATCHED
    assert WATCHED.of(words='[" man", " woman"]') == WATCHED
    assert WATCHED.of(words=" king").published is None
    assert WATCHED.of(prompt="The king was a") == WatchedRanksOf(
        Text("The king was a"), (" man", " woman")
    )
    factors = FactorsOf.of_figure("factors_counting_two")
    assert factors.of(layers="3-4", factors=3, seed=1).published == factors.published


@pytest.mark.parametrize(
    ("question", "settings", "name", "expected"),
    [
        (FactorsOf(TEXT, 2), {"layers": "3-7"}, "layers", (3, 4, 5, 6, 7)),
        (FactorsOf(TEXT, 2), {"layers": "0"}, "layers", (0,)),
        (FactorsOf(TEXT, 2, 0, (1,)), {"layers": ""}, "layers", None),
        (FactorsOf(TEXT, 2), {"layers": (1, 2)}, "layers", (1, 2)),
        (FactorsOf(TEXT, 2), {"factors": "12"}, "factors", 12),
        (FiringOf(TEXT), {"neurons": "12"}, "neurons", 12),
        (WordsOf(TEXT), {"words": " man"}, "words", (" man",)),
        (WordsOf(TEXT), {"words": '[" man", " are"]'}, "words", (" man", " are")),
        (WordsOf(TEXT), {"words": (" man",)}, "words", (" man",)),
        (WordsOf(TEXT), {"sublayers": "true"}, "sublayers", True),
        (WordsOf(TEXT, sublayers=True), {"sublayers": "false"}, "sublayers", False),
        (FormulasOf(TEXT, " man"), {"word": " 12"}, "word", " 12"),
        (LayerAttentionOf(TEXT), {"depth": "0.75"}, "depth", 0.75),
        (LayerAttentionOf(TEXT), {"depth": "1"}, "depth", 1.0),
        (SaliencyOf(TEXT), {"of_score": "probability"}, "of_score", "probability"),
        (RanksOf(TEXT), {"generate": "3"}, "text", Text(TEXT.prompt, generate=3)),
        (RanksOf(TEXT), {"prompt": "12"}, "text", Text("12")),
        (HeadsOver(), {"texts": '["a", "b"]'}, "texts", ("a", "b")),
    ],
)
def test_settings_that_are_text_are_read_as_the_fields_type(
    question: Question[Any], settings: dict[str, Any], name: str, expected: Any
) -> None:
    found = getattr(question.of(**settings), name)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("question", "settings", "told"),
    [
        (FactorsOf(TEXT, 2), {"layers": "three"}, "cannot read 'three': expected a number or a r"),
        (FactorsOf(TEXT, 2), {"factors": "many"}, "cannot read 'many': .*valid integer"),
        (LayerAttentionOf(TEXT), {"depth": "half"}, "cannot read 'half': .*valid number"),
        (LayerAttentionOf(TEXT), {"depth": "1.5"}, "depth 1.5 was asked for: expected above 0"),
        (WordsOf(TEXT), {"words": '[" man"'}, "cannot read .*man.*: Invalid JSON"),
        (WordsOf(TEXT), {"words": "[1]"}, "cannot read .*valid string"),
        (WordsOf(TEXT), {"sublayers": "perhaps"}, "cannot read 'perhaps': .*valid boolean"),
        (SaliencyOf(TEXT), {"of_score": "rank"}, "cannot read 'rank': .*'logit' or 'probability'"),
        (RanksOf(TEXT), {"continuation": " a", "generate": 2}, "choose one"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(
    question: Question[Any], settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        question.of(**settings)


@pytest.mark.parametrize(
    ("question", "there"),
    [
        (RANKS, "continuation, generate, last_only, prompt"),
        (FactorsOf(TEXT, 2), "continuation, depth, factors, generate, layers, prompt, seed"),
        (PatchingOf("a", "b", "c", "d"), "clean, corrupted, right, wrong"),
        (AgreementByLayer(), "norms"),
    ],
)
def test_unknown_settings_are_refused_with_those_there_are(
    question: Question[Any], there: str
) -> None:
    with pytest.raises(ValueError, match=rf"has no setting 'moons': expected some of {there}$"):
        question.of(moons=3)
    with pytest.raises(ValueError, match="has no setting 'published'"):
        question.of(published="ranks_ones")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("3", [3]), ("0", [0]), ("3-7", [3, 4, 5, 6, 7]), ("4-4", [4])],
)
def test_ranges(given: str, expected: list[int]) -> None:
    assert parse_range(given) == expected


@pytest.mark.parametrize("given", ["", "-", "3-", "-3", "3-x", "1,2", " 3", "3-4-5", "7-3"])
def test_what_is_no_range_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="expected a number or a range, such as 3-7"):
        parse_range(given)


@pytest.mark.parametrize(
    "question",
    [
        RanksOf(Text("The keys", generate=3)),
        WatchedRanksOf(TEXT, (" man", " are")),
        TopTokensOf(TEXT, 3),
        WordsOf(TEXT, (" man", " are"), sublayers=True),
        PositionsOf(TEXT),
        FormulasOf(TEXT, " man"),
        SaliencyOf(Text("The keys", " to")),
        FactorsOf(TEXT, 2),
        ClustersOf(TEXT, 3),
        FiringOf(TEXT, 3, 5),
        FeedForwardShareOf(),
        AttentionOf(TEXT),
        LayerAttentionOf(TEXT),
        RankChangesOf(Text("The keys", " to the")),
    ],
    ids=lambda question: type(question).__name__,
)
def test_the_provenance_names_what_was_read(question: Question[Any]) -> None:
    """Under a norm where one matters, and only there."""
    found = question.measure(Reader(tiny.model("llama")), "final")
    if not isinstance(found, float):
        assert found.provenance.prompt.startswith(question.prompt)
        assert found.provenance.norm == ("final" if question.norm_matters else None)
