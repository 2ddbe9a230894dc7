"""The tuned lens: an affine map for every layer, from its hidden state to the last block's.

Belrose et al. 2023, https://arxiv.org/abs/2303.08112, read a hidden state *h* of layer *l* through
``h + A_l h + b_l``, the model's final norm and its unembedding. They train the maps by gradient
descent on the divergence from the model's output. Here they are fitted by ridge regression in
closed form, which needs a small part of the text and of the time.

What is minimized is the squared error of the last hidden state in units of its own root mean
square, position by position: the final norm divides by that anyway, and without it the few
positions with large states would make the fit. The penalty is on the map and not on the offset,
for inputs of unit variance, so that a greater one leads back to the logit lens. Of ``PENALTIES``
the one is taken, layer by layer, with the smallest error on every ``CHOOSING``-th text, which is
left out for that; then all texts are fitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from replication.measures.written import Written

PENALTIES = (1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
"""As shares of the variance of each input."""
CHOOSING = 5


@dataclass(frozen=True)
class TunedLens:
    """What is added to a hidden state: a matrix times it, and an offset, for every layer.

    Those of the last block's output are zero: it is the model's own.
    """

    matrices: Float[Tensor, "layer width width"]
    """(output, input)"""
    offsets: Float[Tensor, "layer width"]
    penalties: Float[Tensor, " layer"]
    """The share of ``PENALTIES`` that was chosen."""

    def __call__(
        self, states: Float[Tensor, "some_layers *rest width"]
    ) -> Float[Tensor, "some_layers *rest width"]:
        """Hidden states of the last few layers, or of all, as the last block would leave them."""
        matrices, offsets = (
            each[-len(states) :].to(states.dtype) for each in (self.matrices, self.offsets)
        )
        rows = states.flatten(1, -2) if states.ndim > 2 else states[:, None]
        added = torch.baddbmm(offsets[:, None], rows, matrices.transpose(1, 2))
        return states + added.view(states.shape)

    def to(self, device: torch.device) -> "TunedLens":
        """The same lens on another device."""
        return TunedLens(*(tensor.to(device) for tensor in vars(self).values()))


@dataclass
class Moments:
    """Sums over positions, for every layer, from which the map and its error follow."""

    inputs: Float[Tensor, "layer one_more one_more"]
    """Of products of the state, with a one after it, with itself."""
    outputs: Float[Tensor, "layer one_more width"]
    """Of products of the state, with a one after it, with what is to be added."""
    squares: Float[Tensor, " layer"]
    """Of what is to be added."""

    @classmethod
    def none(cls, layers: int, width: int, device: torch.device | None = None) -> "Moments":
        """Of no position."""
        sizes = (layers, width + 1, width + 1), (layers, width + 1, width), (layers,)
        return cls(*(torch.zeros(size, dtype=torch.float64, device=device) for size in sizes))

    def add(
        self, states: Float[Tensor, "layer row width"], final: Float[Tensor, "row width"]
    ) -> None:
        """Count some positions in, each in units of its last state's root mean square."""
        scale = final.double().square().mean(1, keepdim=True).rsqrt()
        for layer, state in enumerate(states):
            missing = (final.double() - state) * scale
            rows = torch.cat([state * scale, scale], dim=1)
            self.inputs[layer] += rows.T @ rows
            self.outputs[layer] += rows.T @ missing
            self.squares[layer] += missing.square().sum()

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.inputs + other.inputs, self.outputs + other.outputs, self.squares + other.squares
        )

    def fitted(self, layer: int, penalty: float) -> Float[Tensor, "one_more width"]:
        """The map of a layer, inputs down and outputs across, with the offset as its last row."""
        whole, wanted = self.inputs[layer], self.outputs[layer]
        count, means, mean_wanted = whole[-1, -1], whole[-1, :-1], wanted[-1]
        inputs = whole[:-1, :-1] - torch.outer(means, means) / count
        outputs = wanted[:-1] - torch.outer(means, mean_wanted) / count
        sizes = inputs.diagonal().clamp(min=torch.finfo(torch.float64).tiny).sqrt()
        alike = inputs / torch.outer(sizes, sizes)
        held = alike + penalty * torch.eye(len(sizes), dtype=torch.float64, device=alike.device)
        matrix = torch.linalg.solve(held, outputs / sizes[:, None]) / sizes[:, None]
        return torch.cat([matrix, ((mean_wanted - means @ matrix) / count)[None]])

    def error(self, layer: int, fitted: Float[Tensor, "one_more width"]) -> float:
        """The sum of squares that a map leaves."""
        gained = (fitted * (2 * self.outputs[layer] - self.inputs[layer] @ fitted)).sum()
        return float(self.squares[layer] - gained)


def fit(texts: Iterable[Written]) -> TunedLens:
    """The maps of every layer, fitted where the states are and brought back to the processor.

    ``ValueError`` where there are too few texts to choose a penalty.
    """
    parts: list[Moments] = []
    number = 0
    for written in texts:
        layers, count, _, width = written.states.shape
        parts = parts or [Moments.none(layers, width, written.states.device) for _ in range(2)]
        for text in range(count):
            left_out = (number + text) % CHOOSING == CHOOSING - 1
            parts[left_out].add(written.states[:, text], written.final[text])
        number += count
    if number < CHOOSING:
        raise ValueError(f"{number} texts to fit on: expected {CHOOSING} or more")
    return _of_moments(*parts)


def _of_moments(fitting: Moments, choosing: Moments) -> TunedLens:
    maps, chosen = [], []
    whole = fitting + choosing
    for layer in range(len(whole.squares)):
        errors = {
            choosing.error(layer, fitting.fitted(layer, penalty)): penalty for penalty in PENALTIES
        }
        chosen.append(errors[min(errors)])
        maps.append(whole.fitted(layer, chosen[-1]))
    fitted = torch.stack(maps).float().cpu()
    return TunedLens(
        fitted[:, :-1].transpose(1, 2).contiguous(),
        fitted[:, -1].contiguous(),
        torch.tensor(chosen),
    )
