"""The question which tokens each token of a continuation rests on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from replication.articles import experiments
from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.questions.reader import Reader


@dataclass(frozen=True)
class SaliencyOf(Question[Saliency]):
    """How much each token counts for each token of a continuation after it."""

    norm_matters: ClassVar[bool] = False
    text: Text
    of_score: Literal["logit", "probability"] = "logit"
    """The score whose gradient is taken; the logit is the articles'."""
    integrated: bool = False
    """Integrated gradients instead of gradient x input."""

    @classmethod
    def of_figure(cls, id: str) -> "SaliencyOf":
        """What a published figure shows."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> Saliency:
        """The shares."""
        from replication.measures.saliency import gradient_x_input_ids, integrated_gradients_ids

        method = integrated_gradients_ids if self.integrated else gradient_x_input_ids
        ids, length = reader.ids(self.text)
        return method(reader.model, ids, length, of=self.of_score)

    def look_up(self) -> Saliency:
        """The published shares."""
        if not self.published:
            return super().look_up()
        if self.integrated or self.of_score != "logit":
            raise NotTestable(f"of {self.id}, only gradient x input of the logit was published")
        return experiments.published_saliency(self.published)
