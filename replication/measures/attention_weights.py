"""Measuring attention: its weights, and the queries and keys behind them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from replication.measures.record import Recording, read_ids, record_ids
from replication.models.hooks import hooked
from replication.models.language_model import LanguageModel
from replication.results.attention import Attention, QueriesAndKeys

OBSERVED = "eager-observed"


def attention_of(model: LanguageModel, recording: Recording) -> Attention:
    """The attention weights of a recording; ``ValueError`` if they were not recorded."""
    if recording.attention is None:
        raise ValueError("no attention was recorded: call record(..., attention=True)")
    return Attention(
        weights=recording.attention.numpy(),
        tokens=recording.tokens,
        provenance=replace(recording.provenance, prompt=model.text(recording.ids)),
    )


def queries_and_keys(model: LanguageModel, text: str) -> QueriesAndKeys:
    """Read a text, and keep every head's queries and keys with its weights.

    ``ModelError`` for an empty text or one longer than the model can read.
    """
    return queries_and_keys_ids(model, *read_ids(model, text))


def queries_and_keys_ids(
    model: LanguageModel, ids: Sequence[int], prompt_length: int
) -> QueriesAndKeys:
    """``queries_and_keys`` for token ids, of which the first ``prompt_length`` are the prompt."""
    seen: list[tuple[Tensor, Tensor, float]] = []
    parts = [block.get_submodule(model.architecture.attention) for block in model.blocks]
    with _observed(model.network), hooked(parts, lambda _, output: seen.append(output[1][1:])):
        recording = record_ids(model, ids, prompt_length, attention=True)
    queries, keys, scaling = zip(*seen, strict=True)
    return QueriesAndKeys(
        queries=torch.stack(queries).cpu().numpy(),
        keys=torch.stack(keys).cpu().numpy(),
        scaling=np.array(scaling),
        attention=attention_of(model, recording),
    )


@contextmanager
def _observed(network: Any) -> Iterator[None]:
    """Inside, attention returns its queries and keys too; its numbers stay what they are.

    transformers lets attention be computed by any function that is registered with it:
    https://huggingface.co/docs/transformers/attention_interface
    """
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    AttentionInterface.register(OBSERVED, _attend)
    AttentionMaskInterface.register(OBSERVED, eager_mask)
    before = network.config._attn_implementation
    network.set_attn_implementation(OBSERVED)
    try:
        yield
    finally:
        network.set_attn_implementation(before)


def _attend(
    module: nn.Module, query: Tensor, key: Tensor, *others: Any, scaling: float, **options: Any
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, float]]:
    """The architecture's own eager attention, on a batch of one text.

    Instead of the weights it returns those of the one text, which is what ``record`` takes
    of them, with the vectors they were made from.
    """
    eager = sys.modules[type(module).__module__].eager_attention_forward
    output, weights = eager(module, query, key, *others, scaling=scaling, **options)
    repeated = key.repeat_interleave(query.shape[1] // key.shape[1], dim=1)
    return output, (weights[0], query[0], repeated[0], scaling)
