"""A look at a pair of prompts of one's own: which activations carry what tells them apart."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from replication.base.files import whole
from replication.cli.tables import as_lines
from replication.measures.patching import effects
from replication.models.loading import load
from replication.results.patching import SITES, Pair, PatchingEffects


@dataclass(frozen=True)
class PatchingLook:
    """The effect of patching each activation of a pair."""

    effects: PatchingEffects

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``; effects by site, layer and position."""
        found = self.effects
        return {
            "model": found.provenance.subject,
            "clean": list(found.clean),
            "corrupted": list(found.corrupted),
            "words": list(found.words),
            "logit_differences": list(found.differences),
            "effects": {site: found.of(site).tolist() for site in SITES},
            "provenance": asdict(found.provenance),
        }

    def as_text(self) -> str:
        """A table for a terminal: the residual stream, a row per layer, a column per token."""
        found, source = self.effects, self.effects.provenance
        names = (
            repr(clean) if clean == corrupted else f"{corrupted!r} → {clean!r}"
            for clean, corrupted in zip(found.clean, found.corrupted, strict=True)
        )
        table = as_lines(
            ["layer", *names],
            [
                [str(layer), *(f"{effect:.2f}" for effect in row)]
                for layer, row in enumerate(found.of("residual"))
            ],
        )
        right, wrong = found.words
        return (
            f"logit of {right!r} less that of {wrong!r} by {source.model} ({source.weights}; start "
            f"token: {source.start_token}): {found.differences[0]:.2f} after the clean prompt, "
            f"{found.differences[1]:.2f} after the corrupted one\n"
            "share of the difference that comes back with the clean residual stream after a layer, "
            f"at one token\n\n{table}"
        )


def look(pair: Pair, *, model: str) -> PatchingLook:
    """Patch each activation of a pair of prompts.

    Raises ``ModelError`` for prompts of different lengths, words that are several tokens and a
    pair that the model does not tell apart, ``ValueError`` for an unknown model.
    """
    return PatchingLook(effects(load(model), pair))


def draw(seen: PatchingLook, path: Path) -> None:
    """Draw the effects at all sites into a file that appears whole or not at all."""
    from replication.figures.drawing.patching import effects_page

    page = effects_page({"": [seen.effects]}, "Which activations tell the prompts apart")
    with whole(path) as unfinished:
        page.savefig(unfinished, dpi=150)
