"""The logit lens: hidden states read through the unembedding, layer by layer.

A rank is 1 + the number of tokens with a greater logit: 1 is best, tokens with equal logits share
the best rank among them. Nothing here ever holds layer x position x vocabulary: the vocabulary is
gone through in chunks, each compared with the logits of the tokens looked at, and forgotten.

Sources: Alammar 2021 (``norm="none"``); nostalgebraist 2020, "interpreting GPT: the logit lens"
(``norm="final"``); Belrose et al. 2023, https://arxiv.org/abs/2303.08112 (``norm="tuned"``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.base.norms import READINGS, Norm
from replication.measures.record import Recording
from replication.measures.tuned_lens import lens_of
from replication.measures.written import Part
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.ranks import RankGrid, TopTokens

CHUNK = 1024
"""Rows of the unembedding multiplied at once; see ``benchmarks/works/rank_grid.py``."""


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


def ranks_of(
    states: Float[Tensor, "row width"],
    unembedding: Float[Tensor, "vocabulary width"],
    targets: Int[Tensor, "row target"],
) -> Int[Tensor, "row target"]:
    """The rank of each row's target tokens, by counting the greater logits."""
    with torch.inference_mode():
        # (row, target): the same product as in the chunks, for the few tokens looked at.
        wanted = torch.einsum("rw,rtw->rt", states, unembedding[targets].to(states.dtype))
        ranks = torch.ones_like(targets)
        for start, logits in _logits(states, unembedding):
            for column in range(targets.shape[1]):
                greater = logits > wanted[:, column]
                # A target is never greater than itself, whatever the last bit of its two products.
                own = targets[:, column] - start
                rows = torch.nonzero((own >= 0) & (own < len(logits))).flatten()
                greater[own[rows], rows] = False
                ranks[:, column] += greater.sum(0)
    return ranks


def top_of(
    states: Float[Tensor, "row width"], unembedding: Float[Tensor, "vocabulary width"], count: int
) -> tuple[Int[Tensor, "row candidate"], Float[Tensor, "row candidate"]]:
    """The best tokens of each row with their probabilities, best first."""
    best = states.new_empty((len(states), 0))
    ids = torch.empty((len(states), 0), dtype=torch.long)
    total = states.new_full((len(states),), -torch.inf)  # log of the sum of exponentials
    with torch.inference_mode():
        for start, logits in _logits(states, unembedding):
            total = torch.logaddexp(total, logits.logsumexp(0))
            here = logits.topk(min(count, len(logits)), dim=0)
            merged = torch.cat([best, here.values.T], dim=1)
            best, order = merged.topk(min(count, merged.shape[1]), dim=1)
            ids = torch.cat([ids, here.indices.T + start], dim=1).gather(1, order)
    return ids, (best - total[:, None]).exp()


def _logits(
    states: Float[Tensor, "row width"], unembedding: Float[Tensor, "vocabulary width"]
) -> Iterator[tuple[int, Float[Tensor, "chunk row"]]]:
    """Logits of a stretch of the vocabulary at a time, with the id it begins at.

    The buffer is reused: what is yielded holds until the next step only.
    """
    columns = states.T.contiguous()
    buffer = states.new_empty((min(CHUNK, len(unembedding)), len(states)))
    for start in range(0, len(unembedding), CHUNK):
        rows = unembedding[start : start + CHUNK].to(states.dtype)
        yield start, torch.mm(rows, columns, out=buffer[: len(rows)])


def continuation_ranks(
    model: LanguageModel, recording: Recording, norm: Norm, *, last_only: bool = False
) -> RankGrid:
    """The rank of every token of the continuation after every layer, from the one recorded pass.

    Each token is ranked at the position before it. With ``last_only`` the last token alone.
    """
    _need_continuation(recording)
    first = len(recording.ids) - 1 if last_only else recording.prompt_length
    states = readable_states(model, recording, norm)[:, first - 1 : -1]  # (layer, token, width)
    targets = torch.tensor(recording.ids[first:]).repeat(len(states))[:, None]
    ranks = ranks_of(states.flatten(0, 1), model.unembedding, targets)
    return _grid(model, recording, norm, ranks.view(len(states), -1), recording.tokens[first:])


def watched_ranks(
    model: LanguageModel, recording: Recording, norm: Norm, words: Sequence[str]
) -> RankGrid:
    """The ranks of words that compete for the position after the text, after every layer.

    Each word must be one token (``ModelError`` shows how it splits otherwise).
    """
    if not words:
        raise ModelError("no words to watch: name at least one")
    ids = torch.tensor([model.single_token(word) for word in words])
    states = readable_states(model, recording, norm)[:, -1]  # (layer, width)
    ranks = ranks_of(states, model.unembedding, ids.repeat(len(states), 1))
    return _grid(model, recording, norm, ranks, tuple(words), watched=True)


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
    at = -2 if recording.continuation else -1
    states = readable_states(model, recording, norm)[:, at]
    ids, probabilities = top_of(states, model.unembedding, count)
    return TopTokens(
        tokens=tuple(model.texts(row) for row in ids.tolist()),
        probabilities=probabilities.double().numpy(),
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


def _need_continuation(recording: Recording) -> None:
    if not recording.continuation:
        raise ModelError(
            "there is no continuation to rank: give one, generate one, or watch words instead"
        )
