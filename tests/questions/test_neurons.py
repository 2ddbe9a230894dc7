"""Questions about neurons: firing, clusters, factors and components, and what was published."""

import math
from typing import Any

import numpy as np
import pytest
import tiny

from replication.measures import neurons
from replication.measures.factors import factorize, pca
from replication.measures.record import record
from replication.models.architectures import feed_forward_share
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.neurons import (
    ClustersOf,
    ComponentsOf,
    FactorsOf,
    FeedForwardShareOf,
    FiringOf,
    SparsityOf,
)
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.results.data import as_data
from replication.results.factors import Factors
from replication.results.untestable import NotTestable

TEXT = Text("The keys", " to the cabinet are here")
COUNTING = "factors_counting_two"


def test_answers_are_the_librarys_numbers(model: LanguageModel) -> None:
    recording = record(model, TEXT.prompt, TEXT.continuation, neurons=True)
    reader = Reader(model)
    expected: Any
    for question, expected in (
        (SparsityOf(TEXT), neurons.sparsity(recording)),
        (SparsityOf(TEXT, (1, 2)), neurons.sparsity(recording, (1, 2))),
        (ClustersOf(TEXT, 3), neurons.clusters(recording, 3, 3)),
        (ClustersOf(TEXT, 3, (0,)), neurons.clusters(recording, 0, 3)),
        (FactorsOf(TEXT, 2), factorize(recording, 2)),
        (FactorsOf(TEXT, 2, 5, (3,)), factorize(recording, 2, layers=(3,), seed=5)),
        (ComponentsOf(TEXT, 2), pca(recording, 2)),
    ):
        found = question.measure(reader, "final")
        assert type(found) is type(expected)
        assert as_data(found) == as_data(expected)


def test_neurons_drawn_are_those_of_the_clusters(model: LanguageModel) -> None:
    found = FiringOf(TEXT, clusters=3, neurons=6, seed=1).measure(Reader(model), "none")
    whole = ClustersOf(TEXT, 3).measure(Reader(model), "none")
    chosen = np.sort(np.random.default_rng(1).choice(tiny.NEURONS, 6, replace=False))
    np.testing.assert_array_equal(found.neurons, chosen)
    np.testing.assert_array_equal(found.values, whole.of.values[chosen])
    np.testing.assert_array_equal(found.labels, whole.labels[chosen])
    np.testing.assert_array_equal(found.means, whole.firing)
    np.testing.assert_array_equal(found.sizes, whole.sizes)
    assert (found.layer, found.tokens) == (3, whole.of.tokens)


def test_the_published_factors_come_in_the_type_that_models_answer_in() -> None:
    question = FactorsOf.of_figure(COUNTING)
    measured = question.measure(Reader(tiny.model("llama")), "none")
    assert type(question.look_up()) is type(measured) is Factors
    assert len(question.look_up().activity) == len(measured.activity) == question.factors == 2
    assert "".join(question.look_up().tokens) == "".join(measured.tokens)


def test_a_figure_of_the_first_layer_is_asked_at_its_depth() -> None:
    """Layers that are named go before."""
    reader = Reader(tiny.model("llama"))
    of_first = FactorsOf(TEXT, 2, depth=0.5)
    there = reader.model.entry.layers
    assert there > 2
    assert of_first.measure(reader, "none").layers == (math.ceil(there / 2) - 1,)
    assert of_first.of(layers="0").measure(reader, "none").layers == (0,)
    figure = FactorsOf.of_figure("factors_underground_layer0")
    assert (figure.depth, figure.layers, figure.look_up().layers) == (1 / 6, None, (0,))
    of_all = FactorsOf.of_figure(COUNTING)
    assert (of_all.depth, of_all.layers) == (None, None)
    assert FactorsOf.of_figure("factors_underground_layer0", 18).factors == 18


def test_the_share_of_feed_forward_layers(model: LanguageModel) -> None:
    share = FeedForwardShareOf().measure(Reader(model), "none")
    assert share == feed_forward_share(model.network)
    # GPT-2's feed-forward layers have two of the three thirds of a block, but for biases and norms.
    assert FeedForwardShareOf(published=COUNTING).look_up() == pytest.approx(2 / 3, abs=0.001)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (SparsityOf.of_figure(COUNTING), "a picture of the neurons and no numbers"),
        (ClustersOf.of_figure(COUNTING), "a picture of the clusters and no numbers"),
        (FiringOf.of_figure(COUNTING), "a picture of the clusters and no numbers"),
        (ComponentsOf.of_figure(COUNTING, 2), "no principal components"),
        (FactorsOf(TEXT, 2), "published no numbers of factors of 'The keys'"),
        (
            FactorsOf.of_figure(COUNTING, 3),
            f"of {COUNTING}, 3 factors of layers .* with seed 0 were",
        ),
        (
            FactorsOf.of_figure(COUNTING).of(seed=1),
            r"2 factors of layers \[.*\] with seed 1 were not published",
        ),
        (FactorsOf.of_figure(COUNTING).of(layers="1-2"), r"2 factors of layers \[1, 2\] with"),
        (FeedForwardShareOf(), "does not say which model feed forward share is of"),
        (
            FeedForwardShareOf(published="factors_hero_eu"),
            "does not say which model factors_hero_eu is of",
        ),
    ],
)
def test_what_was_not_published_is_not_testable(question: Question[Any], told: str) -> None:
    with pytest.raises(NotTestable, match=told):
        question.look_up()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (FactorsOf(TEXT, 99), "99 factors asked for: expected 1 to"),
        (FactorsOf(TEXT, 2, 0, (40,)), r"cannot look at layers \(40,\): expected one or more of"),
        (FactorsOf(TEXT, 2, 0, ()), r"cannot look at layers \(\)"),
        (ClustersOf(TEXT, 99), "99 clusters asked for: expected 1 to"),
        (FiringOf(TEXT, 3, 99), "99 neurons asked for: expected 1 to 24"),
    ],
)
def test_what_a_model_cannot_answer_is_said(question: Question[Any], told: str) -> None:
    with pytest.raises(ModelError, match=told):
        question.measure(Reader(tiny.model("gpt2")), "none")


@pytest.mark.parametrize("question", [ClustersOf(TEXT, 3), FiringOf(TEXT, 3, 5)])
@pytest.mark.parametrize("layers", ["1-2", ()])
def test_the_neurons_of_one_layer_are_looked_at(question: Question[Any], layers: Any) -> None:
    with pytest.raises(ValueError, match=r"layers are \(.*\): .* name one"):
        question.of(layers=layers).measure(Reader(tiny.model("gpt2")), "none")
