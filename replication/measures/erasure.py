"""Erasure: what becomes of the model's choice where a token's embedding is taken away.

A saliency claims that small changes of the most important inputs change the output the most. Here
inputs are changed: each token by itself, and several of them in the order of what is claimed (Samek
et al. 2017, "Evaluating the visualization of what a deep neural network has learned").
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.stats import spearmanr
from torch import Tensor

from replication.measures.record import record_ids
from replication.measures.saliency import embed, gradient_x_input_ids, read_embedded
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.erasure import ERASED, ORDERS, PREDICTORS, ErasureSet


def erasure(model: LanguageModel, texts: Sequence[str], seed: int = 0) -> ErasureSet:
    """Erase tokens of every text, and see how far the logit of its best next token moves.

    ``seed`` is of the random order. ``ModelError`` for a text of fewer than four tokens.
    """
    random = np.random.default_rng(seed)
    ids = [model.encode(text, start=True) for text in texts]
    blank = torch.cat([embed(model, one) for one in ids]).mean(dim=0)
    correlation = np.empty((len(PREDICTORS), len(texts)))
    moved = np.empty((len(ERASED), len(ORDERS), len(texts)))
    for column, one in enumerate(ids):
        length = len(one) - model.start_length(one)
        if length < 1 / ERASED[0]:
            raise ModelError(f"{texts[column]!r} is {length} tokens: expected at least four")
        best, scores = _predictions(model, one)
        orders = (scores[0], random.permutation(length))
        together = [_first(share, score) for share in ERASED for score in orders]
        changes = _moved(
            model, one, np.vstack([np.eye(length, dtype=bool), *together]), blank, best
        )
        correlation[:, column] = [_rank_correlation(score, changes[:length]) for score in scores]
        moved[:, :, column] = changes[length:].reshape(len(ERASED), len(ORDERS))
    return ErasureSet(correlation, moved, tuple(texts), model.provenance("", None))


def _predictions(model: LanguageModel, ids: Sequence[int]) -> tuple[int, list[np.ndarray]]:
    """The best next token, and what ``PREDICTORS`` say of every token of a text, the greater the
    more it matters.
    """
    recording = record_ids(model, ids, attention=True)
    assert recording.attention is not None
    with torch.inference_mode():
        best = int((model.unembedding @ model.final_norm(recording.states[-1, -1])).argmax())
    shares = gradient_x_input_ids(model, [*ids, best], len(ids)).row(0)
    attention = recording.attention[:, :, -1, recording.start_length :].mean(dim=(0, 1)).numpy()
    return best, [shares, attention, np.arange(len(shares))]


def _first(share: float, score: np.ndarray) -> Bool[np.ndarray, " token"]:
    """Which tokens are the first share of them by a score."""
    places = np.argsort(np.argsort(-score, kind="stable"), kind="stable")
    return places < round(share * len(score))


def _moved(
    model: LanguageModel,
    ids: Sequence[int],
    erased: Bool[np.ndarray, "variant token"],
    blank: Float[Tensor, " width"],
    token: int,
) -> Float[np.ndarray, " variant"]:
    """How far the logit of a token moves in every variant, in logits."""
    inputs = embed(model, ids)
    hidden = np.zeros((len(erased) + 1, model.start_length(ids)), bool)
    whole = np.zeros((1, erased.shape[1]), bool)
    masks = np.concatenate([hidden, np.concatenate([whole, erased])], axis=1)
    with torch.inference_mode():
        gone = torch.tensor(masks, device=model.device)[:, :, None]
        states = read_embedded(model, torch.where(gone, blank, inputs))[:, -1]
        logits = states @ model.unembedding[token]
    return (logits[1:] - logits[0]).abs().double().cpu().numpy()


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's, and 0 where one of them is the same everywhere."""
    return float(spearmanr(a, b).statistic) if np.ptp(a) and np.ptp(b) else 0.0
