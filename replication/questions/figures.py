"""The question that each published figure answers."""

from typing import Any

from replication.articles.experiments import Kind, published_figure
from replication.questions.lens import RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question
from replication.questions.saliency import SaliencyOf

ANSWERED_BY: dict[Kind, Any] = {
    "rank_of_generated_token": RanksOf,
    "rank_of_watched_token": WatchedRanksOf,
    "top_tokens_per_layer": TopTokensOf,
    "grad_x_input": SaliencyOf,
    "nmf_factors": FactorsOf,
}
"""The class of questions that figures of each kind answer."""


def question_of(id: str) -> Question[Any]:
    """The question that a published figure answers; ``ValueError`` for an unknown one."""
    question: Question[Any] = ANSWERED_BY[published_figure(id).kind].of_figure(id)
    return question
