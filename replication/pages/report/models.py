"""What the report tells of each model: what it is, where it is from, what it cannot show."""

from dataclasses import dataclass

from replication.judging.findings import Finding, Findings
from replication.models import registry
from replication.models.nulls import KINDS, MADE_BY, draws_of
from replication.models.registry import HubSource, ModelEntry


@dataclass(frozen=True)
class ModelSummary:
    """A model of the registry."""

    entry: ModelEntry
    revision: str
    origin: str
    size: str
    judged: int
    """Findings on it."""
    cannot_show: tuple[Finding, ...]
    """Those that are not testable."""


def model_summaries(findings: Findings) -> tuple[ModelSummary, ...]:
    """All models of the registry, those that were judged first."""
    found = []
    for name, entry in registry.MODELS.items():
        of_model = [finding for finding in findings.findings if finding.subject == name]
        found.append(
            ModelSummary(
                entry=entry,
                revision=of_model[0].revision if of_model else _revision(entry),
                origin=registry.origin(entry).replace("\n", " "),
                size=registry.size(entry),
                judged=len(of_model),
                cannot_show=tuple(f for f in of_model if f.verdict == "not_testable"),
            )
        )
    return tuple(sorted(found, key=lambda model: not model.judged))


def null_summaries() -> tuple[tuple[str, str, int], ...]:
    """Each kind of null: its name, what it is, and on how many a claim is judged."""
    return tuple((kind, MADE_BY[kind], len(draws_of(kind))) for kind in KINDS)


def _revision(entry: ModelEntry) -> str:
    source = entry.source
    known = source.revision if isinstance(source, HubSource) else source.sha256
    return known or "not known beforehand"
