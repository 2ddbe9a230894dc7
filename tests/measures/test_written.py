"""Texts that a model writes: their states are those of a plain pass, their chance is the seed's."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from claim_runs import ROOT

from replication.measures import lens_quality, tuned_lens
from replication.measures import written as module
from replication.measures.record import record_ids
from replication.measures.written import Writing, read, sampled, ship, shipped, written
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.models.loading import load
from replication.models.registry import find

STARTS = ("The keys", "man", "1, 1", "cabinet", "are here")
WRITING = Writing(STARTS, 12, 0)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)


def test_states_are_those_of_one_pass_over_each_text(model: LanguageModel) -> None:
    texts = sampled(model, WRITING)
    for part in ("feed-forward", "attention"):
        batches = list(read(model, texts, part))
        assert [len(batch.ids) for batch in batches] == [3, 2]
        assert torch.equal(torch.cat([batch.ids for batch in batches]), texts)
        for batch in batches:
            for number, ids in enumerate(batch.ids.tolist()):
                plain = record_ids(model, ids, sublayers=True)
                states = plain.states if part == "feed-forward" else plain.after_attention
                assert states is not None
                torch.testing.assert_close(
                    batch.states[:, number], states[:, 1:], rtol=1e-3, atol=1e-3
                )
                torch.testing.assert_close(
                    batch.final[number], plain.states[-1, 1:], rtol=1e-3, atol=1e-3
                )


def test_texts_begin_with_their_starts_and_go_on_by_the_seed() -> None:
    model = tiny.model("gemma3_text")
    one, same, other = (sampled(model, replace(WRITING, seed=seed)) for seed in (0, 0, 1))
    begun = [model.encode(start, start=True) for start in STARTS]
    common = min(map(len, begun))
    assert one.shape == (5, 12)
    assert one[:, :common].tolist() == [ids[:common] for ids in begun]
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert not (one[:, common:] == model.network.config.eos_token_id).any()


def test_starts_are_taken_in_turn() -> None:
    assert Writing.of(("a", "b"), 5, 12, 0).starts == ("a", "b", "a", "b", "a")


def test_no_text_without_a_start_or_room() -> None:
    model = tiny.model("llama")
    for starts, length in ((("",), 12), (("man",), 1)):
        with pytest.raises(ModelError, match=r"starts have \d tokens: expected 1 to"):
            sampled(model, Writing(starts, length, 0))


def test_shipped_texts_are_taken_for_the_same_model_and_writing_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_file", lambda model: tmp_path / f"{model.name}.json")
    model = tiny.model("llama")
    assert shipped(model, WRITING) is None
    ship(model, [WRITING, replace(WRITING, seed=1)])
    kept = shipped(model, WRITING)
    assert kept is not None
    assert torch.equal(kept, sampled(model, WRITING))
    assert shipped(model, replace(WRITING, seed=2)) is None
    assert shipped(model, replace(WRITING, length=11)) is None
    assert shipped(replace(model, name="other"), WRITING) is None
    path = tmp_path / f"{model.name}.json"
    texts = json.loads(path.read_text())
    texts[0]["ids"][0][-1] = 7
    path.write_text(json.dumps(texts))
    (first, *_) = written(model, WRITING)
    assert first.ids[0, -1] == 7
    texts[0]["of"]["revision"] = "another"
    path.write_text(json.dumps(texts))
    assert shipped(model, WRITING) is None


def test_the_default_models_texts_are_of_its_own_chances() -> None:
    """Of a sampled text the mean surprise is the mean entropy, but for chance."""
    model = load("smollm2")
    fitted_on, judged_on = tuned_lens.settings_of(model).writing, lens_quality.writing_of(model)
    for writing in (fitted_on, judged_on):
        texts = shipped(model, writing)
        assert texts is not None
        assert texts.shape == (len(writing.starts), writing.length)
        ids = texts[:4]
        with torch.inference_mode():
            chances = model.network(ids).logits[:, :-1].double().log_softmax(-1)
        surprise = -chances.gather(2, ids[:, 1:, None])[:, 1:, 0]
        entropy = -(chances.exp() * chances).sum(2)[:, 1:]
        difference = (surprise - entropy).flatten()
        assert abs(difference.mean()) < 4 * difference.std() / len(difference) ** 0.5


def test_the_file_is_of_a_model_of_the_table() -> None:
    for path in (ROOT / "replication" / "data" / "written").iterdir():
        assert find(path.stem)[1] is None
