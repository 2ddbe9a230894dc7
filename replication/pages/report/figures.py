"""The figures that lie in a folder, as the report shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from replication.figures.figure import Figure
from replication.figures.table import FIGURES, FORMATS
from replication.judging.claims import ClaimRecord


@dataclass(frozen=True)
class DrawnFigure:
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

    def bears_on(self, claim: ClaimRecord) -> bool:
        """Whether it shows what a claim speaks of: it names the claim, or, for a claim that no
        figure names, it shows one of the claim's published figures.
        """
        if any(claim.id in figure.claims for figure in FIGURES.values()):
            return claim.id in self.figure.claims
        return bool(set(self.figure.published) & set(claim.figures))


def figures_in(folder: Path) -> Iterator[DrawnFigure]:
    """The figures under ``folder/MODEL/``, those of each model in the order of the table."""
    for model in sorted(path.name for path in folder.glob("*") if path.is_dir()):
        for id, figure in FIGURES.items():
            if all((folder / model / f"{id}{ending}").is_file() for ending in FORMATS):
                yield DrawnFigure(figure, model, *png_size(folder / model / f"{id}.png"))


def png_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels; ``ValueError`` for a file that is no PNG."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=["PNG"]) as image:
            return image.size
    except UnidentifiedImageError as error:
        raise ValueError(
            f"{path} is no PNG: make it again with `replicate figures {path.stem}`"
        ) from error
