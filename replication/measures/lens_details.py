"""What every layer would say in the place of each token of a continuation."""

from dataclasses import replace

from replication.base.norms import Norm
from replication.measures.lens import readable_states
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.ranks import TopGrid


def continuation_details(
    model: LanguageModel,
    recording: Recording,
    norm: Norm,
    count: int = 5,
    *,
    last_only: bool = False,
) -> TopGrid:
    """The ``count`` best tokens with their probabilities, after every layer, at the positions
    where ``lens.continuation_ranks`` ranks the continuation.

    ``ModelError`` without a continuation, or for more candidates than the vocabulary has.
    """
    if not recording.continuation:
        raise ModelError("there is no continuation to tell about: give or generate one")
    if not 1 <= count <= len(model.unembedding):
        raise ModelError(
            f"{count} best tokens asked for: expected 1 to {len(model.unembedding)} "
            f"(the vocabulary)"
        )
    first = len(recording.ids) - 1 if last_only else recording.prompt_length
    states = readable_states(model, recording, norm)[:, first - 1 : -1]
    found = project(states, model.unembedding, best=count)
    return TopGrid(
        tokens=tuple(tuple(model.texts(cell) for cell in row) for row in found.best.tolist()),
        probabilities=found.best_log_probabilities.exp().numpy(),
        provenance=replace(recording.provenance, norm=norm),
    )
