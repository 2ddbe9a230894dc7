"""The attention of every head at a glance; the one that is pointed at is shown large."""

import numpy as np
from jaxtyping import Float

from replication.pages.templating import percent, readable
from replication.pages.viewing import mosaic
from replication.pages.viewing.figure import figure, piece
from replication.pages.viewing.heat import Heat, cells_of, share_style
from replication.results.attention import Attention

MOST = 400_000
"""Weights of a picture; of a longer text the mean over a layer's heads is shown."""
TOLD = 3
"""The greatest weights that are told of a head."""


def attention_view(attention: Attention) -> str:
    """A picture of each head's weights, a row for each layer."""
    weights = attention.weights
    if weights.size > MOST:
        weights = weights.mean(axis=1, keepdims=True)
    layers, heads = weights.shape[:2]
    others = np.tril(weights, -1)
    others[..., 0] = 0
    start = attention.provenance.start_token
    names = [
        readable(token) if token or place else start for place, token in enumerate(attention.tokens)
    ]

    def style(layer: int, head: int) -> str:
        # The colour is for viewers that leave out styles of pages, and with them the picture.
        return f"{share_style(float(others[layer, head].max()))};--h:{head};--v:{layer}"

    def tip(layer: int, head: int) -> str:
        told = _greatest(others[layer, head], names)
        first = percent(float(weights[layer, head, :, 0].mean()))
        return f"layer {layer}, head {head}\n{told}the first token gets {first} on average"

    cells = cells_of([[""] * heads] * layers, style, tip)
    heat = Heat("layer", tuple(map(str, range(layers))), tuple(map(str, range(heads))), cells)
    return figure(
        attention,
        f"What {attention.weights.shape[1]} heads in each of {layers} layers attend to"
        + (", their mean" if heads < attention.weights.shape[1] else ""),
        "Rows attend to columns: the stronger the colour, the greater the weight. Point at a head "
        "to see it large (until then, the first), and for its greatest weights on tokens other "
        "than itself and the first.",
        [piece("mosaic", heat, names)],
        lambda id: mosaic.rules(id, weights),
    )


def _greatest(weights: Float[np.ndarray, "query key"], names: list[str]) -> str:
    """A line for each of the greatest weights."""
    places = weights.ravel().argsort()[::-1][:TOLD]
    pairs = (np.unravel_index(place, weights.shape) for place in places)
    return "".join(f"{names[q]} → {names[k]} {percent(float(weights[q, k]))}\n" for q, k in pairs)
