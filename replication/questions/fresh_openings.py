"""Openings and lists once more: texts that were written after the readings were frozen.

The module ``openings`` is itself among what was frozen (``judging.freeze``), so that a field more
there would make other readings of all findings. What is asked of the fresh texts stands here.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from replication.base.norms import Norm
from replication.questions.openings import CONTROLS_TAKE, ShortlistsOver
from replication.questions.question import Text
from replication.questions.template_sets import lists_by_fresh_openings

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.shortlists import Shortlists


@cache
def fresh_openings() -> tuple[str, ...]:
    """As many openings as there are of the others, as long as those."""
    file = resources.files("replication").joinpath("data/templates/fresh/openings.txt")
    return tuple(file.read_text("utf-8").splitlines())


@cache
def fresh_lists() -> tuple[str, ...]:
    """As many lists as there are of the others, as long as those, each with what follows."""
    return tuple(item.prompt + item.continuation for item in lists_by_fresh_openings())


@dataclass(frozen=True)
class ShortlistsOverTexts(ShortlistsOver):
    """Where layer 0 has the tokens that end as the best, along openings and lists to choose."""

    fresh: bool = False
    """Of the fresh ones that were made like them."""

    def measure(self, reader: "Reader", norm: Norm) -> "Shortlists":
        """Ranks at every position of every text."""
        if not self.fresh:
            return super().measure(reader, norm)
        from replication.measures.shortlists import shortlists

        texts = [*fresh_openings(), *fresh_lists()]
        step = 1 if not reader.model.is_null else CONTROLS_TAKE
        recordings = [reader.recording(Text(text)) for text in texts[::step]]
        return shortlists(reader.model, recordings, norm)
