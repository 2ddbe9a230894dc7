"""A reader reads each text once, whoever asks, and writes what the model would have written."""

from collections.abc import Callable
from typing import Any

import pytest
import tiny
import torch

from replication.measures.record import generate, record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions import reader
from replication.questions.lens import ContinuationOf, PositionsOf, RanksOf, UncertaintyOf, WordsOf
from replication.questions.neurons import FactorsOf, SparsityOf
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf

TEXT = Text("The keys", " to the cabinet")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Any]]:
    """Have the calls of a function of the reader's written down."""

    def count(name: str) -> list[Any]:
        real, seen = getattr(reader, name), []

        def call(*given: Any, **more: Any) -> Any:
            seen.append(given[1:])
            return real(*given, **more)

        monkeypatch.setattr(reader, name, call)
        return seen

    return count


def test_a_text_is_read_once_whoever_asks(counted: Callable[[str], list[Any]]) -> None:
    reading, read = Reader(tiny.model("gpt2")), counted("record_ids")
    for question in (RanksOf(TEXT), RanksOf(TEXT, last_only=True), WordsOf(TEXT, (" man",))):
        question.measure(reading, "none")
        question.measure(reading, "final")
    PositionsOf(Text("The keys", " to the cabinet")).measure(reading, "none")  # an equal text
    assert len(read) == 1
    FactorsOf(TEXT, 2).measure(reading, "none")
    SparsityOf(TEXT).measure(reading, "none")
    assert len(read) == 2  # once more, for the neurons
    UncertaintyOf(TEXT.of(continuation=" to")).measure(reading, "none")
    assert len(read) == 3


@pytest.mark.parametrize("kept", ["neurons", "attention", "sublayers"])
def test_recordings_are_those_of_the_library(model: LanguageModel, kept: str) -> None:
    found = Reader(model).recording(TEXT, **{kept: True})
    expected = record(model, TEXT.prompt, TEXT.continuation, **{kept: True})
    assert (found.ids, found.prompt_length) == (expected.ids, expected.prompt_length)
    torch.testing.assert_close(found.states, expected.states)
    for name in ("neurons", "attention", "after_attention"):
        assert (getattr(found, name) is None) == (getattr(expected, name) is None)


def test_a_prompt_is_continued_once_for_all_lengths(counted: Callable[[str], list[Any]]) -> None:
    reading, written = Reader(tiny.model("llama")), counted("generate")
    for length in (5, 3, 5, 1):
        found = ContinuationOf(Text("The keys", generate=length)).measure(reading, "none")
        assert len([token for token in found if token.strip(" ")]) == length
    SaliencyOf(Text("The keys", generate=2)).measure(reading, "none")
    assert written == [("The keys", 5)]
    reading.ids(Text("The keys", generate=6))
    reading.ids(Text("The key", generate=1))
    assert written == [("The keys", 5), ("The keys", 6), ("The key", 1)]


@pytest.mark.parametrize("prompt", ["The keys", " 1, 1, 1,", "1. Austria"])
def test_a_continuation_does_not_depend_on_what_was_asked_before(
    model: LanguageModel, prompt: str
) -> None:
    asked = Reader(model)
    asked.ids(Text(prompt, generate=12))
    for length in range(1, 12):
        fresh = generate(model, prompt, length)
        ids, before = asked.ids(Text(prompt, generate=length))
        assert ids[before:] == fresh == Reader(model).ids(Text(prompt, generate=length))[0][before:]


def test_mere_spaces_end_a_short_continuation_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model that writes nothing but spaces stops after two tokens for each that is wanted."""
    model = tiny.model("gpt2")
    (space,) = model.encode(" ")

    def spaces(read: torch.Tensor, **settings: Any) -> torch.Tensor:
        length = settings["generation_config"].max_new_tokens
        return torch.cat([read, torch.full((1, length), space)], dim=1)

    monkeypatch.setattr(model.network, "generate", spaces)
    reading = Reader(model)
    for length in (2, 5, 2):
        ids, before = reading.ids(Text("The keys", generate=length))
        assert ids[before:] == [space] * (2 * length)


def test_what_a_model_cannot_read_is_refused_before_anything_runs(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_given: object, **_more: object) -> None:
        raise AssertionError("the network was run")

    monkeypatch.setattr(type(model.network), "forward", run)
    limit = model.network.config.max_position_embeddings
    read = len(model.encode("The keys", start=True))
    with pytest.raises(
        ModelError, match=rf"{read} tokens given and {limit} more asked for.* reads"
    ):
        Reader(model).ids(Text("The keys", generate=limit))
    for text in (Text("The keys " * limit), Text("The keys", " to" * limit)):
        with pytest.raises(ModelError, match=rf"tokens given: {model.name} reads 1 to {limit}"):
            Reader(model).recording(text)
    for text in (Text(""), Text("", generate=2), Text("", " to")):
        with pytest.raises(ModelError, match="the prompt is empty"):
            Reader(model).ids(text)
