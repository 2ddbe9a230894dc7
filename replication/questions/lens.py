"""Questions to the logit lens: ranks, best tokens, words, positions, uncertainty, formulas."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.articles import experiments
from replication.base.norms import Norm
from replication.questions.question import Question, Text
from replication.results.ranks import RankGrid, TopGrid, TopTokens
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.lens import (
        FormulaVariants,
        PositionGrid,
        Uncertainty,
        WordProbabilities,
    )


@dataclass(frozen=True)
class RanksOf(Question[RankGrid]):
    """The rank of every token of a continuation after every layer."""

    text: Text
    last_only: bool = False
    """Only the last token, where an article shows one and a tokenizer makes a space and the rest of
    it."""

    @classmethod
    def of_figure(cls, id: str, *, own: bool = False) -> "RanksOf":
        """What a published figure shows; with ``own`` of the continuation of each subject."""
        last_only = experiments.experiment(id).last_only and not own
        return cls(Text.of_figure(id, own=own), last_only, published=id)

    @property
    def continued_by(self) -> int:
        """One token where one is looked at."""
        return 1 if self.last_only else super().continued_by

    def measure(self, reader: "Reader", norm: Norm) -> RankGrid:
        """Ranks among the whole vocabulary."""
        from replication.measures.lens import continuation_ranks

        recording = reader.recording(self.text)
        return continuation_ranks(reader.model, recording, norm, last_only=self.last_only)

    def look_up(self) -> RankGrid:
        """The published ranks: what the articles show is what their models wrote."""
        return experiments.published_ranks(self.published) if self.published else super().look_up()


@dataclass(frozen=True)
class WatchedRanksOf(Question[RankGrid]):
    """The ranks of words that compete for the position after a text, after every layer."""

    text: Text
    words: tuple[str, ...]

    @classmethod
    def of_figure(cls, id: str) -> "WatchedRanksOf":
        """What a published figure shows."""
        return cls(Text.of_figure(id), experiments.experiment(id).watched, published=id)

    def measure(self, reader: "Reader", norm: Norm) -> RankGrid:
        """Ranks among the whole vocabulary."""
        from replication.measures.lens import watched_ranks

        return watched_ranks(reader.model, reader.recording(self.text), norm, self.words)

    def look_up(self) -> RankGrid:
        """The published ranks."""
        return experiments.published_ranks(self.published) if self.published else super().look_up()


@dataclass(frozen=True)
class TopTokensOf(Question[TopTokens]):
    """The best tokens after every layer in the place of the last token of a continuation, or after
    the prompt if there is none.
    """

    text: Text
    count: int = 10
    continued_by: ClassVar[int] = 1

    @classmethod
    def of_figure(cls, id: str) -> "TopTokensOf":
        """What a published figure shows."""
        return cls(Text.of_figure(id), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> TopTokens:
        """The best tokens with their probabilities."""
        from replication.measures.lens import top_tokens

        return top_tokens(reader.model, reader.recording(self.text), norm, self.count)

    def look_up(self) -> TopTokens:
        """The published best tokens."""
        if not self.published:
            return super().look_up()
        found = experiments.published_top_tokens(self.published)
        if self.count != found.probabilities.shape[1]:
            raise NotTestable(f"of {self.id}, {self.count} tokens a layer were not published")
        return found


@dataclass(frozen=True)
class CandidatesOf(Question[TopGrid]):
    """What every layer would say in the place of each token of a continuation."""

    text: Text
    last_only: bool = False

    def measure(self, reader: "Reader", norm: Norm) -> TopGrid:
        """The best tokens with their probabilities, where ``RanksOf`` ranks the continuation."""
        from replication.measures.lens_details import continuation_details

        recording = reader.recording(self.text)
        return continuation_details(reader.model, recording, norm, last_only=self.last_only)


@dataclass(frozen=True)
class ContinuationOf(Question[tuple[str, ...]]):
    """The tokens by which a subject continues a prompt itself."""

    norm_matters: ClassVar[bool] = False
    text: Text

    @classmethod
    def of_figure(cls, id: str) -> "ContinuationOf":
        """As many tokens as a published figure shows."""
        return cls(Text.of_figure(id, own=True), published=id)

    def measure(self, reader: "Reader", norm: Norm) -> tuple[str, ...]:
        """The tokens, each by itself."""
        return reader.recording(self.text).continuation

    def look_up(self) -> tuple[str, ...]:
        """What the article shows that its model wrote."""
        if not self.published:
            return super().look_up()
        data = experiments.published_figure(self.published)
        return tuple(str(token) for token in data.tokens[data.n_input_tokens or 0 :])


@dataclass(frozen=True)
class TokenIdsOf(Question[tuple[int, ...]]):
    """The token ids of a text, prompt and continuation cut separately."""

    norm_matters: ClassVar[bool] = False
    text: Text

    def measure(self, reader: "Reader", norm: Norm) -> tuple[int, ...]:
        """The ids, a start token included."""
        return tuple(reader.ids(self.text)[0])

    def look_up(self) -> tuple[int, ...]:
        """The published ids."""
        ids = self.published and experiments.published_figure(self.published).token_ids
        return tuple(ids) if ids else super().look_up()


@dataclass(frozen=True)
class WordsOf(Question["WordProbabilities"]):
    """What some words would get after a text, if the model ended after each layer."""

    text: Text
    words: tuple[str, ...] = ()
    """The best next token that is a word, if none is named."""
    sublayers: bool = False
    """Whether to look after attention too."""

    def measure(self, reader: "Reader", norm: Norm) -> "WordProbabilities":
        """Probabilities and ranks."""
        from replication.measures.variants import word_probabilities

        recording = reader.recording(self.text, sublayers=self.sublayers)
        return word_probabilities(
            reader.model, recording, norm, self.words, sublayers=self.sublayers
        )


@dataclass(frozen=True)
class PositionsOf(Question["PositionGrid"]):
    """The best token after every layer, at every position of a text."""

    text: Text
    sublayers: bool = False

    def measure(self, reader: "Reader", norm: Norm) -> "PositionGrid":
        """The grid, with ``sublayers`` after attention too."""
        from replication.measures.variants import top_at_all_positions

        recording = reader.recording(self.text, sublayers=self.sublayers)
        return top_at_all_positions(reader.model, recording, norm, sublayers=self.sublayers)


@dataclass(frozen=True)
class UncertaintyOf(Question["Uncertainty"]):
    """How unsure each layer is along a text, and how far from what the model says in the end."""

    text: Text

    def measure(self, reader: "Reader", norm: Norm) -> "Uncertainty":
        """Entropies and divergences in bits."""
        from replication.measures.variants import uncertainty

        return uncertainty(reader.model, reader.recording(self.text), norm)


@dataclass(frozen=True)
class FormulasOf(Question["FormulaVariants"]):
    """One word after every layer, by the right formula and by those that are commonly published."""

    norm_matters: ClassVar[bool] = False  # the formulas are with and without it
    text: Text
    word: str

    def measure(self, reader: "Reader", norm: Norm) -> "FormulaVariants":
        """Ranks and probabilities by each formula."""
        from replication.measures.variants import formula_variants

        return formula_variants(reader.model, reader.recording(self.text), self.word)
