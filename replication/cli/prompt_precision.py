"""A look at what half precision does to the ranks of one of the articles' texts."""

from dataclasses import dataclass
from typing import Any

from replication.articles.experiments import experiment
from replication.base.axes import Norm
from replication.cli.tables import as_lines
from replication.measures.precision import rank_changes
from replication.models.errors import ModelError
from replication.models.loading import load
from replication.results.precision import Half, InHalf, RankChanges


@dataclass(frozen=True)
class PrecisionLook:
    """How many ranks change against float32, by the rank in float32."""

    changes: RankChanges
    device: str

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        source = self.changes.full.provenance
        return {
            "model": source.subject,
            "norm": source.norm,
            "dtype": self.changes.dtype,
            "in_half": self.changes.in_half,
            "device": self.device,
            "bands": [vars(band) for band in self.changes.bands()],
        }

    def as_text(self) -> str:
        """A row for each band of ranks."""
        source, bands = self.changes.full.provenance, self.changes.bands()
        table = as_lines(
            ["rank in float32", "ranks", "changed", "median change"],
            [
                [
                    str(band.best) if band.best == band.worst else f"{band.best} to {band.worst}",
                    str(band.ranks),
                    str(band.changed),
                    f"{band.median_change:.2%}",
                ]
                for band in bands
            ],
        )
        return (
            f"{source.model} ({source.weights}), norm: {source.norm}; {self.changes.dtype} on "
            f"{self.device}, in half precision: {self.changes.in_half}\n\n{table}"
        )


def look(
    id: str, *, model: str, norm: Norm, dtype: Half, in_half: InHalf, device: str
) -> PrecisionLook:
    """Rank an experiment's published continuation in float32 and in half precision.

    Raises ``ValueError`` for an unknown experiment or model, ``ModelError`` for an experiment
    without a continuation, for a device that is not there, and for states beyond a dtype's range.
    """
    import torch

    text = experiment(id)
    if not text.continuation:
        raise ModelError(f"{id} has no continuation to rank: choose another experiment")
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"no device {device!r} here ({reason}): expected cpu or cuda") from error
    return PrecisionLook(
        rank_changes(
            load(model),
            text.prompt,
            text.continuation,
            norm,
            dtype=dtype,
            in_half=in_half,
            device=device,
        ),
        device,
    )
