"""A look at a prompt of one's own: which tokens a continuation rests on."""

from dataclasses import asdict, dataclass
from typing import Any

from replication.measures.record import generate as generate_ids
from replication.measures.saliency import Score, gradient_x_input_ids, integrated_gradients
from replication.models.loading import load
from replication.results.saliency import Saliency


@dataclass(frozen=True)
class SaliencyLook:
    """Which tokens each token of a continuation rests on."""

    saliency: Saliency

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``; ``shares`` has a row per generated token, for those before."""
        found = self.saliency
        return {
            "model": found.provenance.subject,
            "method": found.method,
            "of": found.of,
            "tokens": list(found.tokens),
            "input_tokens": found.n_input,
            "shares": [found.row(row).tolist() for row in range(len(found.shares))],
            "provenance": asdict(found.provenance),
        }

    def as_text(self, most: int = 5) -> str:
        """For each generated token a line with the tokens that count most for it."""
        found, source = self.saliency, self.saliency.provenance
        lines = [
            f"{source.prompt!r} read by {source.model} ({source.weights}; start token: "
            f"{source.start_token})",
            f"{found.method} of the {found.of}: share of each token before, the {most} greatest",
            "",
        ]
        for row, token in enumerate(found.tokens[found.n_input :]):
            shares = found.row(row)
            best = shares.argsort()[::-1][:most]
            shown = "  ".join(f"{found.tokens[k]!r} {shares[k]:.1%}" for k in best)
            lines.append(f"{token!r:>14}  {shown}")
        return "\n".join(lines)


def look(
    text: str,
    *,
    model: str,
    generate: int = 1,
    given: str | None = None,
    of: Score = "logit",
    integrated: bool = False,
) -> SaliencyLook:
    """Attribute each token of a given or greedy continuation to the tokens before it.

    Raises ``ModelError`` for text that cannot be read or a method that does not converge,
    ``ValueError`` for an unknown model.
    """
    loaded = load(model)
    if given is None:
        after = generate_ids(loaded, text, generate)
        given = loaded.tokenizer.decode(after, skip_special_tokens=False)
    else:
        after = loaded.encode(given)
    if integrated:
        return SaliencyLook(integrated_gradients(loaded, text, given, of=of))
    before = loaded.encode(text, start=True)
    return SaliencyLook(gradient_x_input_ids(loaded, [*before, *after], len(before), of=of))
