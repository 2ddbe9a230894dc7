"""A look at a prompt of one's own inside the blocks: after attention, and after each block."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from replication.base.axes import Norm
from replication.cli.tables import as_lines
from replication.measures.lens import readable_states, top_of
from replication.measures.record import Recording, record
from replication.measures.variants import top_at_all_positions, word_probabilities
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.models.loading import load
from replication.results.lens import PositionGrid, WordProbabilities

CANDIDATES = 50
"""Best next tokens among which a word is looked for."""


@dataclass(frozen=True)
class StagesLook:
    """What the lens shows after every attention and every feed-forward layer."""

    words: WordProbabilities
    best: PositionGrid

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``; a stage is ``"3 attention"`` or, after its block, ``"3"``."""
        source = self.words.provenance
        return {
            "model": source.subject,
            "norm": source.norm,
            "prompt": source.prompt,
            "words": list(self.words.words),
            "stages": [str(stage) for stage in self.words.stages],
            "ranks": self.words.ranks.tolist(),
            "probabilities": self.words.probabilities.tolist(),
            "best": [row[-1] for row in self.best.best],
            "provenance": asdict(source),
        }

    def as_text(self) -> str:
        """A table for a terminal: a row per stage."""
        found, source = self.words, self.words.provenance
        cells = (
            [f"{rank} ({share:.2%})" for rank, share in zip(ranks, shares, strict=True)]
            for ranks, shares in zip(found.ranks, found.probabilities, strict=True)
        )
        table = as_lines(
            ["after", *map(repr, found.words)],
            [[str(stage), *row] for stage, row in zip(found.stages, cells, strict=True)],
            ["best token after the prompt", *(repr(row[-1]) for row in self.best.best)],
        )
        return (
            f"{source.prompt!r} read by {source.model} ({source.weights}; start token: "
            f"{source.start_token}), norm: {source.norm}\n"
            "rank of each word (probability) after attention and after each block, 1 is best\n\n"
            f"{table}"
        )


def look(text: str, *, model: str, norm: Norm, watch: Sequence[str] = ()) -> StagesLook:
    """Read a prompt, and look inside the blocks at words, or at the best next one that is a word.

    Raises ``ModelError`` for text that cannot be read or words that are several tokens,
    ``ValueError`` for an unknown model.
    """
    loaded = load(model)
    recording = record(loaded, text, sublayers=True)
    best = top_at_all_positions(loaded, recording, norm, sublayers=True)
    words = list(watch) or [_best_word(loaded, recording)]
    return StagesLook(
        words=word_probabilities(loaded, recording, norm, words, sublayers=True), best=best
    )


def _best_word(model: LanguageModel, recording: Recording) -> str:
    """The best next token that its text gives back: some are pieces of a character or print
    nothing.
    """
    states = readable_states(model, recording, "none")[-1:, -1]
    ids = top_of(states, model.unembedding, CANDIDATES)[0][0].tolist()
    for token, text in zip(ids, model.texts(ids), strict=True):
        if model.encode(text) == [token]:
            return text
    raise ModelError(f"none of the {CANDIDATES} best next tokens is a word: name words to watch")
