"""The question which activations carry what tells two prompts apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.base.norms import Norm
from replication.questions.question import Question
from replication.results.patching import Pair

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.patching import PatchingEffects


@dataclass(frozen=True)
class PatchingOf(Question["PatchingEffects"]):
    """The effect of patching every activation of one pair of prompts; see ``Pair``."""

    norm_matters: ClassVar[bool] = False
    clean: str
    corrupted: str
    right: str
    wrong: str

    @property
    def prompt(self) -> str:
        """The clean prompt."""
        return self.clean

    def measure(self, reader: "Reader", norm: Norm) -> "PatchingEffects":
        """The effects by site, layer and position."""
        from replication.measures.patching import effects

        return effects(reader.model, Pair(self.clean, self.corrupted, self.right, self.wrong))
