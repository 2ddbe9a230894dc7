"""Running the notebooks that make the figures.

They are in jupytext's py:percent form; papermill runs each in a kernel of its own, a process that
is forked from one in which the imports are done.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from replication.base.files import write_whole
from replication.base.norms import NORMS, parse_norms
from replication.figures import freshness
from replication.figures.errors import FigureError
from replication.figures.figure import Figure
from replication.figures.table import FIGURES, FORMATS, select
from replication.models import registry, weights

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebooks_folder() -> Path:
    """The clone's ``notebooks``, beside the package or in the current folder."""
    for parent in (Path(__file__).parents[2], Path.cwd()):
        if (parent / "notebooks" / f"{next(iter(FIGURES))}.py").is_file():
            return parent / "notebooks"
    raise FigureError("the notebooks are not installed with the package: run from a clone")


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
    once, a thread each. ``more`` are further parameters, for notebooks that have them. Unless they
    are to be made ``again``, figures are left that would come out as they are. ``say`` is told of
    each figure that is done.

    Raises ``ValueError`` for an unknown figure, model or norm, ``weights.WeightsError`` where the
    model was not fetched, and, after the others are made, ``FigureError`` with the cell and its
    error for each notebook that failed; earlier files of its figure stay.
    """
    named = list(ids)
    chosen = [
        figure for figure in select(named) if named or model != "published" or figure.published
    ]
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}: expected 1 or more")
    if model != "published":
        weights.folder(registry.find(model)[0])
    fixed = {"model": model, "norms": ",".join(parse_norms(",".join(norms)))}
    if taken := (more or {}).keys() & {*fixed, "out"}:
        raise ValueError(f"{min(taken)} is not to be given among further parameters")
    parameters = {**(more or {}), **fixed}
    folder = notebooks or notebooks_folder()

    def make(figure: Figure) -> str | None:
        files = [(out / model / figure.id).with_suffix(suffix) for suffix in FORMATS]
        stamp = executed / model / f"{figure.id}.stamp"
        inputs = freshness.inputs_of(folder / f"{figure.id}.py", parameters, model)
        if not again and freshness.is_fresh(stamp, inputs, files):
            say(f"{figure.id}: {out / model / figure.id} (unchanged)")
            return None
        fault = _make(figure, folder, parameters, out, executed / model)
        if not fault:
            freshness.put(stamp, inputs, files)
        say(f"{figure.id}: {'failed' if fault else out / model / figure.id}")
        return fault

    with ThreadPoolExecutor(jobs) as pool:
        faults = [fault for fault in pool.map(make, chosen) if fault]
    if faults:
        raise FigureError("\n".join(faults))
    return [out / model / figure.id for figure in chosen]


def _make(
    figure: Figure, folder: Path, parameters: dict[str, str], out: Path, executed: Path
) -> str | None:
    """Run a figure's notebook; what went wrong, if anything did."""
    try:
        notebook = read(folder / f"{figure.id}.py")
        # Relative to the executed notebook: whoever runs that again writes to the same place.
        place = {"out": os.path.relpath(out, executed)}
        execute(notebook, parameters | place, executed / f"{figure.id}.ipynb")
    except FigureError as error:
        return f"{figure.id}: {error}"
    return None


def read(path: Path) -> "NotebookNode":
    """A notebook from its py:percent file; ``FigureError`` where there is none."""
    import jupytext

    if not path.is_file():
        raise FigureError(f"there is no notebook {path}")
    notebook = jupytext.read(path, fmt="py:percent")
    # Every Jupyter has a kernel of this name; here it is replaced by the running interpreter.
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata = type(notebook.metadata)(kernelspec=kernel)
    return notebook


def execute(notebook: "NotebookNode", parameters: dict[str, str], target: Path) -> None:
    """Run a notebook in the folder of ``target`` and write it there, with its outputs.

    Raises ``FigureError`` for a parameter that the notebook does not have, and for a cell that
    fails; ``target`` is then not written.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError

    from replication.figures.kernels import Forking

    known = papermill.inspect_notebook(notebook)
    if unknown := parameters.keys() - known.keys():
        raise FigureError(f"no parameter {min(unknown)!r}: the notebook has {', '.join(known)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        done = papermill.execute_notebook(
            notebook,
            None,
            parameters,
            progress_bar=False,
            kernel_manager_class=Forking,
            resources={"metadata": {"path": str(target.parent)}},
            record_timing=False,
        )
    except papermill.PapermillExecutionError as error:
        cell = "\n".join(f"    {line}" for line in error.source.strip().splitlines())
        raise FigureError(f"{error.ename}: {error.evalue}\n  in the cell\n{cell}") from error
    except DeadKernelError as error:
        raise FigureError("its kernel died; it may have run out of memory") from error
    # Timings and ids of cells change from run to run.
    del done.metadata["papermill"]
    for number, cell in enumerate(done.cells):
        cell.metadata.pop("papermill", None)
        cell.id = f"cell-{number}"
    write_whole(target, nbformat.writes(done))
