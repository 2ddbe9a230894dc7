"""What a figure is: its notebook, what it is asked, which claims it bears on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from replication.questions.subjects import Question


@dataclass(frozen=True)
class Figure:
    """One figure of the replication."""

    id: str
    """The name of its notebook and the stem of its files."""
    title: str
    claims: tuple[str, ...]
    """Ids of the claims that it bears on."""
    experiments: tuple[str, ...]
    """Those whose numbers were published."""
    alt: str
    """What can be seen, for those who cannot."""
    shows: Literal["ranks", "top tokens", "saliency", "factors", "neurons", "answers"] = "ranks"
    settings: Mapping[str, int] = field(default_factory=dict)
    """What its results are asked with, unless its notebook is given other settings."""
    asks: tuple[Question[Any], ...] = ()
    """What models are asked where no numbers were published."""
    source: str = ""
    """Of the finding or the method, where it is not that of an experiment."""

    @property
    def lens(self) -> bool:
        """Whether inner layers are read, so that a norm matters."""
        asked = any(question.norm_matters for question in self.asks)
        return asked or self.shows in ("ranks", "top tokens")
