"""A loaded model that is asked questions: each text is read once, whoever asks for it."""

from collections.abc import Sequence

from torch import Tensor

from replication.measures.many_texts import last_states
from replication.measures.record import Recording, generate, read_ids, record_ids, up_to_visible
from replication.models.language_model import LanguageModel
from replication.questions.question import Text


class Reader:
    """A model with what it has read and written."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model
        self._recordings: dict[tuple[Text, bool, bool, bool], Recording] = {}
        self._written: dict[str, tuple[int, list[int]]] = {}
        self._last_states: dict[tuple[tuple[int, ...], ...], Tensor] = {}

    def read_by(self, model: LanguageModel) -> "Reader":
        """What has been read, for a model of the same network that reads states otherwise."""
        other = Reader(model)
        other._recordings, other._written = self._recordings, self._written
        other._last_states = self._last_states
        return other

    def ids(self, text: Text) -> tuple[list[int], int]:
        """The token ids of a text, and how many of them are the prompt's.

        ``ModelError`` for an empty prompt, and for a continuation beyond what the model can read.
        """
        ids, length = read_ids(self.model, text.prompt, text.continuation)
        return [*ids, *self._continuation(text)] if text.generate else ids, length

    def recording(
        self,
        text: Text,
        *,
        neurons: bool = False,
        attention: bool = False,
        sublayers: bool = False,
    ) -> Recording:
        """The one pass over a text, with what ``record`` keeps beside hidden states if asked to."""
        key = text, neurons, attention, sublayers
        if key not in self._recordings:
            ids, length = self.ids(text)
            self._recordings[key] = record_ids(
                self.model, ids, length, neurons=neurons, attention=attention, sublayers=sublayers
            )
        return self._recordings[key]

    def last_states(self, model: LanguageModel, texts: Sequence[Sequence[int]]) -> Tensor:
        """The hidden states after every block at the end of many texts, (text, layer, width)."""
        key = tuple(map(tuple, texts))
        if key not in self._last_states:
            self._last_states[key] = last_states(model, texts)
        return self._last_states[key]

    def _continuation(self, text: Text) -> list[int]:
        """The greedy continuation of a prompt; a longer one begins with it and serves as well."""
        length, written = self._written.get(text.prompt, (0, []))
        if length < text.generate:
            written = generate(self.model, text.prompt, text.generate)
            self._written[text.prompt] = text.generate, written
        return up_to_visible(self.model, written, text.generate)
