"""The table of figures. Each is made by a notebook under ``notebooks/`` of a clone."""

from collections.abc import Iterable

from replication.figures.figure import Figure
from replication.figures.further import FURTHER_FIGURES
from replication.figures.of_articles import ARTICLE_FIGURES

FORMATS = (".svg", ".png", ".json")
FIGURES: dict[str, Figure] = {figure.id: figure for figure in (*ARTICLE_FIGURES, *FURTHER_FIGURES)}


def select(ids: Iterable[str]) -> list[Figure]:
    """The figures of these ids, or all for none; ``ValueError`` with the known ids for others."""
    chosen = list(dict.fromkeys(ids)) or list(FIGURES)
    for id in chosen:
        if id not in FIGURES:
            raise ValueError(f"unknown figure {id!r}: expected one of {', '.join(FIGURES)}")
    return [FIGURES[id] for id in chosen]


def of_notebook(name: str) -> list[Figure]:
    """The figures that a notebook makes, in the order of the table."""
    return [figure for figure in FIGURES.values() if figure.notebook == name]
