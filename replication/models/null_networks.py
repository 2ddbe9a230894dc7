"""Networks from which training is taken away in part (``replication.models.nulls``)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from replication.models.architectures import architecture_of
from replication.models.nulls import Null
from replication.models.quantization import add_quantization_noise


def made(null: Null, trained: Any, fresh: Callable[[], Any], *, start: bool) -> Any:
    """The network of a null that keeps some of the trained weights; ``trained`` is changed.

    ``fresh`` makes an untrained network, and ``start`` says whether texts begin with a start token.
    """
    seed = null.seed or 0
    match null.kind:
        case "permuted":
            return permuted(trained, seed)
        case "random-blocks":
            return with_blocks_of(trained, fresh())
        case "shuffled-unembedding":
            return with_shuffled_unembedding(trained, seed)
        case "last-token-only":
            return seeing_one_token(trained, start=start)
        case "noise":
            return add_quantization_noise(trained, seed)
        case "blind-lens":
            return trained  # what differs is how its inner states are read
        case _:
            raise ValueError(f"{null.kind} keeps no trained weights: it is made elsewhere")


def permuted(network: Any, seed: int) -> Any:
    """Every matrix and vector keeps its values and loses their places; tied ones stay tied."""
    random = np.random.default_rng(seed)
    for parameter in network.parameters():
        values = parameter.detach().numpy().ravel().copy()
        random.shuffle(values)
        parameter.data = torch.from_numpy(values).view(parameter.shape)
    return network


def with_blocks_of(network: Any, other: Any) -> Any:
    """Embeddings, final norm and unembedding stay; the blocks are another network's."""
    path = architecture_of(network).blocks
    network.set_submodule(path, other.get_submodule(path))
    return network


def with_shuffled_unembedding(network: Any, seed: int) -> Any:
    """Each token is read with the row of another, and embedded by its own, tied or not."""
    head = network.get_submodule(architecture_of(network).head)
    order = np.random.default_rng(seed).permutation(len(head.weight))
    head.weight = nn.Parameter(head.weight.detach()[torch.from_numpy(order)], requires_grad=False)
    return network


def seeing_one_token(network: Any, *, start: bool) -> Any:
    """Attention sees its own position alone, and with ``start`` the first one too.

    What follows a token is then a function of this token: a bigram, as the network has learned it.
    """
    architecture = architecture_of(network)

    def narrow(_: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return inputs, named | {"attention_mask": _own_alone(named["attention_mask"], start)}

    for block in network.get_submodule(architecture.blocks):
        attention = block.get_submodule(architecture.attention)
        attention.register_forward_pre_hook(narrow, with_kwargs=True)
    return network


def _own_alone(mask: Tensor, start: bool) -> Tensor:
    """A mask (..., query, key) that also hides all but a query's own key, and the first one."""
    queries, keys = mask.shape[-2:]
    seen = torch.eye(keys, dtype=torch.bool, device=mask.device)[keys - queries :]
    seen[:, 0] |= start
    return mask.masked_fill(~seen, torch.finfo(mask.dtype).min)
