"""W2, a whole text: at every position after every layer the rank and the probability of the next
token, the entropy and the ten best.

The pass is timed by itself; all routes read through the final norm.
"""

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from limits import alone
from networks import Shape, fast_tokenizer, model, network
from torch import Tensor
from work import Route, Target, Work
from works.rank_grid import normed

Steps = Generator[str, None, dict[str, Any]]
BEST = 10
SHAPE = Shape("GPT-2 small's shape", tokens=1024)
STATES = SHAPE.layers * SHAPE.tokens * SHAPE.width * 4 / 2**20
"""Megabytes of the hidden states that are read: 150 are allowed beyond the network and them."""


def texts(shape: Shape) -> Tensor:
    """(text, position): the ids of all texts."""
    return torch.tensor([shape.ids(text) for text in range(shape.texts)])


def following(shape: Shape) -> Tensor:
    """The token after each; after the last of a text, its first."""
    return texts(shape).roll(-1, 1).flatten()


def this_package(shape: Shape) -> Steps:
    """One pass over the vocabulary, in chunks."""
    from replication.measures.lens import readable_states
    from replication.measures.projection import project
    from replication.measures.record import record_ids

    ours = model(shape)
    yield "ready"
    recordings = [record_ids(ours, ids) for ids in texts(shape).tolist()]
    yield "pass"
    states = torch.cat([readable_states(ours, one, "final") for one in recordings], dim=1)
    targets = following(shape).expand(len(states), -1)[..., None]
    found = project(
        states,
        ours.unembedding,
        ranks_of=targets,
        log_probabilities_of=targets,
        best=BEST,
        entropy=True,
    )
    yield "lens"
    return {
        "ranks": found.ranks[..., 0],
        "probabilities": found.log_probabilities[..., 0].exp(),
        "entropy": found.entropy,
        "best": found.best,
    }


@torch.inference_mode()
def tutorial(shape: Shape, *, sort: bool = True) -> Steps:
    """All hidden states; the head over the whole vocabulary for each layer."""
    net = network(shape)
    yield "ready"
    states = net(texts(shape), output_hidden_states=True).hidden_states
    yield "pass"
    targets = following(shape)[:, None]
    found: dict[str, list[Tensor]] = {}
    for layer, state in enumerate(states[1:]):
        logits = net.lm_head(normed(net, state.flatten(0, 1), layer))
        shares = logits.log_softmax(-1)
        if sort:
            order = logits.argsort(descending=True)
            ranks, best = (order == targets).nonzero()[:, 1] + 1, order[:, :BEST].clone()
        else:
            ranks = (logits > logits.gather(1, targets)).sum(1) + 1
            best = logits.topk(BEST).indices
        found.setdefault("ranks", []).append(ranks)
        found.setdefault("probabilities", []).append(shares.gather(1, targets)[:, 0].exp())
        found.setdefault("entropy", []).append(bits(-(shares.exp() * shares).sum(-1)))
        found.setdefault("best", []).append(best)
    yield "lens"
    return {name: torch.stack(values) for name, values in found.items()}


def counting(shape: Shape) -> Steps:
    """The same, counting greater logits instead of sorting."""
    return tutorial(shape, sort=False)


def bits(nats: Tensor) -> Tensor:
    """The same in bits, as the package gives it."""
    return nats / torch.log(torch.tensor(2.0))


@torch.inference_mode()
def transformer_lens(shape: Shape) -> Steps:
    """TransformerLens: its logit lens, once for the targets and once for the best."""
    from transformer_lens.model_bridge.sources import build_bridge_from_module
    from transformer_lens.tools.analysis import logit_lens

    net = network(shape)
    bridge = build_bridge_from_module(
        net, "GPT2LMHeadModel", hf_config=net.config, tokenizer=fast_tokenizer(shape)
    ).eval()
    yield "ready"
    _, cache = bridge.run_with_cache(texts(shape))
    yield "pass"
    asked: dict[str, Any] = {"layers": range(1, shape.layers + 1), "positions": None}
    found = logit_lens(cache, targets=following(shape)[None], return_type="probs", **asked)
    best = logit_lens(cache, top_k=BEST, **asked)
    yield "lens"
    return {
        "ranks": found.rank_trajectory()[:, 0] + 1,
        "probabilities": found.values[:, 0, :, 0],
        "entropy": bits(found.readout.entropy[:, 0]),
        "best": best.readout.top_ids[:, 0],
    }


@torch.inference_mode()
def tuned_lens(shape: Shape) -> Steps:
    """tuned-lens: a prediction trajectory through its logit lens; the pass is part of it."""
    from tuned_lens.nn.lenses import LogitLens
    from tuned_lens.plotting import PredictionTrajectory

    net = network(shape)
    lens = LogitLens.from_model(net)
    words = fast_tokenizer(shape)
    targets = following(shape)
    yield "ready"
    found = PredictionTrajectory.from_lens_and_model(
        lens, net, shape.ids(), words, targets=targets.tolist()
    )
    ranks, entropy = found.rank().stats, found.entropy().stats
    probabilities = np.exp(found.log_probs[:, range(shape.tokens), targets.numpy()])
    best = torch.from_numpy(found.log_probs).topk(BEST).indices
    yield "lens"
    return {
        "ranks": ranks[1:],
        "probabilities": probabilities[1:],
        "entropy": bits(torch.tensor(entropy[1:])),
        "best": best[1:],
    }


def limit(shape: Shape) -> Steps:
    """The products that no route can do without."""
    return alone(shape, rows=shape.layers * shape.tokens, stage="lens")


WORK = Work(
    title="W2: a whole text after every layer",
    asked="1,024 tokens after 12 layers: rank and probability of the next token, entropy, ten best",
    routes=(
        Route("this package", "ours", this_package),
        Route("tutorial: all states, sort per layer", "naive", tutorial),
        Route("tutorial, counting", "naive", counting),
        Route("TransformerLens", "peer", transformer_lens, peer="transformer-lens"),
        Route("tuned-lens, pass included", "peer", tuned_lens, peer="tuned-lens", gigabytes=17),
        Route("float32 products alone", "limit", limit),
    ),
    shapes=(SHAPE,),
    compared="lens",
    targets=(
        Target("limit", 1.3),
        Target("naive", 2),
        Target("peer", 2),
        Target("megabytes", 150 + STATES),
    ),
)
