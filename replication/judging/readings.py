"""By which readings and rules findings were judged, and whether those were frozen beforehand.

Readings change with their code. A later freeze that was shown to leave every verdict as it was does
not take from earlier findings that they were judged by what was frozen, but for those on claims
that it says ask something else since; any other freeze does.
"""

import datetime
from collections.abc import Sequence
from typing import Literal

from replication.base.records import Record


class Freeze(Record):
    """A state of the readings that was written down, as ``frozen.toml`` has it."""

    digest: str
    """The sha256 of the readings."""
    date: datetime.date
    changed: str
    """What changed since the freeze before, in a sentence."""
    verdicts: Literal["same"] | None = None
    """``same`` where it was shown that every verdict stayed as it was; None where it was not."""
    changed_claims: tuple[str, ...] = ()
    """Claims that ask something else since, whose verdicts may be others."""


class Readings(Record):
    """By which readings and rules findings were judged."""

    digest: str
    """The sha256 of those of this run."""
    frozen: str | None
    """The sha256 of those that were frozen; None where none were."""
    frozen_on: datetime.date | None
    later: tuple[Freeze, ...] = ()
    """Freezes since then, all of which left every verdict as it was."""

    @classmethod
    def of(cls, digest: str, history: Sequence[Freeze]) -> "Readings":
        """Those of a digest, given all freezes in their order."""
        changing = [place for place, one in enumerate(history) if one.verdicts != "same"]
        standing = history[max(changing, default=0) :]
        if not standing:
            return cls(digest=digest, frozen=None, frozen_on=None)
        first, *later = standing
        return cls(digest=digest, frozen=first.digest, frozen_on=first.date, later=tuple(later))

    @property
    def as_frozen(self) -> bool:
        """Whether they were frozen, and no verdict has changed by what was frozen since."""
        return self.digest in {self.frozen, *(one.digest for one in self.later)}

    @property
    def told(self) -> str:
        """Which they are, in words, to follow "judged by"."""
        if self.frozen_on is None:
            return "readings and rules that were not frozen"
        if not self.as_frozen:
            return f"readings and rules other than those frozen on {day(self.frozen_on)}"
        words = f"the readings and rules that were frozen on {day(self.frozen_on)}"
        changes = "; ".join(map(_told, self.later))
        but = " but those named" if any(one.changed_claims for one in self.later) else ""
        return (
            f"{words}, since then changed in what alters no verdict{but} ({changes})"
            if changes
            else words
        )

    def seen_by(self, newer: "Readings | None") -> "Readings":
        """These, with the freezes that a newer run knows of, if there is one."""
        return newer.model_copy(update={"digest": self.digest}) if newer else self

    def asked_otherwise(self, earlier: "Readings | None") -> frozenset[str]:
        """The claims that ask something else by these readings than by an earlier run's."""
        digests = [self.frozen, *(one.digest for one in self.later)]
        since = digests.index(earlier.digest) if earlier and earlier.digest in digests else 0
        return frozenset(claim for one in self.later[since:] for claim in one.changed_claims)

    def same_as(self, other: "Readings | None") -> bool:
        """Whether another run's are these, or give every verdict as these do, but for claims that
        are ``asked_otherwise``.
        """
        if other is None or other.digest == self.digest:
            return other is not None
        return self.as_frozen and other.seen_by(self).as_frozen


def _told(later: Freeze) -> str:
    changed = f"{day(later.date)}: {later.changed.rstrip('.')}"
    if not later.changed_claims:
        return changed
    return f"{changed}; verdicts of {', '.join(later.changed_claims)} may be others"


def day(date: datetime.date) -> str:
    """A date as it is written out.

    >>> day(datetime.date(2026, 3, 1))
    '1 March 2026'
    """
    return f"{date.day} {date:%B %Y}"
