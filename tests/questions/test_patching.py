"""The question which activations carry what tells two prompts apart."""

import numpy as np
import pytest
import tiny
from measures.test_patching import worded

from replication.measures.patching import effects
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.patching import PatchingOf
from replication.questions.reader import Reader
from replication.results.untestable import NotTestable

CLEAN, CORRUPTED = "The keys to the cabinet", "The man to the cabinet"


def test_effects_are_the_librarys(model: LanguageModel) -> None:
    pair = worded(model, CLEAN, CORRUPTED)
    question = PatchingOf(*pair[:4])
    found, expected = question.measure(Reader(model), "none"), effects(model, pair)
    np.testing.assert_array_equal(found.effects, expected.effects)
    assert (found.words, found.differences) == (expected.words, expected.differences)
    assert "".join(found.clean[found.clean.count("") :]) == CLEAN
    assert question.prompt == CLEAN
    assert found.provenance.prompt == CLEAN


def test_another_pair_is_the_same_question_with_other_settings() -> None:
    question = PatchingOf(CLEAN, CORRUPTED, " are", " man")
    assert question.of(corrupted="The key", wrong=" is") == PatchingOf(
        CLEAN, "The key", " are", " is"
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (PatchingOf(CLEAN, "The man", " man", ","), "tokens"),
        (PatchingOf(CLEAN, CLEAN, " man", ","), "same|differ"),
        (PatchingOf(CLEAN, CORRUPTED, " zebras", ","), "' zebras' is . tokens"),
    ],
)
def test_pairs_that_cannot_be_compared_are_refused(question: PatchingOf, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        question.measure(Reader(tiny.model("llama")), "none")


def test_nothing_of_it_was_published() -> None:
    with pytest.raises(NotTestable, match="published no numbers of patching of 'The keys to"):
        PatchingOf(CLEAN, CORRUPTED, " are", " man").look_up()
