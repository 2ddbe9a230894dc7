"""What models are asked of whole template sets, one class per kind of answer.

See ``replication.questions.question``. Heavy packages are imported when a question is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from replication.base.norms import NORMS, Norm, needed
from replication.questions.question import Given, Question
from replication.questions.template_sets import agreement_pairs, items
from replication.results.sets import SetName

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel
    from replication.questions.reader import Reader
    from replication.results.circuit import Circuit, CircuitMap
    from replication.results.sets import ArrivalSet, ExpectedSet, LayerCurves, WatchedSet
    from replication.results.steering import Steering

CONTROLS_TAKE = 5
"""A null is asked every fifth item of a large set: a rate is taken over networks, and several of
each kind are asked. Conditions alternate in twos, fours and sixes, so all of them remain."""

LARGE = 60
"""Items from which on a set is large: of a smaller one a fifth could not show anything."""

Asked = TypeVar("Asked")
Over = TypeVar("Over", bound="OverNorms[Any]")


def asked_of(model: "LanguageModel", given: Sequence[Asked]) -> Sequence[Asked]:
    """The items that a model is asked of those that there are."""
    return given[::CONTROLS_TAKE] if model.is_null and len(given) >= LARGE else given


@dataclass(frozen=True)
class OverNorms(Question[Given]):
    """A question over a set, whose answer has several norms: texts are read once for all."""

    norm_matters: ClassVar[bool] = False  # the answer has all that are asked for
    norms: tuple[Norm, ...] = field(default=NORMS, kw_only=True)

    def under(self: Over, norms: Iterable[Norm]) -> Over:
        """With the tuned lens where that is asked for."""
        return replace(self, norms=needed({*self.norms, *norms}))


@dataclass(frozen=True)
class WatchedOver(OverNorms["WatchedSet"]):
    """Which of two watched words leads after every layer, for every item of a set."""

    set: SetName
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "WatchedSet":
        """The answer under each of its norms."""
        from replication.measures.many_texts import watched_lead

        given = items(self.set, fresh=self.fresh)
        asked = asked_of(reader.model, given)
        return watched_lead(reader.model, asked, self.norms, reader.last_states)


@dataclass(frozen=True)
class ExpectedOver(OverNorms["ExpectedSet"]):
    """How the token that a repeated pattern goes on with ranks after every layer."""

    set: ClassVar[SetName] = "counting"
    kind: str = "repeat"
    from_depth: float = 0.0
    """Layers at or beyond this depth are read."""
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "ExpectedSet":
        """The answer under each of its norms."""
        from replication.measures.many_texts import expected_tokens

        given = items(self.set, fresh=self.fresh)
        patterns = [item for item in given if item.conditions["kind"] == self.kind]
        asked = asked_of(reader.model, patterns)
        return expected_tokens(reader.model, asked, self.from_depth, self.norms, reader.last_states)


@dataclass(frozen=True)
class ArrivalsOver(OverNorms["ArrivalSet"]):
    """When the syntax and the content of numbered lists arrive."""

    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "ArrivalSet":
        """The answer under each of its norms, for every text of the lists."""
        from replication.measures.many_texts import list_arrivals

        asked = asked_of(reader.model, items("lists", fresh=self.fresh))
        return list_arrivals(reader.model, asked, self.norms)


@dataclass(frozen=True)
class AgreementByLayer(OverNorms["LayerCurves"]):
    """How often the verb agrees with the subject after every layer, where the noun beside it does
    not.
    """

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """A curve for subjects in the plural, and one for subjects in the singular."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("agreement", norms=self.norms).measure(reader, norm)
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
class OccupationsByLayer(OverNorms["LayerCurves"]):
    """How often the word for those who mostly do the work leads after every layer."""

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """A curve for work that mostly women do, and one for work that mostly men do."""
        from replication.measures.curves import watched_curves

        found = WatchedOver("occupations", norms=self.norms).measure(reader, norm)
        return watched_curves(
            found,
            {
                "work mostly done by women: her word first": {"stereotype": "women"},
                "work mostly done by men: his word first": {"stereotype": "men"},
            },
        )


@dataclass(frozen=True)
class RepetitionByLayer(OverNorms["LayerCurves"]):
    """How probable the token that a repeated pattern goes on with is after every layer."""

    def measure(self, reader: "Reader", norm: Norm) -> "LayerCurves":
        """One curve."""
        from replication.measures.curves import expected_curve

        return expected_curve(
            ExpectedOver(norms=self.norms).measure(reader, norm),
            "probability of the repeated token",
        )


@dataclass(frozen=True)
class CircuitOver(Question["Circuit"]):
    """What carries the number of the subject to the verb, over pairs of the agreement set."""

    norm_matters: ClassVar[bool] = False
    per_cluster: int = 1
    """Pairs of each noun, whose number is the plural and the singular in turn."""
    fresh: bool = False
    """Of the fresh set that was made like it."""
    by_layer: bool = False
    """Whether each layer is looked at by itself, as curves need."""

    def measure(self, reader: "Reader", norm: Norm) -> "Circuit":
        """Attribution, patching and ablation, for each pair that the model can take."""
        from replication.measures.circuit import circuit

        pairs = agreement_pairs(self.per_cluster, fresh=self.fresh)
        asked = asked_of(reader.model, pairs)
        return circuit(reader.model, asked, by_layer=self.by_layer)


@dataclass(frozen=True)
class CircuitByLayer(Question["CircuitMap"]):
    """Where the number of the subject is after every layer, and what writes it into the verb."""

    norm_matters: ClassVar[bool] = False

    def measure(self, reader: "Reader", norm: Norm) -> "CircuitMap":
        """Means over pairs, along the layers with intervals over nouns, and head by head."""
        from replication.measures.curves import circuit_map

        return circuit_map(CircuitOver(by_layer=True).measure(reader, norm))


@dataclass(frozen=True)
class SteeringOver(Question["Steering"]):
    """Whether the verb follows when a difference between two prompts is added to a hidden state."""

    norm_matters: ClassVar[bool] = False
    per_cluster: int = 1
    """Of each noun, with its plural and with its singular as the subject."""
    fresh: bool = False
    """Of the fresh set that was made like it."""

    def measure(self, reader: "Reader", norm: Norm) -> "Steering":
        """The leads after steering at every layer, for each pair that the model can take."""
        from replication.measures.steering import steering

        pairs = agreement_pairs(self.per_cluster, fresh=self.fresh)
        return steering(reader.model, asked_of(reader.model, pairs))
