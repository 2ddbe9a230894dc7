"""Variants of the logit lens: inside the blocks, at every position, for given words, in bits.

As in ``replication.measures.lens``, the vocabulary is gone through in chunks: nothing here ever
holds layer x position x vocabulary.

Sources: nostalgebraist 2020, "interpreting GPT: the logit lens", and its code,
https://github.com/nostalgebraist/transformer-utils (every position, blocks and what is inside them,
divergence from the model's own output).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.base.norms import Norm
from replication.measures import lens
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.lens import (
    FORMULAS,
    FormulaVariants,
    PositionGrid,
    Stage,
    Uncertainty,
    WordProbabilities,
)

CANDIDATES = 50
"""Best next tokens among which a word is looked for."""


def stages_of(layers: int, sublayers: bool) -> tuple[Stage, ...]:
    """The stages of some layers, in the order in which a text goes through them."""
    return tuple(
        Stage(layer, part)
        for layer in range(layers)
        for part in ("attention", "feed-forward")
        if sublayers or part == "feed-forward"
    )


def readable_stages(
    model: LanguageModel, recording: Recording, norm: Norm, sublayers: bool
) -> Float[Tensor, "stage position width"]:
    """Hidden states as the unembedding is to read them, with ``sublayers`` those after attention
    too, each before the state after its block. Only the very last is always normed.
    """
    after_block = lens.readable_states(model, recording, norm)
    if not sublayers:
        return after_block
    between = recording.after_attention
    if between is None:
        raise ModelError("no states after attention were recorded: record with sublayers=True")
    between = lens.readable(model, between, norm, "attention")
    return torch.stack([between, after_block], dim=1).flatten(0, 1)


def word_probabilities(
    model: LanguageModel,
    recording: Recording,
    norm: Norm,
    words: Sequence[str],
    *,
    sublayers: bool = False,
) -> WordProbabilities:
    """Probabilities and ranks of words for the position after the text, after every stage.

    Each word must be one token (``ModelError`` shows how it splits otherwise). For no words: of
    the best next one (``best_word``).
    """
    words = tuple(words) or (best_word(model, recording),)
    ids = [model.single_token(word) for word in words]
    states = readable_stages(model, recording, norm, sublayers)[:, -1]
    probabilities, ranks = _of_tokens(states, model.unembedding, ids)
    return WordProbabilities(
        probabilities=probabilities,
        ranks=ranks,
        stages=stages_of(len(recording.states), sublayers),
        words=words,
        provenance=replace(recording.provenance, norm=norm),
    )


def best_word(model: LanguageModel, recording: Recording) -> str:
    """The best next token that its text gives back: some tokens are pieces of a character, or print
    nothing. ``ModelError`` where none of the best ``CANDIDATES`` does.
    """
    states = lens.readable_states(model, recording, "none")[-1:, -1]
    ids = lens.top_of(states, model.unembedding, CANDIDATES)[0][0].tolist()
    for token, text in zip(ids, model.texts(ids), strict=True):
        if model.encode(text) == [token]:
            return text
    raise ModelError(f"none of the {CANDIDATES} best next tokens is a word: name words to watch")


def top_at_all_positions(
    model: LanguageModel, recording: Recording, norm: Norm, *, sublayers: bool = False
) -> PositionGrid:
    """The best token for what follows every position, after every stage, and how the token that
    really follows ranks there.
    """
    states = readable_stages(model, recording, norm, sublayers)
    ids, probabilities = lens.top_of(states.flatten(0, 1), model.unembedding, 1)
    following = torch.tensor(recording.ids[1:], dtype=torch.long).repeat(len(states))
    ranks = lens.ranks_of(states[:, :-1].flatten(0, 1), model.unembedding, following[:, None])
    grid = states.shape[:2]
    return PositionGrid(
        best=tuple(model.texts(row) for row in ids.view(grid).tolist()),
        probabilities=probabilities.view(grid).double().clamp(max=1).numpy(),
        next_ranks=ranks.view(grid[0], grid[1] - 1).numpy(),
        stages=stages_of(len(recording.states), sublayers),
        tokens=recording.tokens,
        provenance=replace(recording.provenance, norm=norm),
    )


def uncertainty(
    model: LanguageModel, recording: Recording, norm: Norm, *, sublayers: bool = False
) -> Uncertainty:
    """The entropy of every stage at every position, and how far it is from the model's output."""
    states = readable_stages(model, recording, norm, sublayers)
    entropy, divergence = entropy_and_divergence(states, model.unembedding)
    return Uncertainty(
        entropy=entropy.numpy(),
        divergence=divergence.numpy(),
        stages=stages_of(len(recording.states), sublayers),
        tokens=recording.tokens,
        provenance=replace(recording.provenance, norm=norm),
    )


