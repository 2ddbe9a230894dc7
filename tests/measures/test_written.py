"""Texts that a model writes: their states are those of a plain pass, their chance is the seed's."""

import pytest
import tiny
import torch

from replication.measures import written
from replication.measures.record import record_ids
from replication.measures.written import write
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel

STARTS = ("The keys", "man", "1, 1", "cabinet", "are here")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "BATCH", 3)


def test_states_are_those_of_one_pass_over_each_text(model: LanguageModel) -> None:
    for part in ("feed-forward", "attention"):
        batches = list(write(model, STARTS, 12, 0, part))
        assert [len(batch.ids) for batch in batches] == [3, 2]
        for batch in batches:
            assert batch.ids.shape[1] == 12
            for number, ids in enumerate(batch.ids.tolist()):
                read = record_ids(model, ids, sublayers=True)
                states = read.states if part == "feed-forward" else read.after_attention
                assert states is not None
                close = {"rtol": 1e-3, "atol": 1e-3}
                torch.testing.assert_close(batch.states[:, number], states[:, 1:], **close)
                torch.testing.assert_close(batch.final[number], read.states[-1, 1:], **close)


def test_texts_begin_with_their_starts_and_go_on_by_the_seed() -> None:
    model = tiny.model("gemma3_text")
    one, same, other = (
        torch.cat([batch.ids for batch in write(model, STARTS, 12, seed)]) for seed in (0, 0, 1)
    )
    begun = [model.encode(start, start=True) for start in STARTS]
    common = min(map(len, begun))
    assert one[:, :common].tolist() == [ids[:common] for ids in begun]
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert not (one[:, common:] == model.network.config.eos_token_id).any()


def test_no_text_without_a_start_or_room() -> None:
    model = tiny.model("llama")
    for starts, length in ((("",), 12), (("man",), 1)):
        with pytest.raises(ModelError, match=r"starts have \d tokens: expected 1 to"):
            list(write(model, starts, length, 0))
