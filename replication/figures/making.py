"""The figures of one notebook, under its parameters: asked, drawn, saved and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from replication.base.norms import parse_norms
from replication.figures.answers import answers, measured_by
from replication.figures.drawing.draw import draw
from replication.figures.figure import Figure
from replication.figures.saving import Saved, save
from replication.figures.table import FIGURES, select
from replication.judging.quick import Judged, judged
from replication.questions.question import Answer, Question
from replication.questions.subjects import Case, Subject


@dataclass(frozen=True)
class Figures:
    """What a notebook makes its figures with."""

    model: str
    norms: str
    """Such as ``"none,final"``."""
    out: str | Path
    only: str = ""
    """Ids of the figures to make, with commas between them; if empty, all that are asked for."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """Settings of your own, such as ``prompt``, for the figures that are made; one that is empty
    or 0 leaves what a figure has."""

    def __post_init__(self) -> None:
        for id in self._only:
            self[id]  # what cannot be is refused before anything is measured

    def __getitem__(self, id: str) -> Figure:
        """A figure with the settings of your own; ``ValueError`` for one that it does not have."""
        (figure,) = select([id])
        given = {name: value for name, value in self.own.items() if value not in ("", 0)}
        return figure.of(**given) if given and self.makes(id) else figure

    def makes(self, id: str) -> bool:
        """Whether the figure is one of those to make."""
        return not self._only or id in self._only

    def make(self, id: str, **options: Any) -> Saved | str:
        """Ask the figure's questions, draw the answers and save the drawing with its numbers.

        ``options`` stand in the place of the figure's own, see ``draw``. A sentence for a figure
        that is not to be made.
        """
        if not self.makes(id):
            return f"{id} is not made: only {self.only} is"
        figure = self[id]
        results = answers(figure.questions, self.model, self.norms, self._measured)
        drawing = draw(results, figure.title, **{**figure.options, **options})
        return save(figure, drawing, results, self.model, self.norms, self.out)

    def answer(self, question: Question[Answer], norm: str = "final") -> Answer:
        """The model's answer to a question, which is what its figure draws and its claims judge.

        ``NotTestable``, with the reason, where it has none.
        """
        (under,) = parse_norms(norm)
        return Case(self._subject, under).answer(question.under(parse_norms(self.norms)))

    def verdicts(self, *ids: str, measure: bool = True) -> Judged:
        """The claims that these figures bear on, judged on the published numbers and on the model,
        on the texts of the claims and without nulls; see ``judged``.
        """
        made = [id for id in ids if self.makes(id)]
        claims = [claim for id in made for claim in FIGURES[id].claims]
        return judged(claims, self._subject, parse_norms(self.norms), measure=measure)

    @property
    def _only(self) -> list[str]:
        return self.only.split(",") if self.only else []

    @cached_property
    def _measured(self) -> Subject | None:
        return measured_by(self.model)

    @property
    def _subject(self) -> Subject:
        if self._measured is None:
            raise ValueError("nothing is measured of the published numbers: name a model")
        return self._measured
