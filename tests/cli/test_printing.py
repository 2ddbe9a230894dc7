"""A prompt seen inside the blocks: the library's numbers, and a word where none was named."""

import json
import re

import pytest
import tiny
import torch
from replication.cli.prompt_stages import look

from replication.base.norms import NORMS, Norm
from replication.cli import prompt_stages
from replication.measures.record import record
from replication.measures.variants import top_at_all_positions, word_probabilities
from replication.models import loading, registry
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel

TEXT = "The keys to the cabinet"


@pytest.fixture
def planted(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model that is loaded whatever the name."""
    monkeypatch.setitem(registry.MODELS, model.name, model.entry)
    monkeypatch.setattr(loading, "load", lambda name: model)
    monkeypatch.setattr(prompt_stages, "load", lambda name: model)
    return model


@pytest.mark.parametrize("norm", NORMS)
def test_json_has_the_librarys_numbers(planted: LanguageModel, norm: Norm) -> None:
    seen = look(TEXT, model=planted.name, norm=norm, watch=[" man", ","])
    shown = json.loads(json.dumps(seen.as_json()))
    recording = record(planted, TEXT, sublayers=True)
    words = word_probabilities(planted, recording, norm, [" man", ","], sublayers=True)
    best = top_at_all_positions(planted, recording, norm, sublayers=True)
    assert shown["stages"] == [
        stage for layer in range(tiny.LAYERS) for stage in (f"{layer} attention", str(layer))
    ]
    assert (shown["model"], shown["norm"], shown["prompt"]) == (planted.name, norm, TEXT)
    assert shown["words"] == [" man", ","]
    assert shown["ranks"] == words.ranks.tolist()
    assert shown["probabilities"] == words.probabilities.tolist()
    assert shown["best"] == [row[-1] for row in best.best]


def test_the_last_stage_is_the_models_own_output(planted: LanguageModel) -> None:
    shown = look(TEXT, model=planted.name, norm="none", watch=[" man"]).as_json()
    logits = planted.network(torch.tensor([planted.encode(TEXT, start=True)])).logits[0, -1]
    token = planted.single_token(" man")
    assert shown["probabilities"][-1][0] == pytest.approx(float(logits.softmax(0)[token]), abs=1e-6)
    assert shown["ranks"][-1][0] == int((logits > logits[token]).sum()) + 1
    assert shown["best"][-1] == planted.texts([int(logits.argmax())])[0]


@pytest.mark.parametrize("text", [TEXT, " 1, 1, 1,", "1. Austria", "man woman"])
def test_without_words_the_best_next_token_that_is_one_is_looked_at(
    planted: LanguageModel, text: str
) -> None:
    """Random networks often go on with half of a character, which no text gives back."""
    logits = planted.network(torch.tensor([planted.encode(text, start=True)])).logits[0, -1]
    ids = logits.argsort(descending=True).tolist()
    places = [
        place
        for place, token in enumerate(ids)
        if planted.encode(planted.texts([token])[0]) == [token]
    ]
    shown = look(text, model=planted.name, norm="final").as_json()
    assert shown["words"] == [planted.texts([ids[places[0]]])[0]]
    assert shown["ranks"][-1] == [places[0] + 1]


def test_words_are_looked_for_among_the_best_only(
    planted: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LanguageModel, "texts", lambda self, ids: ("?!",) * len(ids))
    with pytest.raises(ModelError, match="none of the 50 best next tokens is a word: name words"):
        look(TEXT, model=planted.name, norm="final")


def test_the_table_has_every_number_however_wide(planted: LanguageModel) -> None:
    singles = [
        text
        for text in planted.texts(range(planted.entry.vocabulary))
        if len(planted.encode(text)) == 1 and text.isprintable()
    ]
    seen = look(TEXT, model=planted.name, norm="final", watch=singles[:60])
    rows = seen.as_text().splitlines()[4:]
    assert "…" not in seen.as_text()
    for row, ranks in zip(rows, seen.words.ranks.tolist(), strict=True):
        assert [int(rank) for rank in re.findall(r"(\d+) \(\d", row)] == ranks
    assert rows[0].startswith("0 attention")
    assert rows[-1].endswith(repr(seen.best.best[-1][-1]))


@pytest.mark.parametrize(
    ("text", "watch", "told"),
    [("", [], "the prompt is empty"), (TEXT, [" zebras"], "' zebras' is . tokens")],
)
def test_what_cannot_be_read_is_refused(
    planted: LanguageModel, text: str, watch: list[str], told: str
) -> None:
    with pytest.raises(ModelError, match=told):
        look(text, model=planted.name, norm="none", watch=watch)
