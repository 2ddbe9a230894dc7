"""The cost of the lens, against what torch counts while it runs."""

import pytest
import tiny
import torch
from torch.utils.flop_counter import FlopCounterMode

from replication.measures.cost import lens_cost
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.cost import LensCost

TEXT = "The keys to the cabinet are here"


def test_multiplications_are_those_that_torch_counts(model: LanguageModel) -> None:
    """Torch counts two operations for each: a multiplication and an addition."""
    ids = torch.tensor([model.encode(TEXT, start=True)])
    found = lens_cost(model, ids.shape[1])
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        model.network(ids, use_cache=False)
    assert counted.get_total_flops() == 2 * found.forward
    states = record(model, TEXT).states
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        states.flatten(0, 1) @ model.unembedding.T
    assert counted.get_total_flops() == 2 * found.lens
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        states[:, -1] @ model.unembedding.T
    assert counted.get_total_flops() == 2 * found.last_position


def test_no_tokens_cost_nothing_that_can_be_compared() -> None:
    with pytest.raises(ModelError, match="0 tokens given: expected at least 1"):
        lens_cost(tiny.model("llama"), 0)


def test_costs_that_do_not_fit_are_refused() -> None:
    source = tiny.model("llama").provenance("", None)
    with pytest.raises(ValueError, match="21 multiplications at 4 positions do not fit 5 at one"):
        LensCost(4, 100, 21, 5, source)
