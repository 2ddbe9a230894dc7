"""Noise of the size of a model's own quantization: what its numbers were rounded by.

Weights that come quantized are spread evenly over a few levels in each block of neighbours: in Q4_1
of llama.cpp (https://github.com/ggml-org/llama.cpp) over 16 levels in each 32 weights of a row, as
least + step * number. Rounding moved each weight by up to half a step, and it is not known how far,
so noise of that size makes another network that the same file could have come from.
"""

import copy
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)

BLOCK = 32
"""Weights of a row that share a step in Q4_1, as in most formats of GGUF files."""


def block_steps(weights: Float[Tensor, "row column"]) -> Float[Tensor, "row block"]:
    """The step of each block, as the dequantized weights show it.

    It is the smallest gap between different weights of the block: the step itself where two levels
    next to each other are taken, and a multiple of it otherwise. Blocks of other formats that join
    two scales may show less than either step, so that noise is rather too small than too large.
    Gaps under a thousandth of the block's range are the rounding of numbers and no gaps. A block
    that is the same everywhere has no step, which is 0. ``ValueError`` for rows that are not made
    of whole blocks.
    """
    rows, columns = weights.shape
    if columns % BLOCK:
        raise ValueError(f"rows of {columns} weights: expected a multiple of {BLOCK}")
    ordered = weights.reshape(rows, -1, BLOCK).sort(dim=-1).values
    gaps = ordered.diff(dim=-1)
    span = ordered[..., -1:] - ordered[..., :1]
    steps = gaps.masked_fill(gaps <= span * 1e-3, torch.inf).amin(dim=-1)
    return steps.masked_fill(steps.isinf(), 0)


def add_quantization_noise(network: Network, seed: int) -> Network:
    """A copy of a network whose matrices each have uniform noise of up to half a step added.

    Vectors, such as the gains of norms, are kept in full in quantized files and stay as they are,
    as do matrices whose rows are not made of whole blocks. Matrices that are tied stay tied. Made
    from the same seed it is the same network; what else draws random numbers is not disturbed. In
    weights that were never quantized gaps are next to nothing, and so is the noise.
    """
    noisy = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in noisy.parameters():  # a tied one is given once
            if weights.ndim == 2 and weights.shape[1] % BLOCK == 0:
                steps = block_steps(weights).repeat_interleave(BLOCK, dim=1)
                weights.add_(steps * (torch.rand(weights.shape, generator=generator) - 0.5))
    return noisy
