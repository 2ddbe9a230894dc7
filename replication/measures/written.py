"""Texts that a model writes itself, and its hidden states while it writes them.

They are sampled, at temperature 1, so that they are what the model takes for likely text; a start
is cut to as many tokens as the shortest of them has, so that texts are read together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel

Part = Literal["attention", "feed-forward"]
"""Where in a block hidden states are taken: after its attention, or at its end."""

BATCH = 72
"""Texts written at once: fewer take longer, and more hold more states in memory."""


@dataclass(frozen=True)
class Written:
    """Some texts with the hidden states at every position but the first.

    At its first token a network keeps states that are unlike all others, and it reads nothing
    there.
    """

    ids: Int[Tensor, "text all_positions"]
    states: Float[Tensor, "layer text position width"]
    final: Float[Tensor, "text position width"]
    """After the last block, before any norm."""


def write(
    model: LanguageModel,
    starts: Sequence[str],
    length: int,
    seed: int,
    part: Part = "feed-forward",
) -> Iterator[Written]:
    """A text of so many tokens from each start, a batch at a time.

    The model's end of text is never taken, so that all are as long. ``ModelError`` where a start
    is no token for the model, and for states that are not finite.
    """
    begun = [model.encode(start, start=True) for start in starts]
    common = min(map(len, begun))
    if not 0 < common < length:
        raise ModelError(f"{model.name}: starts have {common} tokens: expected 1 to {length - 1}")
    ids = torch.tensor([start[:common] for start in begun])
    chance = torch.Generator().manual_seed(seed)
    for batch in ids.split(BATCH):
        yield _batch(model, batch, length, chance, part)


def _batch(
    model: LanguageModel, ids: Tensor, length: int, chance: torch.Generator, part: Part
) -> Written:
    now: dict[tuple[str, int], Tensor] = {}

    def keep(name: str, layer: int, output: Any) -> None:
        now[name, layer] = hidden_state(output)

    inside = [block.get_submodule(model.architecture.feed_forward_norm) for block in model.blocks]
    ends = model.network.config.eos_token_id
    new, cache, states, final = ids, None, [], []
    with (
        torch.inference_mode(),
        hooked(model.blocks, lambda layer, output: keep("feed-forward", layer, output)),
        hooked(inside, lambda layer, into: keep("attention", layer, into), before=True),
    ):
        while True:
            output = model.network(new, past_key_values=cache, use_cache=True, logits_to_keep=1)
            states.append(torch.stack([now[part, layer] for layer in range(len(model.blocks))]))
            final.append(now["feed-forward", len(model.blocks) - 1])
            if ids.shape[1] == length:
                break
            logits, cache = output.logits[:, -1].float(), output.past_key_values
            if ends is not None:
                logits[:, ends] = -torch.inf
            new = torch.multinomial(logits.softmax(-1), 1, generator=chance)
            ids = torch.cat([ids, new], dim=1)
    found = Written(ids, torch.cat(states, dim=2)[:, :, 1:], torch.cat(final, dim=1)[:, 1:])
    if not (found.states.isfinite().all() and found.final.isfinite().all()):
        raise ModelError(f"{model.name} gave hidden states that are not finite: check its weights")
    return found
