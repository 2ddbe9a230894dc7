"""What the processor can do at best, through torch."""

from collections.abc import Generator
from typing import Any

import torch
from networks import Shape, network

CHUNKS = (2048, 4096)
"""Rows of the vocabulary in a product; which is better depends on how many states there are."""


@torch.inference_mode()
def alone(shape: Shape, rows: int, stage: str) -> Generator[str, None, dict[str, Any]]:
    """A pass without its head, then the unembedding times so many states and nothing else.

    The vocabulary's rows are on the left, in chunks, and the output's buffer is used again: the
    fastest order that torch has. The better of two sizes of chunks counts.
    """
    net = network(shape)
    unembedding = net.lm_head.weight
    states = torch.randn(shape.width, rows)
    yield "ready"
    net.transformer(torch.tensor([shape.ids()]))
    yield "pass"
    for chunk in CHUNKS:
        buffer = torch.empty(min(chunk, shape.vocabulary), rows)
        for weights in unembedding.split(chunk):
            torch.mm(weights, states, out=buffer[: len(weights)])
        yield f"{stage}, chunks of {chunk}"
    return {}
