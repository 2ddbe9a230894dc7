"""W3, gradient x input for every token of a continuation."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import torch
from limits import alone
from networks import Shape, fast_tokenizer, model, network
from torch import Tensor
from work import Route, Target, Work

Steps = Generator[str, None, dict[str, Any]]


def this_package(shape: Shape) -> Steps:
    """One pass for a group of tokens, their gradients together."""
    from replication.measures.saliency import gradient_x_input_ids

    ours = model(shape)
    yield "ready"
    shares = gradient_x_input_ids(ours, shape.ids(), shape.prompt).shares
    yield "saliency"
    return {"shares": shares}


def captum(shape: Shape) -> Steps:
    """Captum as Ecco uses it: a pass and a gradient per token, logits of all positions."""
    return _captum(shape, lambda net, inputs: net(inputs_embeds=inputs).logits)


def captum_last(shape: Shape) -> Steps:
    """The same with the logits of the last position only."""
    return _captum(shape, lambda net, inputs: net(inputs_embeds=inputs, logits_to_keep=1).logits)


def _captum(shape: Shape, logits: Callable[[Any, Tensor], Tensor]) -> Steps:
    from captum.attr import InputXGradient

    net, ids = network(shape), shape.ids()
    method = InputXGradient(lambda inputs: logits(net, inputs)[:, -1])
    yield "ready"
    shares = np.zeros((shape.tokens - shape.prompt, shape.tokens - 1))
    for row, target in zip(shares, range(shape.prompt, shape.tokens), strict=True):
        inputs = net.get_input_embeddings()(torch.tensor([ids[:target]]))
        products = method.attribute(inputs.requires_grad_(), target=ids[target])
        row[:target] = _shares(products[0].detach())
    yield "saliency"
    return {"shares": shares}


def inseq(shape: Shape) -> Steps:
    """inseq: one call for a continuation that is given."""
    from inseq import load_model

    net, ids = network(shape), shape.ids()
    asked = load_model(net, "input_x_gradient", tokenizer=fast_tokenizer(shape))
    prompt = " ".join(map(str, ids[: shape.prompt]))
    whole = " ".join(map(str, ids))
    yield "ready"
    found = asked.attribute(prompt, whole, attributed_fn="logit", show_progress=False)
    products = found.sequence_attributions[0].target_attributions  # (position, target, width)
    yield "saliency"
    shares = np.zeros((shape.tokens - shape.prompt, shape.tokens - 1))
    for row, target in zip(shares, range(shape.prompt, shape.tokens), strict=True):
        row[:target] = _shares(products[:target, target - shape.prompt])
    return {"shares": shares}


def _shares(products: Tensor) -> Tensor:
    norms = products.norm(dim=-1)
    return norms / norms.sum()


def limit(shape: Shape) -> Steps:
    """One pass over all but the last token, and one pass back from each target to all before it,
    as products of the same number of multiplications.
    """
    positions = shape.tokens - 1 + sum(range(shape.prompt, shape.tokens))
    matrices = 12 * shape.layers * shape.width**2
    rows = round(positions * matrices / (shape.vocabulary * shape.width))
    return alone(shape, rows=rows, stage="saliency")


WORK = Work(
    title="W3: gradient x input of a continuation",
    asked="23 tokens given; for each of the 30 after them the share of every token before it",
    routes=(
        Route("this package", "ours", this_package),
        Route("captum per token, as Ecco", "peer", captum),
        Route("captum per token, last logits", "peer", captum_last),
        Route("inseq", "peer", inseq, peer="inseq"),
        Route("as many multiplications in float32 products alone", "limit", limit),
    ),
    shapes=(Shape("GPT-2 small's shape"),),
    compared="saliency",
    targets=(Target("peer", 2),),
)
