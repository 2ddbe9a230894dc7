"""What the processor can do at best, through torch."""

import time
from collections.abc import Generator
from typing import Any

import numpy as np
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
    taken = []
    for chunk in CHUNKS:
        begun = time.perf_counter()
        buffer = torch.empty(min(chunk, shape.vocabulary), rows)
        for weights in unembedding.split(chunk):
            torch.mm(weights, states, out=buffer[: len(weights)])
        taken.append(time.perf_counter() - begun)
        yield f"{stage}, chunks of {chunk}"
    return {"GFLOP/s": np.array(2 * unembedding.numel() * rows / min(taken) / 1e9)}
