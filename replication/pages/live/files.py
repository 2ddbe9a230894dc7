"""Answers as files to save: pictures, numbers, and a page that opens without any server."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from replication.base.environment import packages
from replication.figures.drawing.draw import draw
from replication.figures.saving import as_png, as_svg, panel
from replication.measures.depth import first_layer
from replication.pages.live.menu import Place
from replication.pages.live.settings import KINDS, Settings
from replication.pages.templating import templates
from replication.questions.attention import LayerAttentionOf
from replication.results.attention import Attention


def picture(save: Callable[[Any], bytes]) -> Callable[[Place, Sequence[Any]], bytes]:
    """What draws an answer as its figure does, and saves it in a format."""

    def made(place: Place, results: Sequence[Any]) -> bytes:
        figure = next(iter(place.figures), None)
        title, options = (figure.title, figure.options) if figure else (KINDS[place.kind], {})
        drawn = {place.question.id: [_one_layer(result) for result in results]}
        return save(draw(drawn, title, **options))

    return made


def numbers(place: Place, results: Sequence[Any]) -> bytes:
    """An answer as JSON, with what stands behind it."""
    panels = [panel(place.question, _one_layer(result)) for result in results]
    content = {"packages": packages(), "panels": panels}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _one_layer(result: Any) -> Any:
    """Of attention the layer in the middle, as in its figure: all would be many megabytes."""
    if not isinstance(result, Attention):
        return result
    return result.of_layer(first_layer(LayerAttentionOf.depth, len(result.weights)))


FORMATS: dict[str, Callable[[Place, Sequence[Any]], bytes]] = {
    "png": picture(as_png),
    "svg": picture(as_svg),
    "json": numbers,
}
"""Of one answer."""


def page(settings: Settings, answers: Sequence[tuple[Place, Mapping[str, str]]]) -> bytes:
    """All answers as one page: each with its ``html``, or the ``fault`` for which it has none."""
    template = templates().get_template("live/saved.html")
    return template.render(settings=settings, answers=answers, kinds=KINDS).encode()
