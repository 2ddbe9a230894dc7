"""How the neurons of feed-forward layers fire, token by token.

A neuron's activation is the output of the layer's nonlinearity. In a gated feed-forward that is
the gate, before the other branch multiplies it (``models.Architecture.activation``). Values a
little under 0, which GELU and SiLU give, count as not firing.

A start token is left out of all that is shown: it is no part of the text, and what fires for it is
many times what fires anywhere else and would hide the rest.

Source: Alammar 2020, https://jalammar.github.io/explaining-transformers/.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from replication.measures.record import Recording
from replication.models.errors import ModelError
from replication.results.neurons import Clusters, LayerFiring, Sparsity
from replication.results.roles import roles_of

DRAWN_NEURONS = 200  # as many as the article draws of one layer


def chosen_layers(recording: Recording, layers: Sequence[int] | None) -> tuple[int, ...]:
    """The layers asked for, or all of them.

    ``ModelError`` without recorded neurons, for no layer at all, for one that is not there and for
    one given twice, which would count double.
    """
    if recording.neurons is None:
        raise ModelError("the recording has no neurons: record it with neurons=True")
    there = range(len(recording.neurons))
    chosen = tuple(there if layers is None else layers)
    if not chosen or not set(chosen) <= set(there) or len(set(chosen)) < len(chosen):
        raise ModelError(
            f"cannot look at layers {chosen}: expected one or more of 0 to {there[-1]}, each once"
        )
    return chosen


def firing(
    recording: Recording, layers: Sequence[int] | None = None
) -> Float[np.ndarray, "layer position neuron"]:
    """Activations as the network gave them, negative ones too, in the order of ``layers``.

    Position 0 is the first one after a start token. Errors: see ``chosen_layers``.
    """
    chosen = chosen_layers(recording, layers)
    assert recording.neurons is not None
    return recording.neurons[list(chosen), recording.start_length :].numpy()


def sparsity(
    recording: Recording,
    layers: Sequence[int] | None = None,
    *,
    threshold: float = 0.0,
    part: float = 0.1,
) -> Sparsity:
    """Count the neurons that fire at each token, in every layer asked for.

    The article calls the activations sparse and gives no threshold: 0 is where GELU and SiLU
    change sign. Errors: see ``chosen_layers``; ``ModelError`` unless 0 <= ``part`` < 1.
    """
    if not 0 <= part < 1:
        raise ModelError(f"part is {part}: expected a share of the maximum from 0 to under 1")
    values = firing(recording, layers)
    greatest = values.max(axis=2, keepdims=True)
    return Sparsity(
        firing=(values > threshold).sum(axis=2),
        # Where nothing is above 0 nothing is strong, whatever share of a negative maximum it is.
        strong=(values > part * np.maximum(greatest, 0)).sum(axis=2),
        tokens=recording.tokens[recording.start_length :],
        layers=chosen_layers(recording, layers),
        neurons=values.shape[2],
        threshold=threshold,
        part=part,
        provenance=recording.provenance,
    )


def layer_firing(recording: Recording, layer: int) -> LayerFiring:
    """All neurons of a layer, with the article's columns.

    Where the text was continued there is a column for each generated token, and it holds what
    fired when that token was written, which is at the position before it. Otherwise there is a
    column for each token, where it was read. Errors: see ``chosen_layers``.
    """
    values = np.maximum(firing(recording, [layer])[0], 0).T  # (neuron, position)
    start = recording.start_length
    tokens, roles = recording.tokens[start:], roles_of(recording.tokens)[start:]
    if recording.continuation:
        first = recording.prompt_length - start
        values, tokens, roles = values[:, first - 1 : -1], tokens[first:], roles[first:]
    return LayerFiring(values, np.arange(len(values)), tokens, roles, layer)


def drawn(whole: LayerFiring, neurons: int = DRAWN_NEURONS, seed: int = 0) -> LayerFiring:
    """Some neurons of a layer, to be drawn: chosen at random by ``seed``, in ascending order.

    The article does not say how it chose its 200. ``ModelError`` unless the layer has so many.
    """
    if not 1 <= neurons <= len(whole.neurons):
        raise ModelError(
            f"{neurons} neurons asked for: expected 1 to {len(whole.neurons)} (layer {whole.layer})"
        )
    chosen = np.random.default_rng(seed).choice(len(whole.neurons), neurons, replace=False)
    chosen.sort()
    return replace(whole, values=whole.values[chosen], neurons=whole.neurons[chosen])


def clusters(recording: Recording, layer: int, count: int, seed: int = 0) -> Clusters:
    """Put all neurons of a layer into ``count`` clusters by k-means.

    Rows are neurons, columns are tokens (``layer_firing``). Clusters come by size, then by mean
    firing, then by the number of their first neuron, so that equal runs give equal labels.
    ``ModelError`` unless there are ``count`` neurons that differ.
    """
    from sklearn.cluster import KMeans

    of = layer_firing(recording, layer)
    different = len(np.unique(of.values, axis=0))
    if not 1 <= count <= different:
        raise ModelError(
            f"{count} clusters asked for: expected 1 to {different} (neurons of layer {layer} "
            f"that differ)"
        )
    found = KMeans(count, n_init=10, random_state=seed).fit_predict(of.values)
    means = np.stack([of.values[found == k].mean(axis=0) for k in range(count)])
    first = np.array([np.flatnonzero(found == k)[0] for k in range(count)])
    order = np.lexsort([first, -means.mean(axis=1), -np.bincount(found, minlength=count)])
    return Clusters(np.argsort(order)[found], means[order], of, seed, recording.provenance)
