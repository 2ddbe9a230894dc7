"""The logit lens: hidden states read through the unembedding, layer by layer.

What is asked of the logits is told in one pass (``replication.measures.projection``), which never
holds layer x position x vocabulary.

Sources: Alammar 2021 (``norm="none"``); nostalgebraist 2020, "interpreting GPT: the logit lens"
(``norm="final"``); Belrose et al. 2023, https://arxiv.org/abs/2303.08112 (``norm="tuned"``).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.base.norms import READINGS, Norm
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.measures.tuned_lens import lens_of
from replication.measures.written import Part
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.ranks import RankGrid, TopTokens


def readable_states(
    model: LanguageModel, recording: Recording, norm: Norm
) -> Float[Tensor, "layer position width"]:
    """Recorded hidden states as the unembedding is to read them."""
    return readable(model, recording.states, norm)


def readable(
    model: LanguageModel,
    states: Float[Tensor, "layer *rest width"],
    norm: Norm,
    part: Part = "feed-forward",
) -> Float[Tensor, "layer *rest width"]:
    """Hidden states of the last few layers, or of all, as the unembedding is to read them.

    The last layer always goes through the model's final norm, since that is the model's own
    output; the layers before it do not under ``norm="none"``. States after attention (``part``)
    have no such last one. Under ``norm="tuned"`` the model's tuned lens is fitted at its first use.
    """
    if norm not in READINGS:
        raise ValueError(f"unknown norm {norm!r}: expected one of {', '.join(READINGS)}")
    with torch.inference_mode():
        if model.null and model.null.kind == "blind-lens":
            states = blinded(states, model.null.seed or 0, keep_last=part == "feed-forward")
        if norm == "tuned":
            states = lens_of(model, part)(states)
        if norm != "none":
            return model.final_norm(states)
        if part == "attention":
            return states
        states = states.clone()
        states[-1] = model.final_norm(states[-1])
        return states


def blinded(
    states: Float[Tensor, "layer *rest width"], seed: int, *, keep_last: bool
) -> Float[Tensor, "layer *rest width"]:
    """Inner states with their dimensions shuffled, all alike: as long as before, and meaningless to
    the unembedding. ``keep_last`` leaves the last layer, which is the model's own output.
    """
    order = torch.randperm(states.shape[-1], generator=torch.Generator().manual_seed(seed))
    shuffled = states[..., order]
    if keep_last:
        shuffled[-1] = states[-1]
    return shuffled


def continuation_ranks(
    model: LanguageModel, recording: Recording, norm: Norm, *, last_only: bool = False
) -> RankGrid:
    """The rank of every token of the continuation after every layer, from the one recorded pass.

    Each token is ranked at the position before it. With ``last_only`` the last token alone.
    """
    need_continuation(recording)
    first = len(recording.ids) - 1 if last_only else recording.prompt_length
    states = readable_states(model, recording, norm)[:, first - 1 : -1]  # (layer, token, width)
    targets = at_every_stage(recording.ids[first:], len(states))
    ranks = project(states, model.unembedding, ranks_of=targets).ranks[..., 0]
    return _grid(model, recording, norm, ranks, recording.tokens[first:])


def at_every_stage(ids: Sequence[int], stages: int) -> Int[Tensor, "stage position 1"]:
    """One token for each position, the same at every stage, as ``project`` takes them."""
    return torch.tensor(ids)[:, None].expand(stages, -1, -1)


def watched_ranks(
    model: LanguageModel, recording: Recording, norm: Norm, words: Sequence[str]
) -> RankGrid:
    """The ranks of words that compete for the position after the text, after every layer.

    Each word must be one token (``ModelError`` shows how it splits otherwise).
    """
    if not words:
        raise ModelError("no words to watch: name at least one")
    ids = torch.tensor([model.single_token(word) for word in words])
    states = readable_states(model, recording, norm)[:, -1:]  # (layer, 1, width)
    found = project(states, model.unembedding, ranks_of=ids.expand(len(states), 1, -1))
    return _grid(model, recording, norm, found.ranks[:, 0], tuple(words), watched=True)


def top_tokens(
    model: LanguageModel, recording: Recording, norm: Norm, count: int = 10
) -> TopTokens:
    """The best candidates for the last token of the continuation, after every layer.

    Without a continuation: for the position after the prompt.
    """
    if not 1 <= count <= len(model.unembedding):
        raise ModelError(
            f"{count} top tokens asked for: expected 1 to {len(model.unembedding)} (the vocabulary)"
        )
    at = len(recording.ids) - (2 if recording.continuation else 1)
    states = readable_states(model, recording, norm)[:, at : at + 1]
    found = project(states, model.unembedding, best=count)
    return TopTokens(
        tokens=tuple(model.texts(row) for row in found.best[:, 0].tolist()),
        probabilities=found.best_log_probabilities[:, 0].exp().numpy(),
        target=recording.tokens[-1] if recording.continuation else "",
        provenance=replace(recording.provenance, norm=norm),
    )


def _grid(
    model: LanguageModel,
    recording: Recording,
    norm: Norm,
    ranks: Int[Tensor, "layer token"],
    tokens: tuple[str, ...],
    watched: bool = False,
) -> RankGrid:
    return RankGrid(
        ranks=ranks.numpy().astype(np.int64),
        tokens=tokens,
        kind="watched" if watched else "continuation",
        vocabulary=len(model.unembedding),
        provenance=replace(recording.provenance, norm=norm),
    )


def need_continuation(recording: Recording) -> None:
    """``ModelError`` where there is nothing after the prompt."""
    if not recording.continuation:
        raise ModelError(
            "there is no continuation to rank: give one, generate one, or watch words instead"
        )
