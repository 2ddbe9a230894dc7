"""Questions about all layers of a lens: what each contributes, and what reading them costs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.articles import experiments
from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.results.contributions import Contributions

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.cost import LensCost


@dataclass(frozen=True)
class ContributionsOf(Question[Contributions]):
    """By which layer each token of a continuation rises, in rank and in score."""

    text: Text

    @classmethod
    def of_figure(cls, id: str) -> "ContributionsOf":
        """What can be told from the ranks of a published figure."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Contributions:
        """Ranks and probabilities after every layer."""
        from replication.measures.contributions import contributions

        return contributions(reader.model, reader.recording(self.text), norm)

    def look_up(self) -> Contributions:
        """From the published ranks; no scores were published with them."""
        if not self.published:
            return super().look_up()
        grid = experiments.published_ranks(self.published)
        return Contributions(grid.ranks, None, grid.tokens, grid.provenance)


@dataclass(frozen=True)
class LensCostOf(Question["LensCost"]):
    """What the lens costs over a text, against the pass that it reads."""

    norm_matters: ClassVar[bool] = False
    text: Text

    def measure(self, reader: "Reader", norm: Norm) -> "LensCost":
        """Multiplications, counted from the model's shapes."""
        from replication.measures.cost import lens_cost

        return lens_cost(reader.model, len(reader.ids(self.text)[0]))
