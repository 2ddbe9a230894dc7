"""A look at a prompt of one's own: ranks and best tokens, as text, as JSON or drawn."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from replication.base.axes import Norm
from replication.base.files import whole
from replication.cli.tables import as_lines
from replication.measures.lens import continuation_ranks, top_tokens, watched_ranks
from replication.measures.record import generate as generate_ids
from replication.measures.record import record, record_ids
from replication.models.loading import load
from replication.results.ranks import RankGrid, TopTokens

DRAWABLE = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class Look:
    """What the lens shows for one prompt."""

    ranks: RankGrid
    """Of the continuation's tokens, or of watched words."""
    top: TopTokens
    """For the position after the prompt."""

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``; layers are numbered from 0, the output of the first block."""
        source = self.ranks.provenance
        best = (
            [
                {"token": token, "probability": float(share)}
                for token, share in zip(*row, strict=True)
            ]
            for row in zip(self.top.tokens, self.top.probabilities, strict=True)
        )
        return {
            "model": source.subject,
            "norm": source.norm,
            "prompt": source.prompt,
            "tokens": list(self.ranks.tokens),
            "layers": list(range(self.ranks.layers)),
            "ranks": self.ranks.ranks.tolist(),
            "top": list(best),
            "provenance": asdict(source),
        }

    def as_text(self) -> str:
        """A table for a terminal: a row per layer, ranks first, then the best tokens."""
        source = self.ranks.provenance
        best = (
            "  ".join(f"{token!r} {share:.1%}" for token, share in zip(*row, strict=True))
            for row in zip(self.top.tokens, self.top.probabilities, strict=True)
        )
        table = as_lines(
            ["layer", *map(repr, self.ranks.tokens)],
            [[str(layer), *map(str, ranks)] for layer, ranks in enumerate(self.ranks.ranks)],
            ["best tokens after the prompt", *best],
        )
        return (
            f"{source.prompt!r} read by {source.model} ({source.weights}; start token: "
            f"{source.start_token}), norm: {source.norm}\n"
            f"rank of each token after each layer, 1 is best of {self.ranks.vocabulary}\n\n{table}"
        )


def look(
    text: str,
    *,
    model: str,
    norm: Norm,
    generate: int = 1,
    given: str | None = None,
    watch: Sequence[str] | None = None,
    top: int = 5,
) -> Look:
    """Read a prompt with a model, and look at it through the lens.

    Ranks are those of the words to ``watch``; failing that of the tokens of the ``given``
    continuation; failing that of a greedy continuation by ``generate`` tokens that are not mere
    spaces. Raises ``ModelError`` for text that cannot be read, ``ValueError`` for an unknown model.
    """
    loaded = load(model)
    prompt_only = record(loaded, text)
    best = top_tokens(loaded, prompt_only, norm, top)
    if watch:
        return Look(watched_ranks(loaded, prompt_only, norm, watch), best)
    if given is not None:
        recording = record(loaded, text, given)
    else:
        ids = [*prompt_only.ids, *generate_ids(loaded, text, generate)]
        recording = record_ids(loaded, ids, len(prompt_only.ids))
    return Look(continuation_ranks(loaded, recording, norm), best)


def check_drawable(path: Path) -> None:
    """Refuse a file name that no figure can be drawn to, before any work is done."""
    if path.suffix not in DRAWABLE:
        raise ValueError(f"cannot draw to {str(path)!r}: expected one of {', '.join(DRAWABLE)}")


def draw(seen: Look, path: Path) -> None:
    """Draw the ranks into a file that appears whole or not at all."""
    from replication.figures.drawing.panels import panels

    prompt = seen.ranks.provenance.prompt
    page = panels({prompt: [seen.ranks]}, "Ranks after every layer")
    with whole(path) as unfinished:
        page.savefig(unfinished, dpi=150)
