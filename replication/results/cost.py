"""What the lens costs: the result type, free of torch."""

from dataclasses import dataclass

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class LensCost:
    """Multiplications in matrix products, counted from shapes."""

    tokens: int
    forward: int
    """Of one pass over the text, with the model's own output at every position."""
    lens: int
    """Of reading every layer at every position."""
    last_position: int
    """Of reading every layer at the last position alone."""
    provenance: Provenance

    def __post_init__(self) -> None:
        if self.last_position * self.tokens != self.lens or not self.lens > 0 or self.forward < 1:
            raise ValueError(
                f"{self.lens} multiplications at {self.tokens} positions do not fit "
                f"{self.last_position} at one, or a pass of {self.forward}"
            )
