"""A look at a prompt of one's own: how the neurons fire, and the factors they are made of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jaxtyping import Float
from numpy import ndarray

from replication.measures.factors import energy, factorize
from replication.measures.neurons import sparsity
from replication.measures.record import Recording, record_ids
from replication.measures.record import generate as generate_ids
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.models.loading import load
from replication.results.factors import Factors
from replication.results.neurons import Sparsity


@dataclass(frozen=True)
class NeuronsLook:
    """How the neurons fire over a text."""

    factors: Factors
    energy: Float[ndarray, " factor"]
    sparsity: Sparsity
    seed: int

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        found = self.factors
        return {
            "model": found.provenance.subject,
            "tokens": list(found.tokens),
            "input_tokens": found.n_input,
            "layers": list(found.layers),
            "seed": self.seed,
            "factors": [
                {"energy": float(share), "activity": row.tolist()}
                for share, row in zip(self.energy, found.activity, strict=True)
            ],
            "firing": {
                "threshold": self.sparsity.threshold,
                "tokens": list(self.sparsity.tokens),
                "share": self.sparsity.share.tolist(),
            },
            "provenance": asdict(found.provenance),
        }

    def as_text(self, most: int = 6) -> str:
        """A line per factor with its energy and the tokens at which it is most at work."""
        found, source = self.factors, self.factors.provenance
        first, last = found.layers[0], found.layers[-1]
        median = sorted(self.sparsity.share.flatten())[self.sparsity.share.size // 2]
        lines = [
            f"{source.prompt!r} read by {source.model} ({source.weights}; start token: "
            f"{source.start_token})",
            f"factors of layers {first} to {last}, seed {self.seed}: share of energy, then the "
            f"tokens at which it is most at work, against its greatest",
            "",
        ]
        for number, (share, row) in enumerate(zip(self.energy, found.activity, strict=True), 1):
            best = row.argsort()[::-1][:most]
            top = row.max() or 1.0
            shown = "  ".join(f"{found.tokens[k]!r} {row[k] / top:.0%}" for k in best)
            lines.append(f"factor {number:>2}  {share:6.1%}  {shown}")
        return "\n".join(
            [*lines, "", f"neurons that fire (above {self.sparsity.threshold:g}) in a layer at a "
             f"token: {median:.0%} (median)"]
        )  # fmt: skip


def look(
    text: str,
    *,
    model: str,
    factors: int,
    generate: int = 0,
    given: str = "",
    layers: Sequence[int] | None = None,
    seed: int = 0,
) -> NeuronsLook:
    """Factorize the activations over a prompt and its given or greedy continuation.

    Raises ``ModelError`` for text that cannot be read, layers that are not there and more factors
    than tokens, ``ValueError`` for an unknown model.
    """
    loaded, recording = read(text, model, generate, given)
    found = factorize(recording, loaded.provenance(text, None), factors, layers=layers, seed=seed)
    return NeuronsLook(found, energy(found), sparsity(recording, layers), seed)


def read(
    text: str, model: str, generate: int = 0, given: str = ""
) -> tuple[LanguageModel, Recording]:
    """A model, and its recording of a prompt with a greedy or a given continuation, with neurons.

    Raises ``ModelError`` for text that cannot be read, ``ValueError`` for an unknown model.
    """
    loaded = load(model)
    if not text:
        raise ModelError("the prompt is empty: give at least one character of text")
    before = loaded.encode(text, start=True)
    after = generate_ids(loaded, text, generate) if generate else loaded.encode(given)
    return loaded, record_ids(loaded, [*before, *after], len(before), neurons=True)


def parse_range(text: str) -> list[int]:
    """Numbers written as ``3`` or ``3-7``; ``ValueError`` for anything else."""
    first, dash, last = text.partition("-")
    if not (first.isdigit() and (last.isdigit() if dash else True)):
        raise ValueError(f"cannot read {text!r}: expected a number or a range, such as 3-7")
    return list(range(int(first), int(last or first) + 1))
