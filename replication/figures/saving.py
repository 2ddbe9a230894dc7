"""A figure's files.

A figure is three files of one name: ``.svg`` and ``.png`` to look at, ``.json`` with every number
drawn and what stands behind it. The same numbers give the same bytes.
"""

import json
import re
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure as Drawing
from PIL import Image

from replication.articles.experiments import published_figure
from replication.base.environment import packages
from replication.base.files import whole
from replication.base.norms import parse_norms
from replication.figures.answers import Results
from replication.figures.figure import Figure
from replication.figures.table import FORMATS
from replication.questions.question import Question
from replication.results.data import as_data

DIGITS = 6  # of a number that is not whole
DOTS = 150  # per inch
STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: small files that can be searched and read aloud
    "svg.hashsalt": "replication",  # else every run names its parts differently
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # the second is as wide, where the first lacks
    "font.monospace": ["DejaVu Sans Mono", "Menlo", "Consolas"],
}


@dataclass(frozen=True)
class Saved:
    """A figure's files, without their suffix; notebooks show the picture."""

    path: Path

    def _repr_png_(self) -> bytes:
        return self.path.with_suffix(".png").read_bytes()


def save(
    figure: Figure, drawing: Drawing, results: Results, model: str, norms: str, out: str | Path
) -> Saved:
    """Write ``<out>/<model>/<figure>.svg``, ``.png`` and ``.json``, all of them or none."""
    content = {
        ".svg": as_svg(drawing),
        ".png": as_png(drawing),
        ".json": as_json(figure, results, model, norms).encode(),
    }
    path = Path(out) / model / figure.id
    with ExitStack() as files:
        for suffix in FORMATS:
            unfinished = files.enter_context(whole(path.with_suffix(suffix)))
            unfinished.write_bytes(content[suffix])
    return Saved(path)


def as_svg(drawing: Drawing) -> bytes:
    """A drawing as SVG, with the same bytes each time."""
    buffer = BytesIO()
    with matplotlib.rc_context(STYLE):
        drawing.savefig(buffer, format="svg", dpi=DOTS, metadata={"Date": None})
    # Every text says that it is not turned: a sixth of the file.
    return re.sub(rb' transform="rotate\(-0 [^"]*\)"', b"", buffer.getvalue())


def as_png(drawing: Drawing) -> bytes:
    """A drawing as PNG, with the same bytes each time."""
    buffer, small = BytesIO(), BytesIO()
    drawing.savefig(buffer, format="png", dpi=DOTS)
    # A quarter of the size; no picture here needs more than 256 colours.
    picture = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True, dpi=(DOTS, DOTS))
    return small.getvalue()


def as_json(figure: Figure, results: Results, model: str, norms: str) -> str:
    """The numbers of a figure with what stands behind them, as the text of its JSON file."""
    lens = {"norms": parse_norms(norms)} if figure.lens else {}
    asked = {question.id: question.under(parse_norms(norms)) for question in figure.questions}
    content = {
        "figure": figure.id,
        "title": figure.title,
        "claims": figure.claims,
        "source": figure.source,
        "parameters": {"model": model, **lens, **figure.settings},
        "packages": packages(),
        "panels": [panel(asked[id], result) for id, group in results.items() for result in group],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def panel(question: Question[Any], result: Any) -> dict[str, Any]:
    """An answer as plain data, with its question and what stands behind it."""
    published = question.published and {"figure": published_figure(question.published).figure}
    return {
        "question": {"id": question.id, "type": type(question).__name__, **as_data(question)},
        **(published or {}),
        "provenance": asdict(result.provenance),
        "type": type(result).__name__,
        **as_data(result, DIGITS),
    }
