"""The question what half precision does to ranks."""

import pytest
import tiny

from replication.measures.precision import rank_changes
from replication.models.errors import ModelError
from replication.questions.precision import RankChangesOf
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.results.data import as_data

TEXT = Text("The keys", " to the cabinet")


@pytest.mark.parametrize("in_half", ["states", "all"])
def test_changes_are_the_librarys(in_half: str) -> None:
    model = tiny.model("llama")
    question = RankChangesOf(TEXT).of(dtype="float16", in_half=in_half)
    found = question.measure(Reader(model), "none")
    expected = rank_changes(
        model,
        TEXT.prompt,
        TEXT.continuation,
        "none",
        dtype="float16",
        in_half=question.in_half,
    )
    assert as_data(found) == as_data(expected)
    assert (found.dtype, found.in_half, found.device) == ("float16", in_half, "cpu")
    assert found.provenance.norm == "none"


def test_what_cannot_be_done_is_said() -> None:
    question = RankChangesOf(Text.of_figure("watch_nurse"))
    with pytest.raises(ModelError, match="there is no continuation to rank"):
        question.measure(Reader(tiny.model("gpt2")), "final")


def test_a_prompt_of_your_own_is_continued_by_the_model() -> None:
    model = tiny.model("gpt2")
    question = RankChangesOf(TEXT).of(prompt="The man", generate=3)
    found = question.measure(Reader(model), "final")
    assert found.full.tokens == Reader(model).recording(question.text).continuation
