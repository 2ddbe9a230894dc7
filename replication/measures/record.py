"""One forward pass over a text, and what it showed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.results.provenance import Provenance


@dataclass(frozen=True)
class Recording:
    """What one forward pass showed.

    Hidden states are those of the residual stream after each block, before any norm, for every
    architecture alike (transformers' own ``hidden_states`` has the last one after the norm). They
    stay on the model's device, for they are computed with; neurons and attention do not.
    """

    ids: tuple[int, ...]
    """(position,) with the start token, if the model has one."""
    tokens: tuple[str, ...]
    """(position,)"""
    prompt_length: int
    """How many positions belong to the prompt, start token included."""
    states: Float[Tensor, "layer position width"]
    provenance: Provenance
    """Of the model, without a norm: a recording has not been read yet."""
    start_length: int = 0
    """How many of the first positions are a start token, which is no part of the text: 1 or 0."""
    neurons: Float[Tensor, "layer position neuron"] | None = None
    """Output of the feed-forward layers' nonlinearity, if asked for."""
    attention: Float[Tensor, "layer head query key"] | None = None
    """Attention weights, if asked for; each row sums to 1."""
    after_attention: Float[Tensor, "layer position width"] | None = None
    """Hidden states between attention and the feed-forward layer of each block, if asked for."""

    @property
    def prompt(self) -> str:
        """The text of the prompt; a start token prints nothing."""
        return self.provenance.prompt

    @property
    def continuation(self) -> tuple[str, ...]:
        """The tokens after the prompt."""
        return self.tokens[self.prompt_length :]


def record(
    model: LanguageModel,
    prompt: str,
    continuation: str = "",
    *,
    neurons: bool = False,
    attention: bool = False,
    sublayers: bool = False,
) -> Recording:
    """Read a prompt and a given continuation in one pass.

    Prompt and continuation are cut into tokens separately, as they are in generation, so the
    prompt's tokens never depend on what follows. ``sublayers`` asks for the states after attention.
    ``ModelError`` for an empty prompt or a text longer than the model can read.
    """
    ids, length = read_ids(model, prompt, continuation)
    return record_ids(model, ids, length, neurons=neurons, attention=attention, sublayers=sublayers)


def read_ids(model: LanguageModel, prompt: str, continuation: str = "") -> tuple[list[int], int]:
    """The token ids of a prompt and a given continuation, and how many of them are the prompt's.

    A start token counts for the prompt. ``ModelError`` for an empty prompt.
    """
    if not prompt:
        raise ModelError("the prompt is empty: give at least one character of text")
    before = model.encode(prompt, start=True)
    return [*before, *model.encode(continuation)], len(before)


def record_ids(
    model: LanguageModel,
    ids: Sequence[int],
    prompt_length: int | None = None,
    *,
    neurons: bool = False,
    attention: bool = False,
    sublayers: bool = False,
) -> Recording:
    """Read token ids in one pass; ``record`` is the same for text."""
    limit = model.network.config.max_position_embeddings
    if not 0 < len(ids) <= limit:
        raise ModelError(f"{len(ids)} tokens given: {model.name} reads 1 to {limit} at once")
    states: dict[int, Tensor] = {}
    fired: dict[int, Tensor] = {}
    weights: dict[int, Tensor] = {}
    between: dict[int, Tensor] = {}
    length = len(ids) if prompt_length is None else prompt_length
    activations = _parts(model, model.architecture.activation)
    attentions = _parts(model, model.architecture.attention)
    norms = _parts(model, model.architecture.feed_forward_norm)

    def keep_attention(layer: int, output: Any) -> None:
        weights[layer] = output[1][0]

    with (
        torch.inference_mode(),
        hooked(model.blocks, lambda layer, output: states.update({layer: hidden_state(output)[0]})),
        hooked(activations if neurons else (), lambda k, output: fired.update({k: output[0]})),
        hooked(attentions if attention else (), keep_attention),
        hooked(
            norms if sublayers else (), lambda k, into: between.update({k: into[0]}), before=True
        ),
    ):
        # The lens does its own projection, so the head is asked for one position only.
        model.network(model.tensor([list(ids)]), use_cache=False, logits_to_keep=1)
    if not all(state.isfinite().all() for state in states.values()):
        raise ModelError(f"{model.name} gave hidden states that are not finite: check its weights")
    tokens = model.texts(ids)
    return Recording(
        ids=tuple(ids),
        tokens=tokens,
        prompt_length=length,
        states=_stack(states),
        provenance=model.provenance(model.text(ids[:length]), None),
        start_length=model.start_length(ids),
        neurons=_stack(fired).cpu() if neurons else None,
        attention=_stack(weights).cpu() if attention else None,
        after_attention=_stack(between) if sublayers else None,
    )


def generate(model: LanguageModel, prompt: str, visible_tokens: int) -> list[int]:
    """Greedy continuation of a prompt, as ids: always the best token, so no seed is involved.

    Ends after ``visible_tokens`` tokens that are not mere spaces (some tokenizers make the space
    before a number a token of its own), or where the model ends the text.
    """
    from transformers import GenerationConfig

    if visible_tokens < 1:
        raise ModelError(f"{visible_tokens} tokens asked for: continue by at least one")
    before, _ = read_ids(model, prompt)
    room = model.network.config.max_position_embeddings - len(before)
    if visible_tokens > room:
        raise ModelError(
            f"{len(before)} tokens given and {visible_tokens} more asked for: {model.name} reads "
            f"{len(before) + room} at once"
        )
    end = model.network.config.eos_token_id
    greedy = GenerationConfig(
        do_sample=False,
        max_new_tokens=min(_most_tokens(visible_tokens), room),
        eos_token_id=end,
        pad_token_id=end,
    )
    read = model.tensor([before])

    def enough(ids: Tensor, _scores: object) -> Tensor:
        after = ids[0, len(before) :].tolist()
        return torch.tensor([len(_visible(model, after)) >= visible_tokens], device=ids.device)

    with torch.inference_mode():
        written = model.network.generate(
            read,
            attention_mask=torch.ones_like(read),
            generation_config=greedy,
            stopping_criteria=[enough],
        )
    return written[0, len(before) :].tolist()


def up_to_visible(model: LanguageModel, ids: Sequence[int], visible_tokens: int) -> list[int]:
    """The beginning of some tokens that has so many which are not mere spaces, as ``generate`` with
    this number would have written it.
    """
    places = _visible(model, ids)
    end = places[visible_tokens - 1] + 1 if visible_tokens <= len(places) else len(ids)
    return list(ids[: min(end, _most_tokens(visible_tokens))])


def _most_tokens(visible_tokens: int) -> int:
    """Where a continuation ends that has fewer visible tokens than are wanted."""
    return 2 * visible_tokens


def _visible(model: LanguageModel, ids: Sequence[int]) -> list[int]:
    return [place for place, text in enumerate(model.texts(ids)) if text.strip(" ")]


def _parts(model: LanguageModel, path: str) -> list[nn.Module]:
    """The same part of every block."""
    return [block.get_submodule(path) for block in model.blocks]


def _stack(by_layer: dict[int, Tensor]) -> Tensor:
    return torch.stack([by_layer[layer] for layer in sorted(by_layer)])
