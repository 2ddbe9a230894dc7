"""What a figure shows: published results, and those measured on a model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from replication.figures.figure import Figure
from replication.figures.numbers import Shown
from replication.figures.own_text import Own, firing_of, own_result
from replication.figures.table import parse_norms
from replication.questions.measured import subject
from replication.questions.subjects import Published, Question, View
from replication.results.untestable import NotTestable, Untestable

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


def gather(figure: Figure, model: str, norms: str, own: Own = ARTICLES, **settings: Any) -> Results:
    """What a figure shows of each of its experiments, published and measured on a model.

    ``settings`` take the place of the figure's own. With a text of one's ``own`` there is nothing
    published to show. Raises ``ValueError`` for an unknown model or norm, ``weights.WeightsError``
    where the model was not fetched.
    """
    seen = views(model, norms if figure.lens else "none")
    if model == Published.name and (figure.asks or own.given):
        what = own.given or figure.id
        raise ValueError(f"nothing was published of {what}: name a model to measure it on")
    if figure.asks:
        return {asked.id: _answers(asked, seen) for asked in _asked(figure, settings)}
    given = {**figure.settings, **settings}
    if not own.given:
        return {
            id: [_result(view, id, figure, given) for view in seen] for id in figure.experiments
        }
    return {
        id: [_result(view, id, figure, given) for view in seen[:1] if not own.prompt]
        + [own_result(figure, id, model, own, given)]
        for id in figure.experiments
    }


def _asked(figure: Figure, settings: Mapping[str, Any]) -> Iterator[Question[Any]]:
    """A figure's questions, with settings in the place of their own."""
    known = {field.name for question in figure.asks for field in fields(question)}
    if unknown := settings.keys() - known:
        raise ValueError(f"{figure.id} has no setting {min(unknown)!r}: expected some of {known}")
    for question in figure.asks:
        names = {field.name for field in fields(question)}
        yield replace(question, **{name: settings[name] for name in names & settings.keys()})


def _answers(question: Question[Any], seen: Sequence[View]) -> list[Any]:
    """What each model says, under each norm where it matters; nothing was published."""
    asked = [view for view in seen if view.subject.name != Published.name]
    if not question.norm_matters:
        asked = asked[:1]
    return [_answer(view, question) for view in asked]


def _answer(view: View, question: Question[Any]) -> Any:
    try:
        return view.answer(question)
    except NotTestable as error:
        norm = view.norm if question.norm_matters else None
        return Untestable(str(error), replace(view.provenance(), norm=norm))


def _result(view: View, id: str, figure: Figure, settings: Mapping[str, Any]) -> Shown:
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
            case "answers":
                raise ValueError(f"{figure.id} asks questions of its own, not {id!r}")
            case "neurons":
                found = view.clusters(id, settings["clusters"])
                return firing_of(found, source, settings["neurons"], settings["seed"])
    except NotTestable as error:
        return Untestable(str(error), source)
