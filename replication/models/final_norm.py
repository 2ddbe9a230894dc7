"""The final norm of a network taken apart: what it does to a hidden state, step by step."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from replication.models.language_model import LanguageModel

Step = Literal["centring", "scale", "gain", "bias"]
"""In the order in which a norm takes them: the mean over dimensions is taken away; what is left is
divided by the root of its mean square; every dimension is multiplied by a learned gain; a learned
bias is added. An RMS norm has the second and the third alone."""
STEPS: tuple[Step, ...] = ("centring", "scale", "gain", "bias")


@dataclass(frozen=True)
class FinalNorm:
    """The steps of one network's final norm."""

    centres: bool
    gain: Float[Tensor, " width"]
    bias: Float[Tensor, " width"] | None
    epsilon: float

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those that it has."""
        has = {"centring": self.centres, "scale": True, "gain": True, "bias": self.bias is not None}
        return tuple(step for step in STEPS if has[step])

    def apply(
        self, states: Float[Tensor, "*rest width"], steps: Collection[Step]
    ) -> Float[Tensor, "*rest width"]:
        """Hidden states after some of the steps, in the states' own precision.

        ``ValueError`` for a step that this norm does not have.
        """
        if unknown := set(steps) - set(self.steps):
            raise ValueError(
                f"this norm has no {min(unknown)}: expected some of {', '.join(self.steps)}"
            )
        if "centring" in steps:
            states = states - states.mean(-1, keepdim=True)
        if "scale" in steps:
            states = states * torch.rsqrt(states.square().mean(-1, keepdim=True) + self.epsilon)
        if "gain" in steps:
            states = states * self.gain.to(states.dtype)
        if "bias" in steps and self.bias is not None:
            states = states + self.bias.to(states.dtype)
        return states


def final_norm_of(model: LanguageModel) -> FinalNorm:
    """A model's final norm, by the table of architectures."""
    table, module = model.architecture, model.final_norm
    weight: Any = module.weight
    bias: Any = getattr(module, "bias", None)
    return FinalNorm(
        centres=table.norm_centres,
        gain=weight.detach() + table.gain_offset,
        bias=None if bias is None else bias.detach(),
        epsilon=float(getattr(module, table.norm_epsilon)),
    )
