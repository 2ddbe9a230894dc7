"""The question what half precision does to ranks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.results.precision import Half, InHalf, RankChanges

if TYPE_CHECKING:
    from replication.questions.reader import Reader


@dataclass(frozen=True)
class RankChangesOf(Question[RankChanges]):
    """The ranks of a continuation in float32 and in half precision."""

    text: Text
    dtype: Half = "bfloat16"
    in_half: InHalf = "states"

    def measure(self, reader: "Reader", norm: Norm) -> RankChanges:
        """Ranks of both, with how many changed by the rank in float32."""
        from replication.measures.precision import rank_changes_ids

        ids, length = reader.ids(self.text)
        return rank_changes_ids(
            reader.model, ids, length, norm, dtype=self.dtype, in_half=self.in_half
        )
