"""Texts that a model writes itself, and its hidden states over them.

They are sampled, at temperature 1, so that they are what the model takes for likely text; a start
is cut to as many tokens as the shortest of them has, so that texts are read together. Sampling
reads all weights for every token, and another processor samples other texts: those of a model with
a file in ``data/written`` come from there; ``python -m replication.measures.lens_quality MODEL``
writes it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.base.files import write_whole
from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel

Part = Literal["attention", "feed-forward"]
"""Where in a block hidden states are taken: after its attention, or at its end."""

BATCH = 9
"""Texts read at once: more take no less time, and hold more states in memory."""


@dataclass(frozen=True)
class Writing:
    """How some texts are written."""

    starts: tuple[str, ...]
    length: int
    """In tokens, of each text."""
    seed: int

    @classmethod
    def of(cls, starts: Sequence[str], texts: int, length: int, seed: int) -> "Writing":
        """So many texts from some starts in turn."""
        return cls(tuple(starts[text % len(starts)] for text in range(texts)), length, seed)


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


def written(
    model: LanguageModel, writing: Writing, part: Part = "feed-forward"
) -> Iterator[Written]:
    """Texts of a model with their states, a batch at a time; see ``sampled`` and ``read``."""
    ids = shipped(model, writing)
    yield from read(model, sampled(model, writing) if ids is None else ids, part)


def read(
    model: LanguageModel, texts: Int[Tensor, "text position"], part: Part
) -> Iterator[Written]:
    """Texts of one length with their states; ``ModelError`` for states that are not finite."""
    for ids in texts.split(BATCH):
        yield _read(model, ids.to(model.device), part)


def _read(model: LanguageModel, ids: Int[Tensor, "text position"], part: Part) -> Written:
    seen: dict[tuple[str, int], Tensor] = {}

    def keep(name: str, layer: int, output: Any) -> None:
        seen[name, layer] = hidden_state(output)[:, 1:]

    inside = [block.get_submodule(model.architecture.feed_forward_norm) for block in model.blocks]
    with (
        torch.inference_mode(),
        hooked(model.blocks, lambda layer, output: keep("feed-forward", layer, output)),
        hooked(inside, lambda layer, into: keep("attention", layer, into), before=True),
    ):
        model.network(ids, use_cache=False, logits_to_keep=1)
    layers = range(len(model.blocks))
    found = Written(
        ids,
        torch.stack([seen[part, layer] for layer in layers]),
        seen["feed-forward", layers[-1]],
    )
    if not (found.states.isfinite().all() and found.final.isfinite().all()):
        raise ModelError(f"{model.name} gave hidden states that are not finite: check its weights")
    return found


def sampled(model: LanguageModel, writing: Writing) -> Int[Tensor, "text position"]:
    """The token ids of texts as the model writes them.

    Its end of text is never taken, so that all are as long. ``ModelError`` where a start is no
    token for the model.
    """
    begun = [model.encode(start, start=True) for start in writing.starts]
    common = min(map(len, begun))
    if not 0 < common < writing.length:
        raise ModelError(
            f"{model.name}: starts have {common} tokens: expected 1 to {writing.length - 1}"
        )
    ids = model.tensor([start[:common] for start in begun])
    chance = torch.Generator().manual_seed(writing.seed)
    ends = model.network.config.eos_token_id
    new, cache = ids, None
    with torch.inference_mode():
        while ids.shape[1] < writing.length:
            output = model.network(new, past_key_values=cache, use_cache=True, logits_to_keep=1)
            logits, cache = output.logits[:, -1].float(), output.past_key_values
            if ends is not None:
                logits[:, ends] = -torch.inf
            # Drawn on the processor, whose draws are the same beside any device.
            drawn = torch.multinomial(logits.softmax(-1).cpu(), 1, generator=chance)
            new = drawn.to(ids.device)
            ids = torch.cat([ids, new], dim=1)
    return ids


def shipped(model: LanguageModel, writing: Writing) -> Int[Tensor, "text position"] | None:
    """The token ids of texts that came with the package; None for others."""
    path = _file(model)
    if not path.is_file():
        return None
    known = json.loads(path.read_text("utf-8"))
    return next(
        (torch.tensor(one["ids"]) for one in known if one["of"] == _of(model, writing)), None
    )


def ship(model: LanguageModel, writings: Iterable[Writing]) -> None:
    """Write the file of a model's texts into the package."""
    texts = [{"of": _of(model, one), "ids": sampled(model, one).tolist()} for one in writings]
    write_whole(_file(model), json.dumps(texts) + "\n")


def _file(model: LanguageModel) -> Path:
    return Path(
        str(resources.files("replication").joinpath("data", "written", f"{model.name}.json"))
    )


def _of(model: LanguageModel, writing: Writing) -> dict[str, Any]:
    """All that the texts hang on."""
    given = {"starts": list(writing.starts), "length": writing.length, "seed": writing.seed}
    return given | {"revision": model.provenance("", None).revision}
