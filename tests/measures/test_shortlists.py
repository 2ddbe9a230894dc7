"""Shortlists, against the lens on the same texts."""

import numpy as np
import pytest
import tiny
import torch

from replication.base.norms import Norm
from replication.measures.record import record
from replication.measures.shortlists import shortlists
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.provenance import Provenance
from replication.results.shortlists import Shortlists

TEXTS = ("The keys to the cabinet are", "1. Austria\n2. Belgium")
SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")


@pytest.mark.parametrize("norm", ["none", "final"])
def test_ranks_are_counted_position_by_position(model: LanguageModel, norm: Norm) -> None:
    recordings = [record(model, text) for text in TEXTS]
    layers = (1, 0)
    found = shortlists(model, recordings, norm, layers)
    best, own = [], []
    for recording in recordings:
        for position in range(recording.start_length, len(recording.ids)):
            with torch.inference_mode():
                states = recording.states[list(layers), position]
                states = model.final_norm(states) if norm == "final" else states
                early = states @ model.unembedding.T
                late = model.unembedding @ model.final_norm(recording.states[-1, position])
            best.append(int(late.argmax()))
            own.append([1 + int((one > one[best[-1]]).sum()) for one in early])
    np.testing.assert_array_equal(found.own.T, own)
    assert (len(found.texts), found.layers) == (len(own), layers)
    assert set(found.texts) == set(TEXTS)
    assert (found.own != found.others).any()


def test_where_all_ends_alike_there_is_no_other_token() -> None:
    made = tiny.model("gpt2")
    with pytest.raises(ModelError, match="every position ends with the same token"):
        shortlists(made, [record(made, "1")], "final")


def test_ranks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"layers \(0,\) and 1 positions: expected \(1, 1\)"):
        Shortlists(np.array([[1, 2]]), np.array([[1, 2]]), (0,), ("a",), 9, SOURCE)
    with pytest.raises(ValueError, match="ranks run from 0 to 10: expected 1 to 9"):
        Shortlists(np.array([[0, 2]]), np.array([[1, 10]]), (0,), ("a", "b"), 9, SOURCE)
