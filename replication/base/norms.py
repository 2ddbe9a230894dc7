"""How inner layers are read."""

from collections.abc import Iterable
from typing import Literal, get_args

Norm = Literal["none", "final", "tuned"]
"""How inner layers are read. ``"none"``: the hidden state goes straight to the unembedding, the
articles' method. ``"final"``: through the model's final norm first, the usual logit lens
(nostalgebraist 2020). ``"tuned"``: through an affine map of the layer's own and then the final
norm, the tuned lens (Belrose et al. 2023, https://arxiv.org/abs/2303.08112). The last layer is the
model's own output under all of them."""

READINGS: tuple[Norm, ...] = get_args(Norm)
"""All of them: claims are judged on trained models under each."""

NORMS: tuple[Norm, ...] = ("none", "final")
"""Those that need nothing but the model: figures are drawn and controls are judged under these."""


def parse_norms(norms: str) -> list[Norm]:
    """The norms of a list such as ``"none,final"``; ``ValueError`` for an unknown or no norm."""
    asked = list(dict.fromkeys(name.strip() for name in norms.split(",")))
    for name in asked:
        if name not in READINGS:
            raise ValueError(f"unknown norm {name!r}: expected one of {', '.join(READINGS)}")
    return [norm for name in asked for norm in READINGS if norm == name]


def needed(norms: Iterable[Norm]) -> tuple[Norm, ...]:
    """The norms of an answer that has several, where these are asked for.

    Those that cost nothing are always there; the tuned lens, which must be fitted, only if asked.
    """
    return READINGS if "tuned" in norms else NORMS
