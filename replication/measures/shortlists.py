"""Whether an early layer already shortlists the tokens that the model ends with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from replication.base.norms import Norm
from replication.measures.lens import readable_states
from replication.measures.projection import project
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.shortlists import Shortlists


def shortlists(
    model: LanguageModel,
    recordings: Sequence[Recording],
    norm: Norm,
    layers: Sequence[int] = (0,),
    seed: int = 0,
) -> Shortlists:
    """Rank, after some layers, what is best after the last layer, at all positions of some texts.

    Beside it stands a token that is the best at another position, drawn by ``seed`` from those that
    differ. ``ModelError`` where every position ends with the same token.
    """
    states = [
        readable_states(model, recording, norm)[[*layers, -1], recording.start_length :]
        for recording in recordings
    ]
    *early, last = torch.cat(states, dim=1)
    best = project(last[None], model.unembedding, best=1).best[0, :, 0]
    ids = torch.stack([best, torch.tensor(_others(best.numpy(), seed))], dim=1)
    ranks = [project(one[None], model.unembedding, ranks_of=ids[None]).ranks[0] for one in early]
    own, others = torch.stack(ranks).permute(2, 0, 1).numpy()
    lengths = [state.shape[1] for state in states]
    texts = ["".join(recording.tokens[recording.start_length :]) for recording in recordings]
    return Shortlists(
        own=own,
        others=others,
        layers=tuple(layers),
        texts=tuple(t for t, n in zip(texts, lengths, strict=True) for _ in range(n)),
        vocabulary=len(model.unembedding),
        provenance=replace(model.provenance("", None), norm=norm),
    )


def _others(best: np.ndarray, seed: int) -> np.ndarray:
    """For each position the best token of another one that ends otherwise."""
    if len(set(best.tolist())) < 2:
        raise ModelError("every position ends with the same token: no other one is left to compare")
    random = np.random.default_rng(seed)
    return np.array([random.choice(best[best != own]) for own in best])
