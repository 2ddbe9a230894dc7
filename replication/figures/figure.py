"""What a figure is: the questions that it shows the answers to, and the claims that it bears on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from replication.articles.experiments import experiment
from replication.questions.question import Question, parsed_as


@dataclass(frozen=True)
class Figure:
    """One figure of the replication."""

    id: str
    """The stem of its files."""
    title: str
    claims: tuple[str, ...]
    """Ids of the claims that it bears on."""
    questions: tuple[Question[Any], ...]
    alt: str
    """What can be seen, for those who cannot."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """How its results are drawn, where their type leaves a choice."""
    stated_source: str = ""
    """Of the finding or the method, where it is not that of a published figure."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What of its questions was changed with ``of``."""
    notebook: str = field(default="", kw_only=True)
    """The tutorial that makes it, and how."""

    @property
    def lens(self) -> bool:
        """Whether inner layers are read, so that a norm matters."""
        return any(question.norm_matters for question in self.questions)

    @property
    def published(self) -> tuple[str, ...]:
        """The ids of the published figures that it redraws."""
        return tuple(question.published for question in self.questions if question.published)

    @property
    def source(self) -> str:
        """The text that the finding or the method is from."""
        return self.stated_source or experiment(self.published[0]).source

    def of(self, **settings: Any) -> "Figure":
        """The same figure with other settings of its questions, such as ``prompt`` for a text of
        your own; a setting that is empty or 0 leaves what the figure has.

        ``ValueError``, with the settings there are, for one that none of its questions has.
        """
        known = {name: kind for one in self.questions for name, kind in one.settings.items()}
        if unknown := settings.keys() - known.keys():
            raise ValueError(
                f"the figure {self.id} has no setting {min(unknown)!r}: expected some of "
                f"{', '.join(sorted(known)) or 'none'}"
            )
        parsed = {
            name: parsed_as(known[name], given) for name, given in settings.items() if given != ""
        }
        given = {
            name: value
            for name, value in parsed.items()
            if value is False or value not in (0, None)
        }
        changed = (
            question.of(**{name: given[name] for name in given.keys() & question.settings.keys()})
            for question in self.questions
        )
        # With one text for all of them, questions may become the same.
        questions = tuple(dict.fromkeys(changed))
        merged = {**self.settings, **given}
        return replace(self, questions=questions, settings=merged, stated_source=self.source)
