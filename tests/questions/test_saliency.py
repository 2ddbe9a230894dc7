"""The question what tokens rest on: of each score, by each method, published and measured."""

import numpy as np
import pytest
import tiny

from replication.measures.saliency import gradient_x_input, integrated_gradients
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

TEXT = Text("The keys", " to the")
SHAKESPEARE = SaliencyOf.of_figure("saliency_shakespeare")


def test_shares_are_the_librarys(model: LanguageModel) -> None:
    reader = Reader(model)
    for question, expected in (
        (SaliencyOf(TEXT), gradient_x_input(model, "The keys", " to the")),
        (
            SaliencyOf(TEXT, "probability"),
            gradient_x_input(model, "The keys", " to the", of="probability"),
        ),
    ):
        found = question.measure(reader, "final")
        np.testing.assert_allclose(found.shares, expected.shares, atol=1e-6)
        assert (found.of, found.method, found.tokens) == (
            question.of_score,
            "gradient x input",
            expected.tokens,
        )


def test_integrated_gradients_are_asked_for() -> None:
    model = tiny.model("gpt2")
    found = SaliencyOf(Text("The", " key"), integrated=True).measure(Reader(model), "none")
    assert found.method == "integrated gradients"
    expected = integrated_gradients(model, "The", " key")
    np.testing.assert_allclose(found.shares, expected.shares, atol=1e-6)


def test_the_published_shares_come_in_the_type_that_models_answer_in() -> None:
    measured = SHAKESPEARE.measure(Reader(tiny.model("llama")), "none")
    assert type(SHAKESPEARE.look_up()) is type(measured) is Saliency
    assert "".join(SHAKESPEARE.look_up().tokens) == "".join(measured.tokens)
    for row in (*SHAKESPEARE.look_up().shares, *measured.shares):
        assert row.sum() == pytest.approx(1, abs=1e-4)


def test_a_prompt_is_continued_by_the_model_itself(model: LanguageModel) -> None:
    found = SHAKESPEARE.of(prompt="The keys", generate=2).measure(Reader(model), "none")
    assert "".join(found.tokens[: found.n_input]) == "The keys"
    written = Reader(model).recording(Text("The keys", generate=2)).continuation
    assert found.tokens[found.n_input :] == written


@pytest.mark.parametrize("settings", [{"integrated": True}, {"of_score": "probability"}])
def test_other_methods_were_not_published(settings: dict[str, object]) -> None:
    with pytest.raises(NotTestable, match="only gradient x input of the logit was published"):
        SHAKESPEARE.of(**settings).look_up()


def test_other_texts_were_not_published() -> None:
    with pytest.raises(NotTestable, match="published no numbers of saliency of 'The keys'"):
        SaliencyOf(TEXT).look_up()


def test_there_must_be_tokens_to_explain() -> None:
    reader = Reader(tiny.model("llama"))
    with pytest.raises(ModelError, match="nothing to explain in '' after 'The keys'"):
        SaliencyOf(Text("The keys")).measure(reader, "none")
    with pytest.raises(ModelError, match="the prompt is empty"):
        SaliencyOf(Text("", " keys")).measure(reader, "none")
