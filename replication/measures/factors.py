"""Factors: the few patterns of firing that a text's activations are made of.

The matrix of activations, a row for each token and a column for each neuron of the layers looked
at, is written as a product of two smaller ones without negative numbers: how strongly each factor
is at work at each token (``Factors.activity``), and how much each neuron belongs to it
(``Factors.neurons``).

Which positions, and how they are shown: the last token of a continuation was written but never
read, so its position is left out of the matrix. An input token is shown with the activity where it
was read; the *i*-th generated token with the activity at the position before it, where it was
written. The position of the last input token is thus shown twice. The article's published values
do so: those of the last input token and of the first generated one are equal.

Sources: Lee & Seung 1999, "Learning the parts of objects by non-negative matrix factorization";
Alammar 2020, https://jalammar.github.io/explaining-transformers/.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from replication.measures.neurons import chosen_layers, firing
from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.results.factors import Factors, PrincipalComponents, Reach

Start = Literal["random", "nndsvda"]


def factor_matrix(
    recording: Recording, layers: Sequence[int] | None = None
) -> Float[np.ndarray, "position neuron"]:
    """The matrix that is factorized: negative activations set to 0, a start token left out.

    Columns are all neurons of the first layer of ``layers``, then those of the next. ``ModelError``
    as in ``neurons.chosen_layers``, and where the prompt has no token but a start token.
    """
    values = firing(recording, layers)
    if recording.prompt_length <= recording.start_length:
        raise ModelError("the prompt has no token to show: give at least one after a start token")
    if recording.continuation:
        values = values[:, :-1]
    return np.maximum(values, 0).transpose(1, 0, 2).reshape(values.shape[1], -1)


def factorize(
    recording: Recording,
    count: int,
    *,
    layers: Sequence[int] | None = None,
    seed: int = 0,
    iterations: int = 500,
    start: Start = "random",
    tolerance: float = 1e-4,
) -> Factors:
    """Factorize the activations of a text; the settings are the article's unless given.

    Factors come by their share of energy, greatest first. The scale is scikit-learn's:
    it is divided between a factor's activity and its neurons as the start happened to have it, so
    values are to be compared within a factor; ``reach`` and ``energy`` do not depend on it.
    ``ModelError`` as in ``factor_matrix`` and unless 1 <= ``count`` <= positions.
    """
    from sklearn.decomposition import NMF

    matrix = factor_matrix(recording, layers)
    _check_count(count, len(matrix), "factors")
    method = NMF(count, init=start, random_state=seed, max_iter=iterations, tol=tolerance)
    activity = _fit(method, matrix).T
    energy = _energy(activity, method.components_)
    order = np.argsort(-energy, kind="stable")
    tokens = recording.tokens[recording.start_length :]
    n_input = recording.prompt_length - recording.start_length
    return Factors(
        activity=_shown(activity[order], n_input, len(tokens)),
        tokens=tokens,
        n_input=n_input,
        layers=chosen_layers(recording, layers),
        neurons=method.components_[order],
        provenance=recording.provenance,
        energy=energy[order],
    )


def reach(factors: Factors, threshold: float = 0.0) -> Reach:
    """Which neurons a factor reaches: those that it alone makes fire above ``threshold`` somewhere.

    That is the neuron's weight times the factor's greatest activity, in units of activation, so it
    does not depend on how scale is divided between the two. The article gives numbers (30 % and
    46 %, 4,365 in common) without its threshold. ``ValueError`` for a threshold under 0 and where
    the neurons were not published.
    """
    if threshold < 0:
        raise ValueError(f"threshold is {threshold}: expected 0 or more, in units of activation")
    weights = _neurons(factors)
    reached = (weights * factors.activity.max(axis=1)[:, None] > threshold).astype(np.int64)
    return Reach(reached @ reached.T, weights.shape[1], threshold)


def pca(
    recording: Recording, count: int, layers: Sequence[int] | None = None
) -> PrincipalComponents:
    """Principal components of the matrix that ``factorize`` takes; errors are the same."""
    from sklearn.decomposition import PCA

    matrix = factor_matrix(recording, layers)
    _check_count(count, len(matrix), "components")
    method = PCA(count, svd_solver="full")
    activity = _fit(method, matrix).T
    tokens = recording.tokens[recording.start_length :]
    n_input = recording.prompt_length - recording.start_length
    return PrincipalComponents(
        activity=_shown(activity, n_input, len(tokens)),
        neurons=method.components_,
        variance=method.explained_variance_ratio_,
        tokens=tokens,
        n_input=n_input,
        layers=chosen_layers(recording, layers),
        provenance=recording.provenance,
    )


def _fit(method: Any, matrix: np.ndarray) -> np.ndarray:
    """What a method of scikit-learn makes of a matrix.

    On one thread: products this thin gain little from a second one, and where other programs run
    they wait for it many times longer than they take.
    """
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
        # The article stops after its 500 iterations whether or not they were enough.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return method.fit_transform(matrix)


def _check_count(count: int, positions: int, what: str) -> None:
    if not 1 <= count <= positions:
        raise ModelError(f"{count} {what} asked for: expected 1 to {positions} (positions read)")


def _shown(
    activity: Float[np.ndarray, "factor position"], n_input: int, tokens: int
) -> Float[np.ndarray, "factor token"]:
    """Activity by token: with generated tokens, that of the last input token comes twice."""
    if n_input == tokens:
        return activity
    return np.insert(activity, n_input, activity[:, n_input - 1], axis=1)


def _neurons(factors: Factors) -> Float[np.ndarray, "factor neuron"]:
    if factors.neurons is None:
        raise ValueError(f"no weights of neurons came with these factors: {factors.provenance}")
    return factors.neurons


def _energy(
    activity: Float[np.ndarray, "factor position"], neurons: Float[np.ndarray, "factor neuron"]
) -> Float[np.ndarray, " factor"]:
    parts = (activity**2).sum(axis=1) * (neurons**2).sum(axis=1)
    return parts / parts.sum() if parts.any() else parts
