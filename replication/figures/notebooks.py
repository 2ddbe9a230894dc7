"""Making figures by running their notebooks.

Notebooks are in jupytext's py:percent form; papermill runs each in a kernel of its own, a process
that is forked from one in which the imports are done. What is not measured on a trained model needs
no notebook: it is drawn from the table of figures.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from replication.base.norms import NORMS, parse_norms
from replication.figures import freshness
from replication.figures.errors import FigureError
from replication.figures.executing import execute, read
from replication.figures.figure import Figure
from replication.figures.table import FIGURES, FORMATS, of_notebook, select
from replication.models import registry, weights

FIXED = ("model", "norms", "out", "only")
"""Parameters that every notebook has."""


def notebooks_folder() -> Path:
    """The clone's ``notebooks``, beside the package or in the current folder."""
    first = next(iter(FIGURES.values())).notebook
    for parent in (Path(__file__).parents[2], Path.cwd()):
        if (parent / "notebooks" / f"{first}.py").is_file():
            return parent / "notebooks"
    raise FigureError("the notebooks are not installed with the package: run from a clone")


@dataclass(frozen=True)
class _Made:
    """Figures that are made together: those of a notebook, or one that needs none."""

    name: str
    figures: tuple[Figure, ...]
    notebook: Path | None
    parameters: Mapping[str, str]
    out: Path
    """The folder of the model's folder."""
    executed: Path
    """The folder of the executed notebook and of the stamp."""

    @property
    def paths(self) -> list[Path]:
        """Of the figures' files, without suffix."""
        return [self.out / self.parameters["model"] / figure.id for figure in self.figures]

    def make(self, again: bool, say: Callable[[str], None]) -> str | None:
        """Make them unless they would come out as they are; what went wrong, if anything did."""
        files = [path.with_suffix(suffix) for path in self.paths for suffix in FORMATS]
        stamp = self.executed / f"{self.name}.stamp"
        inputs = freshness.inputs_of(self.notebook, self.parameters, self.parameters["model"])
        fresh = not again and freshness.is_fresh(stamp, inputs, files)
        fault = None
        if not fresh:
            try:
                self._run()
                freshness.put(stamp, inputs, files)
            except FigureError as error:
                fault = f"{self.name}: {error}"
        for path in self.paths:
            say(f"{path.name}: {'failed' if fault else f'{path} (unchanged)' if fresh else path}")
        return fault

    def _run(self) -> None:
        if self.notebook is None:
            from replication.figures.making import Figures

            own = {name: given for name, given in self.parameters.items() if name not in FIXED}
            model, norms = (self.parameters[name] for name in ("model", "norms"))
            for figure in self.figures:
                Figures(model, norms, self.out, own=own).make(figure.id)
            return
        # Relative to the executed notebook: whoever runs that again writes to the same place.
        place = {"out": os.path.relpath(self.out, self.executed)}
        target = self.executed / f"{self.name}.ipynb"
        execute(read(self.notebook), {**self.parameters, **place}, target)


def run(
    ids: Iterable[str] = (),
    model: str = registry.DEFAULT_MODEL,
    norms: Sequence[str] = NORMS,
    out: Path = Path("build/figures"),
    jobs: int = 1,
    *,
    more: Mapping[str, str] | None = None,
    again: bool = True,
    notebooks: Path | None = None,
    executed: Path = Path("build/notebooks"),
    say: Callable[[str], None] = print,
) -> list[Path]:
    """Make figures, all that there are of the model if no ids are given; return the paths of their
    files without suffix.

    ``model`` must have been fetched, or is ``published`` for the articles' numbers alone. Files go
    to ``<out>/<model>``, executed notebooks to ``<executed>/<model>``. ``jobs`` notebooks run at
    once, a thread each; a notebook makes those of its figures that are asked for. ``more`` are
    further parameters, for notebooks and figures that have them. Unless they are to be made
    ``again``, figures are left that would come out as they are. ``say`` is told of each figure
    that is done.

    Raises ``ValueError`` for an unknown figure, model, norm or setting, ``weights.WeightsError``
    where the model was not fetched, and, after the others are made, ``FigureError`` with the cell
    and its error for each notebook that failed; earlier files of its figures stay.
    """
    named = list(ids)
    chosen = [
        figure for figure in select(named) if named or model != "published" or figure.published
    ]
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}: expected 1 or more")
    if taken := (more or {}).keys() & set(FIXED):
        raise ValueError(f"{min(taken)} is not to be given among further parameters")
    parameters = {"model": model, "norms": ",".join(parse_norms(",".join(norms))), **(more or {})}
    trained = model != "published" and registry.find(model)[1] is None
    if model != "published":
        weights.folder(registry.find(model)[0])
    folder = (notebooks or notebooks_folder()) if trained else None
    together = [
        _Made(name, figures, folder and folder / f"{name}.py", given, out, executed / model)
        for name, figures, given in _together(chosen, parameters, by_notebook=trained)
    ]
    # Notebooks have processes of their own; matplotlib draws in one thread of a process.
    with ThreadPoolExecutor(jobs if trained else 1) as pool:
        faults = [fault for fault in pool.map(lambda one: one.make(again, say), together) if fault]
    if faults:
        raise FigureError("\n".join(faults))
    return [out / model / figure.id for figure in chosen]


def _together(
    chosen: Sequence[Figure], parameters: Mapping[str, str], *, by_notebook: bool
) -> Iterator[tuple[str, tuple[Figure, ...], Mapping[str, str]]]:
    """Which figures are made together, under which name and with which parameters."""
    if not by_notebook:
        yield from ((figure.id, (figure,), parameters) for figure in chosen)
        return
    for name in dict.fromkeys(figure.notebook for figure in chosen):
        figures = tuple(figure for figure in chosen if figure.notebook == name)
        # Settings of your own are held against the figures that are named.
        whole = len(figures) == len(of_notebook(name)) and parameters.keys() <= set(FIXED)
        only = {} if whole else {"only": ",".join(figure.id for figure in figures)}
        yield name, figures, {**parameters, **only}
