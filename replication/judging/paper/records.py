"""The records of ``paper.json``: published figures against the same figures measured again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, FiniteFloat

from replication.base.environment import Environment
from replication.judging.rules import Verdict

Rows = Literal["layer", "generated token", "factor"]
Reading = Literal["shown", "labelled", "not stated"]
"""Why a figure is compared on a model: its numbers show this one, its label says this one, or the
article says none, so that each is tried."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counts(_Record):
    """How many numbers agree; each number compared counts in one of the other three."""

    compared: int
    exact: int
    """As far as the published numbers were given (``replication.judging.paper.agreement``)."""
    within_1_percent: int
    """Of the published number, and not exact."""
    off: int


class Number(_Record):
    """A number that is off, with its place in the figure; rows and columns count from 0."""

    row: int
    column: int
    token: str
    published: FiniteFloat
    measured: FiniteFloat | None
    """None where there is none: a token that is not among the ten best."""


class FigureComparison(Counts):
    """One published figure against the same figure measured on one model."""

    id: str
    figure: str
    reading: Reading
    rows: Rows | None
    """What a row of the figure is; None where it cannot be compared."""
    by_row: tuple[Counts, ...]
    first_layer_off: int | None
    """None where none is, or rows are no layers."""
    worst: tuple[Number, ...]
    """The few numbers that are furthest off, the worst first."""
    correlations: tuple[FiniteFloat, ...] | None
    """Of each published factor with the measured one taken for it; free of their scale."""
    token_ids_agree: bool | None
    """None where no ids were published or measured."""
    first_token_off: int | None
    """The position, from 0, of the first token with another id."""
    not_comparable: str | None
    """Why there is nothing to compare."""

    @property
    def reproduced(self) -> bool:
        """Whether every number is the article's, exactly or within 1 %, and of the same tokens."""
        return self.compared > 0 and self.off == 0 and self.token_ids_agree is not False


class FindingComparison(_Record):
    """A claim's verdict on the published numbers, and on the model that they were measured on."""

    claim: str
    published: Verdict
    measured: Verdict


class ModelComparison(_Record):
    """The published figures of one model."""

    name: str
    model: str
    revision: str
    weights: str
    missing: str | None
    """Why the model was not measured: its weights are not at hand."""
    figures: tuple[FigureComparison, ...]
    findings: tuple[FindingComparison, ...]


class PaperReport(_Record):
    """The whole of ``paper.json``."""

    format: Literal[1] = 1
    environment: Environment
    models: tuple[ModelComparison, ...]
