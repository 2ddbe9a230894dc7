"""What the notebooks share: the numbers that a figure shows, and its files.

A figure is three files of one name: ``.svg`` and ``.png`` to look at, ``.json`` with every number
drawn and what stands behind it. The same numbers give the same bytes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure as Drawing
from PIL import Image

from replication.articles import experiment
from replication.environment import PACKAGES
from replication.figures import FORMATS, Figure, parse_norms
from replication.files import whole
from replication.measured import subject
from replication.numbers import Shown, numbers_of
from replication.own import Own, firing_of, own_result
from replication.plots import Untestable
from replication.subjects import NotTestable, Published, View

DOTS = 150  # per inch
STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: small files that can be searched and read aloud
    "svg.hashsalt": "replication",  # else every run names its parts anew
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # the second is as wide, where the first lacks
    "font.monospace": ["DejaVu Sans Mono", "Menlo", "Consolas"],
}
ARTICLES = Own()
"""The articles' texts and layers."""
Results = Mapping[str, Sequence[Any]]
"""By experiment: the published result (``Shown``), then the measured one under each norm, or one
where no lens is involved."""


def views(model: str, norms: str) -> list[View]:
    """The published numbers, and a model under each norm of a list such as ``"none,final"``."""
    published = [View(Published(), "none")]
    if model == Published.name:
        return published
    measured = subject(model)
    return published + [View(measured, norm) for norm in parse_norms(norms)]


def gather(figure: Figure, model: str, norms: str, own: Own = ARTICLES, **settings: int) -> Results:
    """What a figure shows of each of its experiments, published and measured on a model.

    ``settings`` take the place of the figure's own. With a text of one's ``own`` there is nothing
    published to show. Raises ``ValueError`` for an unknown model or norm, ``weights.WeightsError``
    where the model was not fetched.
    """
    seen = views(model, norms if figure.lens else "none")
    given = {**figure.settings, **settings}
    if not own.given:
        return {
            id: [_result(view, id, figure, given) for view in seen] for id in figure.experiments
        }
    if model == Published.name:
        raise ValueError(f"nothing was published of {own.given}: name a model to measure it on")
    return {
        id: [_result(view, id, figure, given) for view in seen[:1] if not own.prompt]
        + [own_result(figure, id, model, own, given)]
        for id in figure.experiments
    }


def _result(view: View, id: str, figure: Figure, settings: Mapping[str, int]) -> Shown:
    source = view.provenance(id)
    if not figure.lens:
        source = replace(source, norm=None)
    try:
        match figure.shows:
            case "ranks":
                return view.ranks(id)
            case "top tokens":
                return view.top_tokens(id)
            case "saliency":
                return replace(view.saliency(id), provenance=source)
            case "factors":
                return view.factors(id, settings["factors"], settings["seed"])
            case "neurons":
                found = view.clusters(id, settings["clusters"])
                return firing_of(found, source, settings["neurons"], settings["seed"])
    except NotTestable as error:
        return Untestable(str(error), source)


@dataclass(frozen=True)
class Saved:
    """A figure's files, without their suffix; notebooks show the picture."""

    path: Path

    def _repr_png_(self) -> bytes:
        return self.path.with_suffix(".png").read_bytes()


def save(
    figure: Figure,
    results: Results,
    drawing: Drawing,
    model: str,
    norms: str,
    out: str | Path,
    own: Own = ARTICLES,
    **settings: int,
) -> Saved:
    """Write ``<out>/<model>/<figure>.svg``, ``.png`` and ``.json``, all of them or none."""
    content = {
        ".svg": _svg(drawing),
        ".png": _png(drawing),
        ".json": as_json(figure, results, model, norms, own, **settings).encode(),
    }
    path = Path(out) / model / figure.id
    with ExitStack() as files:
        for suffix in FORMATS:
            unfinished = files.enter_context(whole(path.with_suffix(suffix)))
            unfinished.write_bytes(content[suffix])
    return Saved(path)


def _svg(drawing: Drawing) -> bytes:
    buffer = BytesIO()
    with matplotlib.rc_context(STYLE):
        drawing.savefig(buffer, format="svg", dpi=DOTS, metadata={"Date": None})
    # Every text says that it is not turned: a sixth of the file.
    return re.sub(rb' transform="rotate\(-0 [^"]*\)"', b"", buffer.getvalue())


def _png(drawing: Drawing) -> bytes:
    buffer, small = BytesIO(), BytesIO()
    drawing.savefig(buffer, format="png", dpi=DOTS)
    # A quarter of the size; no picture here needs more than 256 colours.
    picture = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True, dpi=(DOTS, DOTS))
    return small.getvalue()


def as_json(
    figure: Figure, results: Results, model: str, norms: str, own: Own = ARTICLES, **settings: int
) -> str:
    """The numbers of a figure with what stands behind them, as the text of its JSON file."""
    lens = {"norms": parse_norms(norms)} if figure.lens else {}
    shown = {
        "figure": figure.id,
        "title": figure.title,
        "claims": figure.claims,
        "source": experiment(figure.experiments[0]).source,
        "parameters": {"model": model, **lens, **figure.settings, **settings, **own.given},
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "panels": [_panel(id, result) for id, group in results.items() for result in group],
    }
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def _panel(id: str, result: Shown) -> dict[str, Any]:
    return {
        "experiment": id,
        "figure": experiment(id).figure,
        "provenance": asdict(result.provenance),
        **numbers_of(result),
    }
