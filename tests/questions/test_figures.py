"""Every published figure answers a question, and the same question is asked of a model."""

import pytest
import tiny

from replication.articles.experiments import experiment, published_figure, published_ids
from replication.questions.figures import ANSWERED_BY, question_of
from replication.questions.question import Question
from replication.questions.reader import Reader
from replication.questions.subjects import Published
from replication.results.data import as_data
from replication.results.untestable import NotTestable

SHORT = ("ranks_ones", "watch_doctor", "top10_ones", "saliency_shakespeare", "factors_counting_two")


@pytest.mark.parametrize("id", published_ids())
def test_every_published_figure_answers_its_question(id: str) -> None:
    question: Question[object] = question_of(id)
    assert type(question) is ANSWERED_BY[published_figure(id).kind]
    assert question.published == question.id == id
    assert question.prompt == experiment(id).prompt
    assert as_data(Published().answer(question, "none")) == as_data(question.look_up())
    assert Published().provenance(question, "none").prompt == question.prompt


@pytest.mark.parametrize("id", SHORT)
def test_a_model_answers_it_in_the_same_type(id: str) -> None:
    question = question_of(id)
    measured = question.measure(Reader(tiny.model("llama")), "none")
    assert type(measured) is type(question.look_up())
    assert {published_figure(one).kind for one in SHORT} == set(ANSWERED_BY)


def test_unknown_figures_are_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no experiment 'moon': expected one of factors_counting"):
        question_of("moon")


@pytest.mark.parametrize("id", ["ranks_ones", "watch_doctor", "top10_ones"])
def test_the_articles_read_inner_layers_without_the_norm(id: str) -> None:
    with pytest.raises(NotTestable, match="published no numbers under norm='final'"):
        Published().answer(question_of(id), "final")
