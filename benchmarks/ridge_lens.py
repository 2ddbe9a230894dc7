"""The tuned lens fitted by ridge regression, beside one trained by the paper's own loss.

Both on the same texts, which the model writes itself, and judged on others that it writes. What is
trained here is plain torch: a linear layer from zero (as in the tuned-lens package), Adam, and the
divergence KL(output || layer). Where ``tuned_lens`` can be imported, its class reads our maps too.

    python benchmarks/ridge_lens.py MODEL LAYER... [--steps N]
"""

import argparse
import math
import time
from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor, nn

from replication.measures import lens_quality
from replication.measures.lens import readable
from replication.measures.tuned_lens import lens_of, settings_of
from replication.measures.written import written
from replication.models.language_model import LanguageModel
from replication.models.loading import load

ROWS = 128  # positions of a step, and at most so many are judged at once
JUDGED = 512

Reading = Callable[[Tensor], Tensor]


def rows(model: LanguageModel, held_out: bool) -> tuple[Tensor, Tensor]:
    """States of all layers and last states, (layer, row, width) and (row, width)."""
    writing = lens_quality.writing_of(model) if held_out else settings_of(model).writing
    batches = list(written(model, writing))
    return (
        torch.cat([batch.states.flatten(1, 2) for batch in batches], dim=1).clone(),
        torch.cat([batch.final.flatten(0, 1) for batch in batches]).clone(),
    )


def bits(output: Tensor, layer: Tensor) -> Tensor:
    """KL(output || layer) of logits, for each row."""
    one, other = output.log_softmax(-1), layer.log_softmax(-1)
    return (one.exp() * (one - other)).sum(-1) / math.log(2)


def trained(model: LanguageModel, states: Tensor, final: Tensor, steps: int) -> nn.Linear:
    """A map of one layer by the paper's loss; its learning rate falls to 0 along a line."""
    width = states.shape[1]
    added = nn.Linear(width, width)
    nn.init.zeros_(added.weight)
    nn.init.zeros_(added.bias)
    optimizer = torch.optim.Adam(added.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, steps)
    chance = torch.Generator().manual_seed(0)
    for _ in range(steps):
        chosen = torch.randint(0, len(states), (ROWS,), generator=chance)
        with torch.no_grad():
            output = model.final_norm(final[chosen]) @ model.unembedding.T
        state = states[chosen]
        read = model.final_norm(state + added(state)) @ model.unembedding.T
        optimizer.zero_grad()
        bits(output, read).mean().backward()
        optimizer.step()
        schedule.step()
    return added


def judged(model: LanguageModel, states: Tensor, final: Tensor, reading: Reading) -> float:
    """Mean divergence over rows that nothing was fitted on."""
    chosen = torch.randperm(len(final), generator=torch.Generator().manual_seed(0))[:JUDGED]
    with torch.no_grad():
        found = [
            bits(
                model.final_norm(final[some]) @ model.unembedding.T,
                model.final_norm(reading(states[some])) @ model.unembedding.T,
            )
            for some in chosen.split(ROWS)
        ]
    return float(torch.cat(found).mean())


def in_package(model: LanguageModel, states: Tensor) -> str:
    """The greatest difference between logits by the package's class and by ours."""
    try:
        package = import_module("tuned_lens.nn")
    except ImportError:
        return "tuned_lens is not installed"
    theirs, ours = package.TunedLens.from_model(model.network), lens_of(model)
    worst = 0.0
    with torch.no_grad():
        read = readable(model, states, "tuned")
        for layer, translator in enumerate(theirs.layer_translators):
            translator.weight.copy_(ours.matrices[layer])
            translator.bias.copy_(ours.offsets[layer])
            logits = theirs(states[layer], layer) - read[layer] @ model.unembedding.T
            worst = max(worst, float(logits.abs().max()))
    return f"logits of the tuned_lens package with our maps differ by up to {worst:.2g}"


def main() -> None:
    """Print divergences by layer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("layers", type=int, nargs="+")
    parser.add_argument("--steps", type=int, default=200)
    asked = parser.parse_args()
    model = load(asked.model)
    ridge = lens_of(model)
    states, final = rows(model, held_out=False)
    other, other_final = rows(model, held_out=True)
    print(in_package(model, other[:, :32]), flush=True)
    for layer in asked.layers:
        begun = time.perf_counter()
        by_loss = trained(model, states[layer], final, asked.steps)
        seconds = time.perf_counter() - begun

        def by_ridge(state: Tensor, at: int = layer) -> Tensor:
            return state + state @ ridge.matrices[at].T + ridge.offsets[at]

        def by_training(state: Tensor, added: nn.Linear = by_loss) -> Tensor:
            return state + added(state)

        readings = {"logit lens": lambda state: state, "ridge": by_ridge, "trained": by_training}
        found = (
            f"{name} {judged(model, other[layer], other_final, reading):.2f}"
            for name, reading in readings.items()
        )
        print(f"layer {layer}: bits {', '.join(found)} ({seconds:.0f} s of training)", flush=True)


if __name__ == "__main__":
    main()
