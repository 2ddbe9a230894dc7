"""The figures that lie in a folder, as the report shows them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from replication.figures.figure import Figure
from replication.figures.table import FIGURES, FORMATS
from replication.judging.findings import Finding

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Shown:
    """A figure drawn for one model."""

    figure: Figure
    model: str
    width: int
    """Of the PNG, in pixels."""
    height: int

    @property
    def anchor(self) -> str:
        """Its place on the page of figures."""
        return f"{self.figure.id}-{self.model}"

    @property
    def path(self) -> str:
        """Within the report, without its ending."""
        return f"figures/{self.model}/{self.figure.id}"


def figures_in(folder: Path) -> Iterator[Shown]:
    """The figures under ``folder/MODEL/``, those of each model in the order of the table."""
    for model in sorted(path.name for path in folder.glob("*") if path.is_dir()):
        for id, figure in FIGURES.items():
            if all((folder / model / f"{id}{ending}").is_file() for ending in FORMATS):
                yield Shown(figure, model, *png_size(folder / model / f"{id}.png"))


def png_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels; ``ValueError`` for a file that is no PNG."""
    with path.open("rb") as file:
        head = file.read(24)
    if len(head) < 24 or not head.startswith(PNG):
        raise ValueError(f"{path} is no PNG: make it anew with `replicate figures {path.stem}`")
    width, height = struct.unpack(">II", head[16:])
    return width, height


def bears_on(shown: Shown, finding: Finding) -> bool:
    """Whether a figure shows what a claim speaks of: it names the claim, or, for a claim that no
    figure names, it shows one of its published figures.
    """
    named = any(finding.claim in figure.claims for figure in FIGURES.values())
    if named:
        return finding.claim in shown.figure.claims
    return bool(set(shown.figure.published) & set(finding.figures))
