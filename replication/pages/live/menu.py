"""The articles' experiments as settings of the page, and the answers that settings ask for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from replication.articles.experiments import experiment
from replication.figures.figure import Figure
from replication.figures.table import FIGURES
from replication.measures.depth import first_layer
from replication.models.registry import DEFAULT_MODEL, find
from replication.pages.live.settings import Settings
from replication.questions.attention import AttentionOf, LayerAttentionOf
from replication.questions.lens import RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question
from replication.questions.saliency import SaliencyOf

KINDS_OF: dict[type[Any], str] = {
    RanksOf: "ranks",
    WatchedRanksOf: "ranks",
    TopTokensOf: "top",
    SaliencyOf: "saliency",
    FactorsOf: "factors",
    LayerAttentionOf: "attention",
}
"""The questions of figures that the page can ask."""


@dataclass(frozen=True)
class Experiment:
    """A text of a figure, and what is looked at in it."""

    figure: Figure
    question: Question[Any]
    kind: str
    settings: Settings

    @property
    def title(self) -> str:
        """The figure's; where that has several, the prompt, or whose text it is."""
        questions = self.figure.questions
        if len(questions) == 1:
            return self.figure.title
        one_prompt = len({question.prompt for question in questions}) == 1
        told = one_prompt and experiment(self.question.published or "").paper_model
        return told or self.question.prompt


@cache
def experiments() -> tuple[Experiment, ...]:
    """Those that the page can show, in the order of the figures."""
    found = (
        Experiment(figure, question, KINDS_OF[type(question)], _settings(question))
        for figure in FIGURES.values()
        for question in figure.questions
        if type(question) in KINDS_OF
    )
    return tuple({(one.kind, one.settings): one for one in found}.values())


def _settings(question: Any) -> Settings:
    """The settings by which the page asks a figure's question."""
    kind, question = KINDS_OF[type(question)], _plain(question, DEFAULT_MODEL)
    text, layers = question.text, getattr(question, "layers", None)
    return Settings(
        prompt=text.prompt,
        given=text.continuation,
        generate=0,
        words=getattr(question, "words", ()),
        factors=getattr(question, "factors", Settings.factors),
        layers=f"{layers[0]}-{layers[-1]}" if layers else "",
        show=(kind,),
    )


@dataclass(frozen=True)
class Place:
    """Where on the page an answer is, and what it answers."""

    id: str
    kind: str
    question: Question[Any]
    figures: tuple[Figure, ...]
    """Those that show it."""

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of the claims that it bears on."""
        return tuple(dict.fromkeys(claim for figure in self.figures for claim in figure.claims))


def places(settings: Settings) -> Iterator[Place]:
    """All answers that are asked for, in the order in which they are worked out.

    A question of an article's text is the figure's own, so that what was published answers it too.
    """
    for kind in settings.show:
        for number, question in enumerate(settings.questions(kind)):
            shown = [
                (one, figure)
                for figure in FIGURES.values()
                for one in figure.questions
                if _plain(one, settings.model) == _plain(question, settings.model)
            ]
            own = next((one for one, _ in shown if one.published), question)
            yield Place(f"{kind}-{number}", kind, own, tuple(figure for _, figure in shown))


def place(settings: Settings, id: str) -> Place:
    """One of them; ``ValueError`` where it is not asked for."""
    found = {place.id: place for place in places(settings)}
    if id not in found:
        raise ValueError(f"no answer {id[:40]!r}: expected one of {', '.join(found)}")
    return found[id]


def _plain(question: Question[Any], model: str) -> Question[Any]:
    """Without what only a figure says of it, and with a depth as a model's layer; the page shows
    the attention of all layers.
    """
    if isinstance(question, LayerAttentionOf):
        question = AttentionOf(question.text)
    if isinstance(question, RanksOf):
        question = replace(question, last_only=False)
    if isinstance(question, FactorsOf) and question.depth is not None:
        layer = first_layer(question.depth, find(model)[0].layers)
        question = replace(question, depth=None, layers=question.layers or (layer,))
    return replace(question, published=None)
