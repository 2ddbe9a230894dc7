"""How inner layers are read."""

from typing import Literal

Norm = Literal["none", "final"]
"""How inner layers are read. ``"none"``: the hidden state goes straight to the unembedding, the
articles' method. ``"final"``: through the model's final norm first, the usual logit lens
(nostalgebraist 2020). The last layer is the model's own output under both."""

NORMS: tuple[Norm, ...] = ("none", "final")


def parse_norms(norms: str) -> list[Norm]:
    """The norms of a list such as ``"none,final"``; ``ValueError`` for an unknown or no norm."""
    asked = list(dict.fromkeys(name.strip() for name in norms.split(",")))
    for name in asked:
        if name not in NORMS:
            raise ValueError(f"unknown norm {name!r}: expected one of {', '.join(NORMS)}")
    return [norm for name in asked for norm in NORMS if norm == name]
