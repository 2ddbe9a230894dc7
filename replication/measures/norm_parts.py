"""Hidden states read through parts of the final norm, to tell what of it the lens needs.

The articles give inner states to the unembedding without the final norm. What that leaves out is
up to four steps (``replication.models.final_norm``); here a state is read after any of them, and
with the few dimensions set to 0 that are greatest in size, at each layer and text for itself. A
positive scale changes the order of no two logits; a gain may change it, and turns a dimension round
where it is negative.

Unlike under ``norm="none"``, the last layer is read like every other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.articles.thresholds import OUTLIERS
from replication.measures.many_texts import last_states
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.models.final_norm import FinalNorm, Step, final_norm_of
from replication.models.language_model import LanguageModel
from replication.results.norm_parts import (
    BIAS,
    CENTRING,
    CLIPPED,
    GAIN,
    RAW,
    SCALE,
    SIGNS,
    SIZES,
    WHOLE,
    NormParts,
    NormPartsSet,
)
from replication.results.patching import Pair


@dataclass(frozen=True)
class Reading:
    """One way to make a hidden state ready for the unembedding."""

    name: str
    steps: tuple[Step, ...] = ()
    of_gain: Literal["all", "size", "sign"] = "all"
    """What of the gain is taken, where its step is."""
    without: int = 0
    """How many dimensions, those greatest in size in the state itself, are set to 0 first."""


def readings_of(norm: FinalNorm) -> tuple[Reading, ...]:
    """The readings that a norm's steps allow, the raw state first and the whole norm last.

    A bias is read with the scale, since it is added to a state that has been divided by it.
    """
    every = (
        Reading(RAW),
        Reading(SCALE, ("scale",)),
        Reading(CENTRING, ("centring",)),
        Reading(BIAS, ("scale", "bias")),
        Reading(CLIPPED, without=OUTLIERS),
        Reading(SIZES, ("gain",), "size"),
        Reading(SIGNS, ("gain",), "sign"),
        Reading(GAIN, ("gain",)),
        Reading(WHOLE, norm.steps),
    )
    return tuple(reading for reading in every if set(reading.steps) <= set(norm.steps))


def read_by(
    norm: FinalNorm, states: Float[Tensor, "*rest width"], reading: Reading
) -> Float[Tensor, "*rest width"]:
    """Hidden states as one reading gives them to the unembedding."""
    if reading.without:
        states = states.scatter(-1, largest(states, reading.without), 0.0)
    taken = {"all": norm.gain, "size": norm.gain.abs(), "sign": norm.gain.sign()}
    return replace(norm, gain=taken[reading.of_gain]).apply(states, reading.steps)


def largest(states: Float[Tensor, "*rest width"], count: int) -> Int[Tensor, "*rest outlier"]:
    """The dimensions of each state that are greatest in size, the greatest first."""
    return states.abs().topk(count, dim=-1).indices


def norm_parts(model: LanguageModel, recording: Recording, words: Sequence[str]) -> NormParts:
    """The ranks of words for the position after the text by every reading.

    In double precision, so that readings that must agree do so to the last of the ranks. Each word
    must be one token (``ModelError`` shows how it splits otherwise).
    """
    if not words:
        raise ModelError("no words to rank: name at least one")
    norm, states = final_norm_of(model), recording.states[:, -1].double()
    readings = readings_of(norm)
    rows = torch.stack([read_by(norm, states, reading) for reading in readings], dim=1)
    ids = torch.tensor([model.single_token(word) for word in words])
    targets = ids.expand(*rows.shape[:2], -1)
    ranks = project(rows, model.unembedding, ranks_of=targets).ranks
    states, gain = states.cpu(), norm.gain.cpu()
    outliers = largest(states, OUTLIERS)
    squares = states.square() / states.square().sum(-1, keepdim=True)
    return NormParts(
        ranks=ranks.numpy(),
        readings=tuple(reading.name for reading in readings),
        words=tuple(words),
        gain=gain.double().numpy(),
        largest=outliers.numpy(),
        share=squares.gather(-1, outliers).sum(-1).numpy(),
        share_turned=squares[:, gain < 0].sum(-1).numpy(),
        size=(squares * squares.shape[-1]).sqrt().amax(dim=0).numpy(),
        provenance=recording.provenance,
    )


def norm_parts_over(
    model: LanguageModel, pairs: Sequence[Pair], names: Sequence[str]
) -> NormPartsSet:
    """The rank of the right word after each pair's clean prompt, by the readings of these names.

    ``ModelError`` for a reading that the model's norm has no steps for, and for a right word that
    is several tokens.
    """
    norm = final_norm_of(model)
    readings = [reading for reading in readings_of(norm) if reading.name in names]
    if missing := set(names) - {reading.name for reading in readings}:
        raise ModelError(
            f"the final norm of {model.name} has the steps {', '.join(norm.steps)} alone: no state "
            f"can be read {min(missing)!r}"
        )
    states = last_states(model, [model.encode(pair.clean, start=True) for pair in pairs])
    rows = torch.cat([read_by(norm, states, reading) for reading in readings])  # pair by pair
    ids = torch.tensor([model.single_token(pair.right) for pair in pairs]).repeat(len(readings))
    targets = ids[:, None, None].expand(*rows.shape[:2], 1)
    ranks = project(rows, model.unembedding, ranks_of=targets).ranks
    return NormPartsSet(
        ranks=ranks.reshape(len(readings), len(pairs), -1).numpy(),
        readings=tuple(reading.name for reading in readings),
        pairs=tuple(pairs),
        provenance=model.provenance("", None),
    )
