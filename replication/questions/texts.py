"""What models are asked of a text beyond the articles' own, one class per kind of answer.

A question (``subjects.Question``) is data that any model can be asked, so that claims,
controls and figures ask alike. Heavy packages are imported when a question is asked.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from replication.articles import experiments
from replication.base.axes import Norm
from replication.measures.depth import first_layer
from replication.results.patching import Pair

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel
    from replication.results.attention import HeadStatistics, LayerAttention
    from replication.results.lens import (
        FormulaVariants,
        PositionGrid,
        Uncertainty,
        WordProbabilities,
    )
    from replication.results.patching import PatchingEffects
    from replication.results.ranks import TopGrid

SENTENCES = (
    "The cat sat on the mat, the dog lay on the rug, and the bird watched the cat.",
    "She put the book on the table; then she took the other book, and read it at the table.",
    "The river runs to the sea. The sea is wide, and the river is long.",
    "My sister has a red coat, my brother has a blue coat, and I have a green hat.",
    "When the train came, the people on the platform moved. The train was late, the people cold.",
)
"""Texts of our own in which words, commas and periods occur again."""


@dataclass(frozen=True)
class DetailsOf:
    """What every layer would say in the place of each token of a published continuation."""

    experiment: str
    norm_matters: bool = True

    @property
    def id(self) -> str:
        """Names the question."""
        return f"details: {self.experiment}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "TopGrid":
        """The best tokens with their probabilities, where the lens ranks the continuation."""
        from replication.measures.lens_details import continuation_details
        from replication.measures.record import record

        text = experiments.experiment(self.experiment)
        recording = record(model, text.prompt, text.continuation)
        return continuation_details(model, recording, norm, last_only=text.last_only)


@dataclass(frozen=True)
class WordsAlongLayers:
    """What some words would get after a text, if the model ended after each layer."""

    text: str
    words: tuple[str, ...]
    sublayers: bool = False
    norm_matters: bool = True

    @property
    def id(self) -> str:
        """Names the question."""
        return f"words: {self.text}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "WordProbabilities":
        """Probabilities and ranks, with ``sublayers`` after attention too."""
        from replication.measures.record import record
        from replication.measures.variants import word_probabilities

        recording = record(model, self.text, sublayers=self.sublayers)
        return word_probabilities(model, recording, norm, self.words, sublayers=self.sublayers)


@dataclass(frozen=True)
class EveryPosition:
    """The best token after every layer, at every position of a text."""

    text: str
    sublayers: bool = False
    norm_matters: bool = True

    @property
    def id(self) -> str:
        """Names the question."""
        return f"positions: {self.text}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "PositionGrid":
        """The grid, with ``sublayers`` after attention too."""
        from replication.measures.record import record
        from replication.measures.variants import top_at_all_positions

        recording = record(model, self.text, sublayers=self.sublayers)
        return top_at_all_positions(model, recording, norm, sublayers=self.sublayers)


@dataclass(frozen=True)
class UncertaintyOver:
    """How unsure each layer is along a text, and how far from what the model says in the end."""

    text: str
    norm_matters: bool = True

    @property
    def id(self) -> str:
        """Names the question."""
        return f"uncertainty: {self.text}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "Uncertainty":
        """Entropies and divergences in bits."""
        from replication.measures.record import record
        from replication.measures.variants import uncertainty

        return uncertainty(model, record(model, self.text), norm)


@dataclass(frozen=True)
class Formulas:
    """One word after every layer, by the right formula and by those that are commonly published."""

    text: str
    word: str
    norm_matters: bool = False  # the formulas are with and without it

    @property
    def id(self) -> str:
        """Names the question."""
        return f"formulas: {self.text}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "FormulaVariants":
        """Ranks and probabilities by each formula."""
        from replication.measures.record import record
        from replication.measures.variants import formula_variants

        return formula_variants(model, record(model, self.text), self.word)


@dataclass(frozen=True)
class AttentionIn:
    """The attention of one layer's heads over a text."""

    text: str
    depth: float = 0.5
    """Of the layer: layer *k* of *n* has the depth (*k* + 1) / *n*."""
    norm_matters: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.depth <= 1:
            raise ValueError(f"depth {self.depth} was asked for: expected above 0, at most 1")

    @property
    def id(self) -> str:
        """Names the question."""
        return f"attention: {self.text}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "LayerAttention":
        """The weights of the first layer at or beyond the depth."""
        from replication.measures.attention_weights import attention_of
        from replication.measures.record import record

        layer = first_layer(self.depth, model.entry.layers)
        return attention_of(model, record(model, self.text, attention=True)).of_layer(layer)


@dataclass(frozen=True)
class HeadsOver:
    """What every head attends to, over several texts."""

    texts: tuple[str, ...] = SENTENCES
    norm_matters: bool = False

    @property
    def id(self) -> str:
        """Names the question."""
        return "heads"

    def ask(self, model: "LanguageModel", norm: Norm) -> "HeadStatistics":
        """Means over all texts."""
        from replication.measures.attention_weights import attention_of
        from replication.measures.heads import over_texts
        from replication.measures.record import record

        return over_texts(
            [attention_of(model, record(model, text, attention=True)) for text in self.texts]
        )


@dataclass(frozen=True)
class PatchingOf:
    """The effect of patching every activation of one pair of prompts."""

    pair: Pair
    norm_matters: bool = False

    @property
    def id(self) -> str:
        """Names the question."""
        return f"patching: {self.pair.clean}"

    def ask(self, model: "LanguageModel", norm: Norm) -> "PatchingEffects":
        """The effects by site, layer and position."""
        from replication.measures.patching import effects

        return effects(model, self.pair)
