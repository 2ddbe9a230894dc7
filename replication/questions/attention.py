"""Questions about attention: weights over a text, and what heads attend to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from replication.base.norms import Norm
from replication.questions.question import Question, Text

if TYPE_CHECKING:
    from replication.questions.reader import Reader
    from replication.results.attention import (
        Attention,
        HeadStatistics,
        LayerAttention,
        QueriesAndKeys,
    )

SENTENCES = (
    "The cat sat on the mat, the dog lay on the rug, and the bird watched the cat.",
    "She put the book on the table; then she took the other book, and read it at the table.",
    "The river runs to the sea. The sea is wide, and the river is long.",
    "My sister has a red coat, my brother has a blue coat, and I have a green hat.",
    "When the train came, the people on the platform moved. The train was late, the people cold.",
)
"""Texts of our own in which words, commas and periods occur again."""


@dataclass(frozen=True)
class AttentionOf(Question["Attention"]):
    """The attention of every head over a text."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text

    def measure(self, reader: "Reader", norm: Norm) -> "Attention":
        """The weights of all layers."""
        from replication.measures.attention_weights import attention_of

        return attention_of(reader.model, reader.recording(self.text, attention=True))


@dataclass(frozen=True)
class LayerAttentionOf(Question["LayerAttention"]):
    """The attention of one layer's heads over a text."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text
    depth: float = 0.5
    """Of the layer: layer *k* of *n* has the depth (*k* + 1) / *n*."""

    def __post_init__(self) -> None:
        if not 0 < self.depth <= 1:
            raise ValueError(f"depth {self.depth} was asked for: expected above 0, at most 1")

    def measure(self, reader: "Reader", norm: Norm) -> "LayerAttention":
        """The weights of the first layer at or beyond the depth."""
        from replication.measures.depth import first_layer

        layer = first_layer(self.depth, reader.model.entry.layers)
        return AttentionOf(self.text).measure(reader, norm).of_layer(layer)


@dataclass(frozen=True)
class QueriesAndKeysOf(Question["QueriesAndKeys"]):
    """The queries and keys behind the attention over a text."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    text: Text

    def measure(self, reader: "Reader", norm: Norm) -> "QueriesAndKeys":
        """The vectors of every head of every layer."""
        from replication.measures.attention_weights import queries_and_keys_ids

        return queries_and_keys_ids(reader.model, *reader.ids(self.text))


@dataclass(frozen=True)
class HeadsOver(Question["HeadStatistics"]):
    """What every head attends to, over several texts."""

    norm_matters: ClassVar[bool] = False
    reads_out: ClassVar[bool] = False
    texts: tuple[str, ...] = SENTENCES

    def measure(self, reader: "Reader", norm: Norm) -> "HeadStatistics":
        """Means over all texts."""
        from replication.measures.heads import over_texts

        return over_texts([AttentionOf(Text(text)).measure(reader, norm) for text in self.texts])
