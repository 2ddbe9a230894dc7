"""What the final norm does to the reading of hidden states, asked of a text and of many."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.questions.template_sets import agreement_pairs
from replication.results.norm_parts import CLIPPED, RAW, SIGNS, SIZES, WHOLE

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.norm_parts import NormParts, NormPartsSet


@dataclass(frozen=True)
class NormPartsOf(Question["NormParts"]):
    """The ranks of words after a text, read through each part of the final norm."""

    norm_matters: ClassVar[bool] = False  # the answer has it apart
    text: Text
    words: tuple[str, ...]

    def measure(self, reader: "Reader", norm: Norm) -> "NormParts":
        """Ranks by every reading that the model's norm allows."""
        from replication.measures.norm_parts import norm_parts

        return norm_parts(reader.model, reader.recording(self.text), self.words)


@dataclass(frozen=True)
class NormPartsOver(Question["NormPartsSet"]):
    """The rank of the verb that agrees, read through parts of the final norm, over many texts.

    One text of each noun, its singular and its plural the subject by turns; the noun beside the
    verb has the other number.
    """

    norm_matters: ClassVar[bool] = False  # the answer has it apart
    readings: tuple[str, ...] = (RAW, CLIPPED, SIZES, SIGNS, WHOLE)

    def measure(self, reader: "Reader", norm: Norm) -> "NormPartsSet":
        """Ranks by those readings; ``ModelError`` where the model's norm lacks a step for one."""
        from replication.measures.norm_parts import norm_parts_over

        return norm_parts_over(reader.model, agreement_pairs(1), self.readings)
