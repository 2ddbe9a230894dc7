"""Variants of the logit lens: inside the blocks, at every position, for given words, in bits.

Sources: nostalgebraist 2020, "interpreting GPT: the logit lens", and its code,
https://github.com/nostalgebraist/transformer-utils (every position, blocks and what is inside them,
divergence from the model's own output).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.base.norms import Norm
from replication.measures import lens
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.lens import (
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
    states = readable_stages(model, recording, norm, sublayers)[:, -1:]
    probabilities, ranks = _of_tokens(states, model.unembedding, ids)
    return WordProbabilities(
        probabilities=probabilities[:, 0],
        ranks=ranks[:, 0],
        stages=stages_of(len(recording.states), sublayers),
        words=words,
        provenance=replace(recording.provenance, norm=norm),
    )


def best_word(model: LanguageModel, recording: Recording) -> str:
    """The best next token that its text gives back: some tokens are pieces of a character, or print
    nothing. ``ModelError`` where none of the best ``CANDIDATES`` does.
    """
    states = lens.readable_states(model, recording, "none")[-1:, -1:]
    ids = project(states, model.unembedding, best=CANDIDATES).best[0, 0].tolist()
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
    # After the last position nothing follows: what is ranked there is left out.
    following = lens.at_every_stage((*recording.ids[1:], 0), len(states))
    found = project(states, model.unembedding, ranks_of=following, best=1)
    return PositionGrid(
        best=tuple(model.texts(row) for row in found.best[..., 0].tolist()),
        probabilities=found.best_log_probabilities[..., 0].exp().numpy(),
        next_ranks=found.ranks[:, :-1, 0].numpy(),
        stages=stages_of(len(recording.states), sublayers),
        tokens=recording.tokens,
        provenance=replace(recording.provenance, norm=norm),
    )


def uncertainty(
    model: LanguageModel, recording: Recording, norm: Norm, *, sublayers: bool = False
) -> Uncertainty:
    """The entropy of every stage at every position, and how far it is from the model's output."""
    states = readable_stages(model, recording, norm, sublayers)
    found = project(states, model.unembedding, entropy=True, divergence=True)
    return Uncertainty(
        entropy=found.entropy.numpy(),
        divergence=found.divergence.numpy(),
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
        rows = torch.stack([bare, once, model.final_norm(once)], dim=1)  # (layer, formula, width)
    probabilities, ranks = _of_tokens(rows, model.unembedding, [token])
    head = model.network.get_submodule(model.architecture.head)
    return FormulaVariants(
        word=word,
        probabilities=probabilities[..., 0],
        ranks=ranks[..., 0],
        head_has_bias=head.bias is not None,
        provenance=recording.provenance,
    )


def _of_tokens(
    states: Float[Tensor, "stage position width"],
    unembedding: Float[Tensor, "vocabulary width"],
    ids: Sequence[int],
) -> tuple[Float[np.ndarray, "stage position word"], Int[np.ndarray, "stage position word"]]:
    """Probabilities and ranks of the same tokens for every state."""
    words = torch.tensor(ids).expand(*states.shape[:2], -1)
    found = project(states, unembedding, ranks_of=words, log_probabilities_of=words)
    return found.log_probabilities.exp().numpy(), found.ranks.numpy()
