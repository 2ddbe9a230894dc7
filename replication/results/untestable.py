"""What stands where a subject cannot show what it is asked."""

from dataclasses import dataclass

from replication.results.provenance import Provenance
from replication.results.shown import shows_itself


@shows_itself
@dataclass(frozen=True)
class Untestable:
    """Stands where a subject cannot show an experiment."""

    reason: str
    provenance: Provenance


class NotTestable(Exception):
    """A finding cannot be judged on a subject; the message says why."""
