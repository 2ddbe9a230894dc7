"""What models are asked of whole template sets, one class per kind of answer.

See ``replication.questions.question``. Heavy packages are imported when a question is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from replication.base.norms import Norm
from replication.questions.question import Question
from replication.questions.template_sets import agreement_pairs, items
from replication.results.sets import SetName

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel
    from replication.questions.reader import Reader
    from replication.results.patching import PatchingProfile
    from replication.results.sets import ArrivalSet, ExpectedSet, LayerCurves, WatchedSet

CONTROLS_TAKE = 5
"""An untrained control is asked every fifth item of a set: a chance rate is taken over networks,
and ten of them are asked. Conditions alternate in twos, fours and sixes, so all of them remain."""


Asked = TypeVar("Asked")


def asked_of(model: "LanguageModel", given: Sequence[Asked]) -> Sequence[Asked]:
    """The items that a model is asked of those that there are."""
    return given if model.seed is None else given[::CONTROLS_TAKE]


@dataclass(frozen=True)
class WatchedOver(Question["WatchedSet"]):
    """Which of two watched words leads after every layer, for every item of a set."""

    norm_matters: ClassVar[bool] = False  # the answer has both
    set: SetName
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "WatchedSet":
        """The answer under both norms."""
        from replication.measures.many_texts import watched_lead

        given = items(self.set, fresh=self.fresh)
        return watched_lead(reader.model, asked_of(reader.model, given))


@dataclass(frozen=True)
class ExpectedOver(Question["ExpectedSet"]):
    """How the token that a repeated pattern goes on with ranks after every layer."""

    norm_matters: ClassVar[bool] = False  # the answer has both
    kind: str = "repeat"
    last: int | None = None
    """How many layers are read, counted from the last; all by default."""
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "ExpectedSet":
        """The answer under both norms."""
        from replication.measures.many_texts import expected_tokens

        given = items("counting", fresh=self.fresh)
        patterns = [item for item in given if item.conditions["kind"] == self.kind]
        return expected_tokens(reader.model, asked_of(reader.model, patterns), self.last)


@dataclass(frozen=True)
class ArrivalsOver(Question["ArrivalSet"]):
    """When the syntax and the content of numbered lists arrive."""

    norm_matters: ClassVar[bool] = False  # the answer has both
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "ArrivalSet":
        """The answer under both norms, for every text of the lists."""
        from replication.measures.many_texts import list_arrivals

        return list_arrivals(reader.model, asked_of(reader.model, items("lists", fresh=self.fresh)))


@dataclass(frozen=True)
class AgreementByLayer(Question["LayerCurves"]):
    """How often the verb agrees with the subject after every layer, where the noun beside it does
    not.
    """

    norm_matters: ClassVar[bool] = False  # the answer has both

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """A curve for subjects in the plural, and one for subjects in the singular."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("agreement").measure(reader, norm)
        return watched_curves(
            found,
            {
                "plural subject, singular noun beside the verb": {
                    "subject": "plural",
                    "attractor": "singular",
                },
                "singular subject, plural noun beside the verb": {
                    "subject": "singular",
                    "attractor": "plural",
                },
            },
        )


@dataclass(frozen=True)
class OccupationsByLayer(Question["LayerCurves"]):
    """How often the word for those who mostly do the work leads after every layer."""

    norm_matters: ClassVar[bool] = False  # the answer has both

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """A curve for work that mostly women do, and one for work that mostly men do."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("occupations").measure(reader, norm)
        return watched_curves(
            found,
            {
                "work mostly done by women: her word first": {"stereotype": "women"},
                "work mostly done by men: his word first": {"stereotype": "men"},
            },
        )


@dataclass(frozen=True)
class RepetitionByLayer(Question["LayerCurves"]):
    """How probable the token that a repeated pattern goes on with is after every layer."""

    norm_matters: ClassVar[bool] = False  # the answer has both

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """One curve."""
        from replication.measures.curves import expected_curve

        return expected_curve(
            ExpectedOver().measure(reader, norm), "probability of the repeated token"
        )


@dataclass(frozen=True)
class PatchingOver(Question["PatchingProfile"]):
    """How agreement with the subject travels to the last position, over pairs of a set."""

    norm_matters: ClassVar[bool] = False
    per_cluster: int = 1
    """Of each noun, with its plural and with its singular as the subject."""
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "PatchingProfile":
        """The effects that the claims look at, for each pair that the model can take."""
        from replication.measures.patching import profile

        pairs = agreement_pairs(self.per_cluster, fresh=self.fresh)
        return profile(reader.model, asked_of(reader.model, pairs))


@dataclass(frozen=True)
class PatchingByLayer(Question["LayerCurves"]):
    """How much of the effect lies where, after every layer, over pairs of a set."""

    norm_matters: ClassVar[bool] = False  # the answer has both

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """Curves with intervals over nouns."""
        from replication.measures.curves import patching_curves

        return patching_curves(PatchingOver().measure(reader, norm))
