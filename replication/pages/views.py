"""Every result as a view: a piece of a page, or of a notebook, that needs nothing else.

It is HTML and CSS without any script, so it works in a notebook that is not trusted, in a page that
``nbconvert`` wrote and in a page of the report. What tokens say is escaped. What kind of result is
viewed how is decided here.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import singledispatch
from typing import Any

from markupsafe import Markup

from replication.pages.tables import table_of
from replication.pages.templating import readable
from replication.pages.terminal import heading, printed
from replication.pages.viewing.arrays import arrays_of
from replication.pages.viewing.attention import attention_view
from replication.pages.viewing.factors import factors_view
from replication.pages.viewing.figure import figure, piece
from replication.pages.viewing.heat import Heat, heats_of
from replication.pages.viewing.ranks import positions_view, ranks_view, top_view
from replication.pages.viewing.saliency import saliency_view
from replication.results.attention import Attention
from replication.results.factors import Factors
from replication.results.lens import PositionGrid
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopGrid, TopTokens
from replication.results.saliency import Saliency

MOST_CELLS = 1500
"""Of an array that has no view of its own: beyond, its medians are shown."""
ROWS, WIDTH = 12, 100
"""Of a table in a terminal."""


def view_text(result: Any) -> str:
    """A result in a terminal: what stands behind it, and the beginning and end of its table."""
    source = getattr(result, "provenance", None)
    said = f"{type(result).__name__}: {heading(source)}" if source else type(result).__name__
    return f"{said}\n{printed([table_of(result).shortened(ROWS, WIDTH)])}"


def view_html(result: Any, details: TopGrid | None = None) -> str:
    """A result as a self-contained piece of HTML: numbers to point at.

    ``details`` add to a rank grid the best tokens of every cell; ``ValueError`` if they are of
    another shape or of another subject.
    """
    return _view(result) if details is None else ranks_view(result, details)


@singledispatch
def _view(result: Any) -> str:
    """A result that has no view of its own: its arrays as tables, and what else it holds."""
    return figure(result, type(result).__name__, "", _pieces(result))


for kind, view in (
    (RankGrid, ranks_view),
    (TopTokens, top_view),
    (PositionGrid, positions_view),
    (Saliency, saliency_view),
    (Factors, factors_view),
    (Attention, attention_view),
):
    _view.register(kind, view)


def _pieces(result: Any) -> Iterator[Markup]:
    for array in arrays_of(result):
        shown = array.fitting(MOST_CELLS)
        for heat in heats_of(shown) if shown.axes else ():
            yield piece("heat", _readable(heat))
    for field in fields(result):
        held = getattr(result, field.name)
        if is_dataclass(held) and not isinstance(held, Provenance):
            yield piece("held", field.name.replace("_", " "), Markup(_view(held)))
    yield piece("table", table_of(result))


def _readable(heat: Heat) -> Heat:
    """With names of rows and columns as they can be read."""
    rows, columns = (
        [readable(name) if name else "" for name in of] for of in (heat.rows, heat.columns)
    )
    return replace(heat, rows=rows, columns=columns)
