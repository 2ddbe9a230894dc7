"""What each layer contributes to a token, as the projection of hidden states shows it.

Source: Alammar 2021, https://jalammar.github.io/hidden-states/ ("Scores after each layer"). Scores
are taken as logarithms of probabilities: all logits of a layer may rise together, which makes no
token likelier.
"""

import math
from dataclasses import replace

from replication.base.norms import Norm
from replication.measures.lens import at_every_stage, need_continuation, readable_states
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.models.language_model import LanguageModel
from replication.results.contributions import Contributions


def contributions(model: LanguageModel, recording: Recording, norm: Norm) -> Contributions:
    """What each layer adds to every token of a continuation, from the one recorded pass.

    ``ModelError`` where there is no continuation.
    """
    need_continuation(recording)
    states = readable_states(model, recording, norm)[:, recording.prompt_length - 1 : -1]
    ids = at_every_stage(recording.ids[recording.prompt_length :], len(states))
    found = project(states, model.unembedding, ranks_of=ids, log_probabilities_of=ids)
    return Contributions(
        ranks=found.ranks[..., 0].numpy(),
        scores=(found.log_probabilities[..., 0] / math.log(2)).numpy(),
        tokens=recording.continuation,
        provenance=replace(recording.provenance, norm=norm),
    )
