"""What each layer contributes to a token, as the projection of hidden states shows it.

Source: Alammar 2021, https://jalammar.github.io/hidden-states/ ("Scores after each layer"). Scores
are taken as logarithms of probabilities: all logits of a layer may rise together, which makes no
token likelier.
"""

import math
from dataclasses import replace

import torch

from replication.base.norms import Norm
from replication.measures.lens import continuation_ranks, readable_states
from replication.measures.record import Recording
from replication.measures.variants import log_totals
from replication.models.language_model import LanguageModel
from replication.results.contributions import Contributions


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
