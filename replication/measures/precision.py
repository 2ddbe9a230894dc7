"""How many ranks half precision changes.

What is in half precision is to be named beside every number. *States*: the network runs in it; its
hidden states are then read in float32, by the final norm and the unembedding of the float32 model,
so that only what the network made of the text differs. *All*: the norm and the projection are in
half precision too, and logits are rounded so coarsely that many tokens share a rank.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import torch

from replication.base.norms import Norm
from replication.measures.lens import continuation_ranks
from replication.measures.record import Recording, read_ids, record_ids
from replication.measures.tuned_lens import share
from replication.models.language_model import LanguageModel
from replication.results.precision import Half, InHalf, RankChanges
from replication.results.ranks import RankGrid


def in_half_precision(model: LanguageModel, dtype: Half) -> LanguageModel:
    """A copy of a model whose weights are in half precision; the model itself stays as it is."""
    return replace(model, network=deepcopy(model.network).to(getattr(torch, dtype)))


def rank_changes(
    model: LanguageModel,
    prompt: str,
    continuation: str,
    norm: Norm,
    *,
    dtype: Half = "bfloat16",
    in_half: InHalf = "states",
) -> RankChanges:
    """The ranks of a given continuation, by a float32 model and by its copy in half precision.

    ``ModelError`` as in ``record``, and where the states are beyond float16's range.
    """
    ids, length = read_ids(model, prompt, continuation)
    return rank_changes_ids(model, ids, length, norm, dtype=dtype, in_half=in_half)


def rank_changes_ids(
    model: LanguageModel,
    ids: Sequence[int],
    prompt_length: int,
    norm: Norm,
    *,
    dtype: Half = "bfloat16",
    in_half: InHalf = "states",
) -> RankChanges:
    """``rank_changes`` for token ids, of which the first ``prompt_length`` are the prompt."""
    half = in_half_precision(model, dtype)
    if norm == "tuned":
        share(model, half)
    found = record_ids(half, ids, prompt_length)
    return RankChanges(
        full=continuation_ranks(model, record_ids(model, ids, prompt_length), norm),
        half=_read(model if in_half == "states" else half, found, norm),
        dtype=dtype,
        in_half=in_half,
        device=model.device.type,
    )


def _read(reader: LanguageModel, found: Recording, norm: Norm) -> RankGrid:
    """Ranks of states in any precision, by a model's own norm and unembedding."""
    states = found.states.to(reader.unembedding.dtype)
    return continuation_ranks(reader, replace(found, states=states), norm)
