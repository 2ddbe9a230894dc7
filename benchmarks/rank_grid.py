"""Ranks of a whole continuation after every layer: this package against the tutorial route.

The tutorial route asks transformers for all hidden states, then for every layer and position
multiplies one state with the whole unembedding and sorts the logits. Both routes start from the
same token ids and end with the same layers x tokens grid; both include the forward pass.

    python benchmarks/rank_grid.py [--repeats 5] [--prompt 23] [--continuation 30]
"""

import numpy as np
import torch
from routes import main

from replication.measures.lens import continuation_ranks
from replication.measures.record import record_ids
from replication.models.language_model import LanguageModel


def tutorial(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(layer, token): all hidden states, the head per layer and position, an argsort."""
    ranks = np.empty((len(model.blocks), len(ids) - prompt), dtype=np.int64)
    with torch.inference_mode():
        states = model.network(torch.tensor([ids]), output_hidden_states=True).hidden_states
        for layer, state in enumerate(states[1:]):
            for column, position in enumerate(range(prompt - 1, len(ids) - 1)):
                logits = model.network.lm_head(state[0, position])
                order = torch.argsort(logits, descending=True)
                ranks[layer, column] = int((order == ids[position + 1]).nonzero()) + 1
    return ranks


def this_package(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(layer, token): one pass, the vocabulary in chunks, ranks by counting."""
    return continuation_ranks(model, record_ids(model, ids, prompt), "none").ranks


ROUTES = {"tutorial": tutorial, "this package": this_package}


def agreement(ranks: dict[str, np.ndarray]) -> str:
    """How many ranks the routes share."""
    equal = np.mean(ranks["tutorial"] == ranks["this package"])
    return f"ranks equal: {equal:.1%} (the rest, if any, are near-ties of float32 sums)"


if __name__ == "__main__":
    main(__doc__, ROUTES, agreement)
