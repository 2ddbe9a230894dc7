"""What each generated token owes to those before it, as a text to point at."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from replication.pages.templating import percent, readable
from replication.pages.viewing.figure import figure, piece
from replication.pages.viewing.heat import Cell, Heat, share_style
from replication.pages.viewing.strips import shown, strip_of
from replication.results.saliency import Saliency

LEAST = 0.0005
"""Shares below are not written under their tokens."""


def saliency_view(saliency: Saliency) -> str:
    """The text, whose tokens are shaded by their share in the generated token pointed at."""
    rows = [saliency.row(generated) for generated in range(len(saliency.shares))]
    names = [readable(token) for token in saliency.tokens]
    outputs = range(saliency.n_input, len(names))
    cells = [[Cell(percent(share), share_style(share)) for share in row.tolist()] for row in rows]
    cells = [[*row, *[Cell("")] * (len(names) - 1 - len(row))] for row in cells]
    table = Heat("generated", [names[at] for at in outputs], names[:-1], cells)
    return figure(
        saliency,
        f"What each generated token owes to those before it ({saliency.method})",
        "Point at a framed token, or choose one, for the shares of the tokens before it.",
        [piece("strip", strip_of(saliency.tokens), outputs), piece("numbers", table)],
        lambda id: _rules(id, rows, saliency.n_input),
    )


def _rules(id: str, rows: Sequence[Float[np.ndarray, " _position"]], first: int) -> Markup:
    """Shade tokens by their share; row *i* is that of token ``first + i``."""
    return Markup("\n").join(
        Markup(f"{shown(id, f't{first + number}')}{{{''.join(_shares(row))}}}")
        for number, row in enumerate(rows)
    )


def _shares(row: Float[np.ndarray, " position"]) -> Iterator[str]:
    most = row.max() or 1
    for place, share in enumerate(row.tolist()):
        if share >= LEAST:
            yield f'.t{place}{{--s:{share / most:.2g};--p:"{percent(share)}"}}'
