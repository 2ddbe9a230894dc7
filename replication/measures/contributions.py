"""What each layer contributes to a token, as the projection of hidden states shows it.

Source: Alammar 2021, https://jalammar.github.io/hidden-states/ ("Scores after each layer"). Scores
are taken as logarithms of probabilities: all logits of a layer may rise together, which makes no
token likelier.
"""

import math
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from replication.base.norms import Norm
from replication.measures.depth import first_layer
from replication.measures.lens import continuation_ranks, readable_states
from replication.measures.record import Recording
from replication.measures.variants import log_totals
from replication.models.language_model import LanguageModel
from replication.results.contributions import Contributions
from replication.results.ranks import RankGrid


def contributions(model: LanguageModel, recording: Recording, norm: Norm) -> Contributions:
    """What each layer adds to every token of a continuation, from the one recorded pass.

    ``ModelError`` where there is no continuation.
    """
    grid = continuation_ranks(model, recording, norm)
    first = recording.prompt_length
    states = readable_states(model, recording, norm)[:, first - 1 : -1]
    with torch.inference_mode():
        logits = (states * model.unembedding[list(recording.ids[first:])]).sum(-1).double()
        totals = log_totals(states.flatten(0, 1), model.unembedding).view(logits.shape)
    return Contributions(
        ranks=grid.ranks,
        scores=((logits - totals) / math.log(2)).clamp(max=0).numpy(),
        tokens=grid.tokens,
        provenance=replace(recording.provenance, norm=norm),
    )


def overtaking(grid: RankGrid, word: str, other: str, of: int) -> Float[np.ndarray, " stretch"]:
    """How far each stretch of the depth moves one watched word up against another, in halvings of
    rank.

    The depth is cut into as many stretches as the article's model has layers, so that on that model
    each is a layer; the first stretch, before which nothing is read, has no number.
    """
    behind = np.log2(grid.of_token(word) / grid.of_token(other))
    ends = [first_layer(stretch / of, grid.layers) for stretch in range(1, of + 1)]
    return -np.diff(behind[ends])
