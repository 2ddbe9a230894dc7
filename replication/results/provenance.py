"""Results: values with names, shapes and units.

The numbers that an article published and the numbers measured on a model come in the same types,
so whatever judges or draws them cannot tell one from the other.
"""

from dataclasses import dataclass, replace
from typing import Literal

from replication.base.norms import Norm

SubjectKind = Literal["published", "registry", "paper", "control"]


@dataclass(frozen=True)
class Provenance:
    """What stands behind a set of numbers."""

    subject: str
    """``published``, or the name of a model of the table, or of an untrained control of one."""
    kind: SubjectKind
    model: str
    """The model whose numbers these are, by its full name."""
    weights: str
    """Their form, for example ``Q4_1, dequantized to float32`` or ``untrained, seed 3``, and the
    device that they were on, if that was not the processor."""
    revision: str
    """sha256 of the weights' file, or a hub commit, or how published numbers were read."""
    norm: Norm | None
    """None where no lens is involved."""
    start_token: str
    """The token put before the text, or ``none``."""
    prompt: str

    def on(self, device: str) -> "Provenance":
        """The same of numbers that were measured on a device."""
        return self if device == "cpu" else replace(self, weights=f"{self.weights}, on {device}")
