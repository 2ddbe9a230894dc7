"""Input saliency: how much each token counts for those generated after it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Saliency:
    """How much each token that stood before it counts for each generated token.

    Row *i* is for the *i*-th generated token and has shares for the ``n_input + i`` tokens before
    it; they sum to 1. The places after them are 0.
    """

    shares: Float[np.ndarray, "generated position"]
    tokens: tuple[str, ...]
    """(n_input + generated,) input tokens, a start token left out, then generated ones."""
    n_input: int
    method: Literal["gradient x input", "integrated gradients"]
    of: Literal["logit", "probability"]
    provenance: Provenance

    def __post_init__(self) -> None:
        generated = len(self.tokens) - self.n_input
        if self.shares.shape != (generated, len(self.tokens) - 1):
            raise ValueError(
                f"shares of shape {self.shares.shape} do not fit {self.n_input} input and "
                f"{generated} generated tokens: expected {(generated, len(self.tokens) - 1)}"
            )
        sums = self.shares.sum(axis=1)
        ahead = np.triu(self.shares, self.n_input)  # shares of tokens that were not there yet
        if not np.allclose(sums, 1, atol=1e-4) or ahead.any() or (self.shares < 0).any():
            raise ValueError(
                f"shares of each generated token must be positive, lie before it and sum to 1; "
                f"found sums {sums}"
            )

    def row(self, generated: int) -> Float[np.ndarray, " position"]:
        """The shares of the tokens before one generated token."""
        return self.shares[generated, : self.n_input + generated]
