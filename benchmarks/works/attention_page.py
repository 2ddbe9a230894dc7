"""A page of attention for a long text, by BertViz as it comes and by this package.

Both have BertViz's head view with all layers. BertViz's own needs a network when it is opened, for
three scripts; the package's has them in it.
"""

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from networks import Shape, fast_tokenizer, model, network
from work import Route, Target, Work

Steps = Generator[str, None, dict[str, Any]]


def this_package(shape: Shape) -> Steps:
    """Weights with as many decimals as can be seen."""
    from replication.measures.attention_weights import attention_of
    from replication.measures.record import record_ids
    from replication.pages.attention import head_view

    ours = model(shape)
    yield "ready"
    found = attention_of(ours, record_ids(ours, shape.ids(), attention=True))
    yield "pass"
    page = head_view(found)
    yield "page"
    return {"megabytes": _megabytes(page)}


@torch.inference_mode()
def bertviz(shape: Shape) -> Steps:
    """The call that its documentation shows."""
    import bertviz

    net, words = network(shape), fast_tokenizer(shape)
    yield "ready"
    weights = net(torch.tensor([shape.ids()]), output_attentions=True).attentions
    yield "pass"
    tokens = words.convert_ids_to_tokens(shape.ids())
    page = bertviz.head_view(weights, tokens, html_action="return").data
    yield "page"
    return {"megabytes": _megabytes(page)}


def _megabytes(page: str) -> np.ndarray:
    return np.array(len(page.encode()) / 1e6)


WORK = Work(
    title="A page of attention for a long text",
    asked="weights of 12 layers x 12 heads between 100 tokens made into a page",
    routes=(
        Route("this package", "ours", this_package),
        Route("BertViz", "peer", bertviz),
    ),
    shapes=(Shape("GPT-2 small's shape", tokens=100),),
    compared="page",
    targets=(Target("peer", 1),),
)
