"""What is asked of many short texts: openings of sentences, and numbered lists."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, ClassVar

from replication.articles.thresholds import DEPTH_OF_FIRST
from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.questions.template_sets import items, lists_by_fresh_openings

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.erasure import ErasureSet
    from replication.results.shortlists import Shortlists

CONTROLS_TAKE = 2
"""A control is asked every second text, so that a corrected test can still come out."""


@cache
def openings(*, fresh: bool = False) -> tuple[str, ...]:
    """Thirty-two openings of six to ten words, written for this package; each breaks off before a
    word, and no two share a frame. The fresh ones were written after the readings were frozen.
    """
    path = "data/templates/fresh/openings.txt" if fresh else "data/openings.txt"
    return tuple(resources.files("replication").joinpath(path).read_text("utf-8").splitlines())


@cache
def first_lists(*, fresh: bool = False) -> tuple[str, ...]:
    """The first text of each numbered list, with what follows."""
    lists = lists_by_fresh_openings() if fresh else items("lists")
    first = {item.cluster: item for item in reversed(lists)}
    return tuple(item.prompt + item.continuation for item in reversed(first.values()))


@dataclass(frozen=True)
class ErasureOver(Question["ErasureSet"]):
    """How far the chosen logit moves where tokens of the openings are erased."""

    norm_matters: ClassVar[bool] = False

    def measure(self, reader: "Reader", norm: Norm) -> "ErasureSet":
        """Erasing each token, and several in the order of what is said to matter."""
        from replication.measures.erasure import erasure

        step = 1 if not reader.model.is_null else CONTROLS_TAKE
        return erasure(reader.model, openings()[::step])


@dataclass(frozen=True)
class ShortlistsOver(Question["Shortlists"]):
    """Where the layer at the depth of the article's layer 0, and layer 0 itself, have the tokens
    that end as the best, along the openings and the lists.
    """

    fresh: bool = False
    """Along those that were written after the readings were frozen."""

    def measure(self, reader: "Reader", norm: Norm) -> "Shortlists":
        """Ranks at every position of every text."""
        from replication.measures.depth import first_layer
        from replication.measures.shortlists import shortlists

        texts = [*openings(fresh=self.fresh), *first_lists(fresh=self.fresh)]
        step = 1 if not reader.model.is_null else CONTROLS_TAKE
        recordings = [reader.recording(Text(text)) for text in texts[::step]]
        by_depth = first_layer(DEPTH_OF_FIRST, reader.model.entry.layers)
        return shortlists(reader.model, recordings, norm, (by_depth, 0))
