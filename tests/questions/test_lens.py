"""Questions to the lens: published numbers and models answer in the same types."""

import numpy as np
import pytest
import tiny

from replication.articles import experiments
from replication.base.norms import NORMS, Norm
from replication.measures.lens import continuation_ranks, top_tokens, watched_ranks
from replication.measures.lens_details import continuation_details
from replication.measures.record import generate, record
from replication.measures.variants import formula_variants, uncertainty
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.lens import (
    CandidatesOf,
    ContinuationOf,
    FormulasOf,
    PositionsOf,
    RanksOf,
    TokenIdsOf,
    TopTokensOf,
    UncertaintyOf,
    WatchedRanksOf,
    WordsOf,
)
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.results.data import as_data
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import NotTestable

TEXT = Text("The keys", " to the cabinet")


@pytest.mark.parametrize("norm", NORMS)
def test_answers_are_the_librarys_numbers(model: LanguageModel, norm: Norm) -> None:
    recording, reader = record(model, TEXT.prompt, TEXT.continuation), Reader(model)
    words = (" man", " are")
    for question, expected in (
        (RanksOf(TEXT), continuation_ranks(model, recording, norm)),
        (RanksOf(TEXT, True), continuation_ranks(model, recording, norm, last_only=True)),
        (WatchedRanksOf(TEXT, words), watched_ranks(model, recording, norm, words)),
        (TopTokensOf(TEXT, 3), top_tokens(model, recording, norm, 3)),
        (CandidatesOf(TEXT), continuation_details(model, recording, norm)),
        (UncertaintyOf(TEXT), uncertainty(model, recording, norm)),
        (FormulasOf(TEXT, " man"), formula_variants(model, recording, " man")),
    ):
        found = question.measure(reader, norm)
        assert type(found) is type(expected)
        assert as_data(found) == as_data(expected)
        assert found.provenance == expected.provenance


def test_published_ranks_and_best_tokens_come_in_the_types_that_models_answer_in() -> None:
    reader = Reader(tiny.model("llama"))
    for id, kind in (("ranks_heathrow", RankGrid), ("ranks_ones_first_token", RankGrid)):
        published = RanksOf.of_figure(id).look_up()
        measured = RanksOf.of_figure(id).measure(reader, "none")
        assert type(published) is type(measured) is kind
        assert published.kind == measured.kind == "continuation"
        assert "".join(measured.tokens) == "".join(published.tokens)
    watched = WatchedRanksOf.of_figure("watch_nurse")
    assert watched.look_up().tokens == watched.measure(reader, "none").tokens == watched.words
    best = TopTokensOf.of_figure("top10_ones")
    assert type(best.look_up()) is type(best.measure(reader, "none")) is TopTokens
    assert best.look_up().target == best.measure(reader, "none").target == " 1"


def test_an_article_that_shows_one_token_gets_one_column(model: LanguageModel) -> None:
    question = RanksOf.of_figure("ranks_ones_first_token")
    assert question.measure(Reader(model), "none").ranks.shape == (tiny.LAYERS, 1)
    assert not RanksOf.of_figure("ranks_ones_first_token", own=True).last_only


@pytest.mark.parametrize("norm", NORMS)
def test_a_models_own_continuation_ends_with_rank_1(model: LanguageModel, norm: Norm) -> None:
    found = RanksOf.of_figure("ranks_ones", own=True).measure(Reader(model), norm)
    assert (found.ranks[-1] == 1).all()
    assert found.tokens == model.texts(generate(model, " 1, 1, 1,", 3))


def test_continuations_and_ids_are_published_and_measured(model: LanguageModel) -> None:
    question = ContinuationOf.of_figure("ranks_ones")
    assert "".join(question.look_up()) == " 1, 1"
    assert question.measure(Reader(model), "none") == model.texts(generate(model, " 1, 1, 1,", 3))
    text = Text.of_figure("factors_hero_eu")
    ids = TokenIdsOf(text, published="factors_hero_eu")
    published = experiments.published_figure("factors_hero_eu").token_ids
    assert published
    assert ids.look_up() == tuple(published)
    expected = [*model.encode(text.prompt, start=True), *model.encode(text.continuation)]
    assert ids.measure(Reader(model), "none") == tuple(expected)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (RanksOf(TEXT), "published no numbers of ranks of 'The keys'"),
        (WatchedRanksOf(TEXT, (" is",)), "published no numbers of watched ranks of 'The keys'"),
        (TopTokensOf(TEXT), "published no numbers of top tokens of 'The keys'"),
        (TopTokensOf.of_figure("top10_ones").of(count=5), "of top10_ones, 5 tokens a layer"),
        (ContinuationOf(TEXT), "published no numbers of continuation of 'The keys'"),
        (TokenIdsOf(TEXT), "published no numbers of token ids of 'The keys'"),
        (
            TokenIdsOf(Text.of_figure("ranks_ones"), published="ranks_ones"),
            "published no numbers of ranks_ones",
        ),
        (CandidatesOf(TEXT), "published no numbers of candidates of 'The keys'"),
        (WordsOf(TEXT), "published no numbers of words of 'The keys'"),
        (PositionsOf(TEXT), "published no numbers of positions of 'The keys'"),
        (UncertaintyOf(TEXT), "published no numbers of uncertainty of 'The keys'"),
        (FormulasOf(TEXT, " is"), "published no numbers of formulas of 'The keys'"),
    ],
)
def test_what_was_not_published_is_not_testable(question: Question[object], told: str) -> None:
    with pytest.raises(NotTestable, match=told):
        question.look_up()


def test_sublayers_are_asked_for(model: LanguageModel) -> None:
    for plain in (WordsOf(TEXT, (" man",)), PositionsOf(TEXT)):
        assert len(plain.measure(Reader(model), "none").stages) == tiny.LAYERS
        inside = plain.of(sublayers=True)
        assert len(inside.measure(Reader(model), "none").stages) == 2 * tiny.LAYERS


def test_the_norm_makes_a_difference_where_it_is_said_to(model: LanguageModel) -> None:
    for question in (PositionsOf(TEXT), UncertaintyOf(TEXT), FormulasOf(TEXT, " man")):
        none, final = (question.measure(Reader(model), norm) for norm in NORMS)
        assert (as_data(none) == as_data(final)) is not question.norm_matters
        norms = [none.provenance.norm, final.provenance.norm]
        assert norms == (["none", "final"] if question.norm_matters else [None, None])


def test_words_are_read_where_the_text_ends(model: LanguageModel) -> None:
    """Of a text with a continuation, the words compete after it."""
    found = WordsOf(TEXT, (" man",)).measure(Reader(model), "final")
    whole = WordsOf(Text("The keys to the cabinet"), (" man",)).measure(Reader(model), "final")
    np.testing.assert_allclose(found.probabilities, whole.probabilities, atol=1e-6)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (RanksOf(Text("The keys")), "there is no continuation to rank"),
        (CandidatesOf(Text("The keys")), "no continuation"),
        (WatchedRanksOf(TEXT, (" zebras",)), r"' zebras' is \d tokens"),
        (WordsOf(TEXT, (" zebras",)), r"' zebras' is \d tokens"),
        (FormulasOf(TEXT, " zebras"), r"' zebras' is \d tokens"),
        (TopTokensOf(TEXT, 10_000), "10000 top tokens asked for: expected 1 to"),
        (PositionsOf(Text("")), "the prompt is empty"),
    ],
)
def test_what_a_model_cannot_answer_is_said(question: Question[object], told: str) -> None:
    with pytest.raises(ModelError, match=told):
        question.measure(Reader(tiny.model("gpt2")), "final")
