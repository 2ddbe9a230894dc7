"""Reading a notebook from its py:percent file, and running it in a kernel of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from replication.base.files import write_whole
from replication.figures.errors import FigureError

if TYPE_CHECKING:
    from nbformat import NotebookNode


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


def execute(notebook: "NotebookNode", parameters: Mapping[str, str], target: Path) -> None:
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
