"""What models are asked of whole template sets, one class per kind of answer.

See ``replication.questions.texts``. Heavy packages are imported when a question is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from replication.base.axes import Norm
from replication.questions.template_sets import agreement_pairs, items
from replication.results.sets import SetName

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel
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
class WatchedOver:
    """Which of two watched words leads after every layer, for every item of a set."""

    set: SetName
    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return f"watched_{self.set}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "WatchedSet":
        """The answer under both norms."""
        from replication.measures.many_texts import watched_lead

        return watched_lead(model, asked_of(model, items(self.set)))


@dataclass(frozen=True)
class ExpectedOver:
    """How the token that a repeated pattern goes on with ranks after every layer."""

    kind: str = "repeat"
    last: int | None = None
    """How many layers are read, counted from the last; all by default."""
    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return f"expected_{self.kind}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "ExpectedSet":
        """The answer under both norms."""
        from replication.measures.many_texts import expected_tokens

        patterns = [item for item in items("counting") if item.conditions["kind"] == self.kind]
        return expected_tokens(model, asked_of(model, patterns), self.last)


@dataclass(frozen=True)
class ArrivalsOver:
    """When the syntax and the content of numbered lists arrive."""

    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return "arrivals_lists"

    def ask(self, model: "LanguageModel", norm: Norm) -> "ArrivalSet":
        """The answer under both norms, for the first text of each list."""
        from replication.measures.many_texts import list_arrivals

        first = {item.cluster: item for item in reversed(items("lists"))}
        return list_arrivals(model, asked_of(model, list(reversed(first.values()))))


@dataclass(frozen=True)
class AgreementByLayer:
    """How often the verb agrees with the subject after every layer, where the noun beside it does
    not.
    """

    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return "agreement_by_layer"

    def ask(self, model: "LanguageModel", norm: Norm) -> "LayerCurves":
        """A curve for subjects in the plural, and one for subjects in the singular."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("agreement").ask(model, norm)
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
class OccupationsByLayer:
    """How often the word for those who mostly do the work leads after every layer."""

    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return "occupations_by_layer"

    def ask(self, model: "LanguageModel", norm: Norm) -> "LayerCurves":
        """A curve for work that mostly women do, and one for work that mostly men do."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("occupations").ask(model, norm)
        return watched_curves(
            found,
            {
                "work mostly done by women: her word first": {"stereotype": "women"},
                "work mostly done by men: his word first": {"stereotype": "men"},
            },
        )


@dataclass(frozen=True)
class RepetitionByLayer:
    """How probable the token that a repeated pattern goes on with is after every layer."""

    norm_matters: bool = False  # the answer has both

    @property
    def id(self) -> str:
        """Names the question."""
        return "repetition_by_layer"

    def ask(self, model: "LanguageModel", norm: Norm) -> "LayerCurves":
        """One curve."""
        from replication.measures.curves import expected_curve

        return expected_curve(ExpectedOver().ask(model, norm), "probability of the repeated token")


@dataclass(frozen=True)
class PatchingOver:
    """How agreement with the subject travels to the last position, over pairs of a set."""

    per_cluster: int = 1
    """Of each noun, with its plural and with its singular as the subject."""
    norm_matters: bool = False

    @property
    def id(self) -> str:
        """Names the question."""
        return f"patching_agreement_{self.per_cluster}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "PatchingProfile":
        """The effects that the claims look at, for each pair that the model can take."""
        from replication.measures.patching import profile

        return profile(model, asked_of(model, agreement_pairs(self.per_cluster)))


@dataclass(frozen=True)
class PatchingByLayer:
    """How much of the effect lies where, after every layer, over pairs of a set."""

    norm_matters: bool = False

    @property
    def id(self) -> str:
        """Names the question."""
        return "patching_by_layer"

    def ask(self, model: "LanguageModel", norm: Norm) -> "LayerCurves":
        """Curves with intervals over nouns."""
        from replication.measures.curves import patching_curves

        return patching_curves(PatchingOver().ask(model, norm))
