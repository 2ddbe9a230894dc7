"""Which nulls a claim beats: on how many of each kind its core holds."""

from pydantic import model_validator

from replication.articles.thresholds import SHOWN
from replication.base.records import Record
from replication.models.nulls import NullKind


class NullRate(Record):
    """On how many nulls of a kind the core of a claim holds."""

    kind: NullKind
    holds: int
    not_testable: int
    """How many of them cannot show it."""
    draws: int
    """How many were asked."""

    @model_validator(mode="after")
    def _adds_up(self) -> "NullRate":
        if min(self.holds, self.not_testable) < 0 or self.holds > self.testable:
            raise ValueError(
                f"{self.holds} hold and {self.not_testable} are not testable of {self.draws}: "
                "expected no more than there are"
            )
        return self

    @property
    def testable(self) -> int:
        """How many of them can show it or fail to."""
        return self.draws - self.not_testable

    @property
    def beaten(self) -> bool | None:
        """Whether it holds on few of those that are testable; None where none is."""
        return self.holds <= SHOWN * self.testable if self.testable else None

    @property
    def by_construction(self) -> bool:
        """Whether it holds on all that are testable, as what follows by definition must."""
        return 0 < self.testable == self.holds

    def __str__(self) -> str:
        """In a few characters: ``permuted 1/2``, and where none is testable that it is so."""
        if not self.testable:
            return f"{self.kind}: 0 of {self.draws} testable"
        return f"{self.kind} {self.holds}/{self.testable}"
