"""BertViz's views of attention, as pages that need no network.

The views are BertViz's own: Vig 2019, "A Multiscale Visualization of Attention in the Transformer
Model".
"""

from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from jaxtyping import Float

from replication.pages.offline import Drawing, page, taken_apart
from replication.pages.templating import readable
from replication.results.attention import Attention, QueriesAndKeys

LONGEST = 12
"""Characters of a token; more would run out of BertViz's boxes."""
DIGITS = 3
"""Decimals of weights and vectors; more cannot be seen, and would double the page."""
MOST_DRAWN = 150_000
"""Lines and boxes drawn at once. Chromium took 2 to 5 seconds for so many on one core of a server,
and 9 for 240,000; at 360,000 it answered 7 seconds after the mouse had moved."""
MOST_NUMBERS = 1_500_000
"""Numbers in a page: about 10 MB."""
HEAD_NOTE = (
    "Each line joins a token on the left, which attends, to one on the right, which it attends "
    "to: the stronger the line, the greater the weight. Point at a token to see its lines "
    "alone. The squares are heads {heads} of the layer, from left to "
    "right: click one to leave it out or take it back, double-click to see it alone."
)
MODEL_NOTE = (
    "A row for each layer, a column for each head. In each cell lines run from the tokens, "
    "first on top, to those that they attend to: the stronger the line, the greater the "
    "weight. Click a cell to see it larger and with its tokens, and point at a token on the "
    "left there to see its lines alone."
)
NEURON_NOTE = (
    "Point at a token on the left to see what it attends to, and click the plus sign beside "
    "it to see why: its query, the key of every token, their product element by element, and "
    "the sum of that, divided by the root of the number of elements. The softmax of these sums "
    "over the tokens so far is the attention, on the right. Blue is positive, orange negative, "
    "strong is far from 0. Queries and keys are as the model compares them: after "
    "their norms and the rotary embedding, where it has these."
)


def head_view(
    attention: Attention, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None
) -> str:
    """A page with one layer at a time: lines between tokens, in a colour for each head.

    ``layers`` and ``heads`` are those to choose from, all by default. ``ValueError`` for one that
    is not there, or for more than a browser draws in reasonable time.
    """
    import bertviz

    chosen, columns = _chosen(attention, layers, heads)
    drawn_at_once = len(columns) * len(attention.tokens) ** 2
    _refuse_over_limits(drawn_at_once, drawn_at_once * len(chosen))
    drawn = bertviz.head_view(
        _tensors(attention.weights[:, columns]),
        _labels(attention),
        prettify_tokens=False,
        include_layers=chosen,
        html_action="return",
    )
    note = HEAD_NOTE.format(heads=", ".join(map(str, columns)))
    return page("Head view", note, taken_apart(drawn.data), attention.provenance)


def model_view(
    attention: Attention, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None
) -> str:
    """A page with every layer and head at a glance; a click opens one. See ``head_view``."""
    import bertviz

    rows, columns = _chosen(attention, layers, heads)
    lines = len(rows) * len(columns) * len(attention.tokens) ** 2
    _refuse_over_limits(lines, lines)
    drawn = bertviz.model_view(
        _tensors(attention.weights),
        _labels(attention),
        prettify_tokens=False,
        include_layers=rows,
        include_heads=columns,
        html_action="return",
    )
    return page("Model view", MODEL_NOTE, taken_apart(drawn.data), attention.provenance)


def neuron_view(
    vectors: QueriesAndKeys,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
) -> str:
    """A page with one head at a time, down to the elements of queries and keys.

    See ``head_view``. BertViz's own way to this view reads models of 2019 only, so its script is
    given our vectors.
    """
    attention = vectors.attention
    rows, columns = _chosen(attention, layers, heads)
    count, size = len(attention.tokens), vectors.queries.shape[-1]
    numbers = len(rows) * len(columns) * count * (2 * size + count)
    _refuse_over_limits(count * (3 * size + 5 * count), numbers)
    # BertViz divides by the root of the size, as GPT-2 does; other models may scale otherwise.
    scale = vectors.scaling[:, None, None, None] * np.sqrt(size)
    part = np.ix_(rows, columns)
    data = {
        "attn": _rounded(attention.weights[part]),
        "queries": _rounded((vectors.queries * scale)[part]),
        "keys": _rounded(vectors.keys[part]),
        "left_text": _labels(attention),
        "right_text": _labels(attention),
    }
    lists = '<p>Layer <select id="layer"></select> Head <select id="att_head"></select></p>'
    drawing = Drawing(
        markup=f'<div id="view">{lists}<div id="vis"></div></div>',
        program=resources.files("bertviz").joinpath("neuron_view.js").read_text("utf-8"),
        params={
            "attention": {"all": data},
            "default_filter": "all",
            "root_div_id": "view",
            "bidirectional": False,
        },
        numbers={"layer": rows, "att_head": columns},
    )
    return page("Neuron view", NEURON_NOTE, drawing, attention.provenance)


def _chosen(
    attention: Attention, layers: Sequence[int] | None, heads: Sequence[int] | None
) -> tuple[list[int], list[int]]:
    lists = []
    for name, axis, wanted in (("layers", 0, layers), ("heads", 1, heads)):
        there = attention.weights.shape[axis]
        numbers = list(range(there)) if wanted is None else list(wanted)
        if not numbers or not set(numbers) <= set(range(there)):
            raise ValueError(f"{name} {numbers}: expected one or more of 0 to {there - 1}")
        lists.append(numbers)
    return lists[0], lists[1]


def _refuse_over_limits(drawn: int, numbers: int) -> None:
    for count, most, what in (
        (drawn, MOST_DRAWN, "lines and boxes at once"),
        (numbers, MOST_NUMBERS, "numbers"),
    ):
        if count > most:
            raise ValueError(
                f"this view would have {count} {what}, and browsers slow down badly above {most}: "
                f"choose fewer layers or heads, or a shorter text"
            )


def _tensors(weights: Float[np.ndarray, "layer head query key"]) -> list[Any]:
    """As BertViz takes them: a tensor for each layer, with an axis for the texts of a batch."""
    import torch

    # float64: of float32, the decimals that were rounded away would be written all the same.
    return list(torch.from_numpy(weights.astype(np.float64).round(DIGITS))[:, None])


def _rounded(values: np.ndarray) -> list[Any]:
    return values.astype(np.float64).round(DIGITS).tolist()


def _labels(attention: Attention) -> list[str]:
    """Tokens as they can be read; the start token, which has no text, by its name."""
    start = attention.provenance.start_token
    return [
        _short(readable(token)) if token or place else start
        for place, token in enumerate(attention.tokens)
    ]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
