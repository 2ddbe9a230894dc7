"""A look at the attention over a prompt of one's own, as a page to be hovered over."""

from collections.abc import Sequence
from typing import Literal

View = Literal["head", "model", "neuron"]


def page(
    text: str,
    *,
    model: str,
    view: View = "head",
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
) -> str:
    """The page's HTML.

    Raises ``ModelError`` for text that cannot be read, ``ValueError`` for an unknown model, for
    layers and heads that are not there, and for more than a browser can draw.
    """
    from replication.measures.attention_weights import attention_of, queries_and_keys
    from replication.measures.record import record
    from replication.models.loading import load
    from replication.pages.attention import head_view, model_view, neuron_view

    loaded = load(model)
    if view == "neuron":
        return neuron_view(queries_and_keys(loaded, text), layers, heads)
    attention = attention_of(loaded, record(loaded, text, attention=True))
    draw = head_view if view == "head" else model_view
    return draw(attention, layers, heads)