def formula_variants(model: LanguageModel, recording: Recording, word: str) -> FormulaVariants:
    """A word for the position after the text, after every layer, by each of ``FORMULAS``.

    Unlike under ``norm="none"``, the formula without a norm leaves it out in the last layer too.
    ``ModelError`` for a word that is not one token.
    """
    token = model.single_token(word)
    bare = recording.states[:, -1]
    with torch.inference_mode():
        once = model.final_norm(bare)
        rows = torch.cat([bare, once, model.final_norm(once)])
    probabilities, ranks = _of_tokens(rows, model.unembedding, [token])
    shape = len(FORMULAS), len(bare)
    head = model.network.get_submodule(model.architecture.head)
    return FormulaVariants(
        word=word,
        probabilities=probabilities.reshape(shape).T,
        ranks=ranks.reshape(shape).T,
        head_has_bias=head.bias is not None,
        provenance=recording.provenance,
    )


def entropy_and_divergence(
    states: Float[Tensor, "stage position width"], unembedding: Float[Tensor, "vocabulary width"]
) -> tuple[Float[Tensor, "stage position"], Float[Tensor, "stage position"]]:
    """Entropies, and KL(last stage || stage) at the same position, both in bits."""
    rows = states.flatten(0, 1)
    totals = log_totals(rows, unembedding)
    entropy, divergence = torch.zeros(2, *states.shape[:2], dtype=torch.float64)
    with torch.inference_mode():
        for _, logits in lens._logits(rows, unembedding):
            log_shares = (logits.double() - totals).unflatten(1, states.shape[:2])
            final = log_shares[:, -1:]
            entropy -= (log_shares.exp() * log_shares).sum(0)
            divergence += (final.exp() * (final - log_shares)).sum(0)
    return entropy / math.log(2), divergence / math.log(2)


def log_totals(
    rows: Float[Tensor, "row width"], unembedding: Float[Tensor, "vocabulary width"]
) -> Float[Tensor, " row"]:
    """The logarithm of the sum of a row's exponentials: logits less this are log probabilities."""
    totals = torch.full((len(rows),), -torch.inf, dtype=torch.float64)
    with torch.inference_mode():
        for _, logits in lens._logits(rows, unembedding):
            totals = torch.logaddexp(totals, logits.double().logsumexp(0))
    return totals


def _of_tokens(
    rows: Float[Tensor, "row width"],
    unembedding: Float[Tensor, "vocabulary width"],
    ids: Sequence[int],
) -> tuple[Float[np.ndarray, "row word"], Int[np.ndarray, "row word"]]:
    """Probabilities and ranks of the same tokens for every row."""
    with torch.inference_mode():
        logits = (rows @ unembedding[list(ids)].T).double()
        # The last bit of another product must not lead above 1.
        shares = (logits - log_totals(rows, unembedding)[:, None]).exp().clamp(max=1)
    ranks = lens.ranks_of(rows, unembedding, torch.tensor(ids).repeat(len(rows), 1))
    return shares.numpy(), ranks.numpy()
