"""W1, the rank grid: how every token of a continuation ranks after every layer.

Every route reads through the final norm, so that all come to the same ranks; Ecco itself has none
on inner layers.
"""

from collections.abc import Generator
from typing import Any

import torch
from limits import alone
from networks import Shape, fast_tokenizer, model, network
from work import Route, Target, Work

Steps = Generator[str, None, dict[str, Any]]


def this_package(shape: Shape) -> Steps:
    """One pass, the vocabulary in chunks, ranks by counting."""
    from replication.measures.lens import continuation_ranks
    from replication.measures.record import record_ids

    ours = model(shape)
    yield "ready"
    recording = record_ids(ours, shape.ids(), shape.prompt)
    yield "pass"
    ranks = continuation_ranks(ours, recording, "final").ranks
    yield "ranks"
    return {"ranks": ranks}


@torch.inference_mode()
def ecco(shape: Shape) -> Steps:
    """Ecco's published procedure: the head and an argsort for each layer and each token."""
    net = network(shape)
    yield "ready"
    ids, first = shape.ids(), shape.prompt
    states = net(torch.tensor([ids]), output_hidden_states=True).hidden_states
    yield "pass"
    ranks = torch.empty(shape.layers, len(ids) - first, dtype=torch.long)
    for layer, state in enumerate(states[1:]):
        for column, position in enumerate(range(first - 1, len(ids) - 1)):
            logits = net.lm_head(normed(net, state[0, position], layer))
            order = torch.argsort(logits, descending=True)
            ranks[layer, column] = torch.nonzero(order == ids[position + 1])[0, 0] + 1
    yield "ranks"
    return {"ranks": ranks}


@torch.inference_mode()
def tutorial(shape: Shape) -> Steps:
    """All hidden states; the head and an argsort for each layer."""
    net = network(shape)
    yield "ready"
    ids, first = torch.tensor(shape.ids()), shape.prompt
    states = net(ids[None], output_hidden_states=True).hidden_states
    yield "pass"
    ranks = []
    for layer, state in enumerate(states[1:]):
        order = net.lm_head(normed(net, state[0, first - 1 : -1], layer)).argsort(descending=True)
        ranks.append((order == ids[first:, None]).nonzero()[:, 1] + 1)
    yield "ranks"
    return {"ranks": torch.stack(ranks)}


def normed(net: Any, state: torch.Tensor, layer: int) -> torch.Tensor:
    """A state through the final norm; the last of transformers' hidden states has been already."""
    last: bool = layer == net.config.n_layer - 1
    return state if last else net.transformer.ln_f(state)


@torch.inference_mode()
def transformer_lens(shape: Shape) -> Steps:
    """TransformerLens: its logit lens with targets."""
    from transformer_lens.model_bridge.sources import build_bridge_from_module
    from transformer_lens.tools.analysis import logit_lens

    net = network(shape)
    bridge = build_bridge_from_module(
        net, "GPT2LMHeadModel", hf_config=net.config, tokenizer=fast_tokenizer(shape)
    ).eval()
    yield "ready"
    ids = torch.tensor([shape.ids()])
    _, cache = bridge.run_with_cache(ids)
    yield "pass"
    found = logit_lens(
        cache,
        layers=range(1, shape.layers + 1),
        positions=slice(shape.prompt - 1, shape.tokens - 1),
        targets=ids[:, shape.prompt :],
    )
    yield "ranks"
    return {"ranks": found.rank_trajectory()[:, 0] + 1}


@torch.inference_mode()
def nnsight(shape: Shape) -> Steps:
    """nnsight: states saved in a trace, the head and an argsort for each layer."""
    from nnsight import LanguageModel, save

    net = network(shape)
    traced = LanguageModel(net, tokenizer=fast_tokenizer(shape))
    yield "ready"
    ids, first = torch.tensor(shape.ids()), shape.prompt
    with traced.trace(ids[None]):
        states = save([block.output for block in traced.transformer.h])
    yield "pass"
    ranks = []
    for state in states:
        logits = net.lm_head(net.transformer.ln_f(state[0, first - 1 : -1]))
        order = logits.argsort(descending=True)
        ranks.append((order == ids[first:, None]).nonzero()[:, 1] + 1)
    yield "ranks"
    return {"ranks": torch.stack(ranks)}


@torch.inference_mode()
def tuned_lens(shape: Shape) -> Steps:
    """tuned-lens: a prediction trajectory through its logit lens; the pass is part of it."""
    from tuned_lens.nn.lenses import LogitLens
    from tuned_lens.plotting import PredictionTrajectory

    net = network(shape)
    lens = LogitLens.from_model(net)
    words = fast_tokenizer(shape)
    yield "ready"
    ids = shape.ids()
    trajectory = PredictionTrajectory.from_lens_and_model(
        lens, net, ids[:-1], words, targets=ids[1:]
    )
    ranks = trajectory.rank().stats
    yield "ranks"
    return {"ranks": ranks[1:, shape.prompt - 1 :]}


def limit(shape: Shape) -> Steps:
    """The pass, and the products that no route can do without."""
    return alone(shape, rows=shape.layers * (shape.tokens - shape.prompt), stage="ranks")


WORK = Work(
    title="W1: ranks of a continuation after every layer",
    asked="23 tokens given, the 30 after them ranked after every layer",
    routes=(
        Route("this package", "ours", this_package),
        Route("Ecco's procedure", "peer", ecco),
        Route("tutorial: all states, sort per layer", "naive", tutorial),
        Route("TransformerLens", "peer", transformer_lens, peer="transformer-lens"),
        Route("nnsight", "peer", nnsight, peer="nnsight"),
        Route("tuned-lens, pass included", "peer", tuned_lens, peer="tuned-lens"),
        Route("float32 products alone", "limit", limit),
    ),
    shapes=(
        Shape("GPT-2 small's shape"),
        Shape("GPT2-Large's shape", layers=36, width=1280),
    ),
    compared="ranks",
    targets=(Target("peer", 2), Target("naive", 2), Target("limit", 1.3)),
)
