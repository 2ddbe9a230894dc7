"""Questions on the tuned lens: how good it is, and what it reads beside the two other norms."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.base.norms import READINGS, Norm
from replication.questions.question import Question, Text

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.tuned import LensQuality, WatchedReadings


@dataclass(frozen=True)
class LensQualityOf(Question["LensQuality"]):
    """How far each layer's reading is from the model's output, before and after tuning.

    The texts are others than those that the tuned lens is fitted on.
    """

    norm_matters: ClassVar[bool] = False  # the answer has the two that are compared
    of_nulls: ClassVar[bool] = False

    def measure(self, reader: "Reader", norm: Norm) -> "LensQuality":
        """Divergences in bits, by text and layer."""
        from replication.measures.lens_quality import lens_quality

        return lens_quality(reader.model)


@dataclass(frozen=True)
class WatchedReadingsOf(Question["WatchedReadings"]):
    """The ranks of words for the position after a text, after every layer and under every norm."""

    norm_matters: ClassVar[bool] = False  # the answer has all of them
    text: Text
    words: tuple[str, ...]

    def measure(self, reader: "Reader", norm: Norm) -> "WatchedReadings":
        """Ranks among the whole vocabulary."""
        import numpy as np

        from replication.measures.lens import watched_ranks
        from replication.results.tuned import WatchedReadings

        recording = reader.recording(self.text)
        grids = [watched_ranks(reader.model, recording, each, self.words) for each in READINGS]
        return WatchedReadings(
            np.array([grid.ranks for grid in grids]),
            self.words,
            grids[0].vocabulary,
            recording.provenance,
        )
