"""The subcommand ``replicate serve``."""

from pathlib import Path
from typing import Annotated

import typer

from replication.cli import extras
from replication.cli.ask import ModelName
from replication.models import registry

VERDICTS = Path("docs/verdicts.md")


def serve(
    model: ModelName = registry.DEFAULT_MODEL,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 takes any that is free.")
    ] = 8000,
    opened: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in your browser.")
    ] = True,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Where the verdicts stand that are told beside the experiments (default: "
            f"{VERDICTS}, if it is there).",
        ),
    ] = None,
) -> None:
    """Answer prompts on a page, on this machine alone, until Ctrl-C."""
    for module in ("starlette", "uvicorn", "matplotlib"):
        extras.need(module)
    from replication.models import weights
    from replication.pages.live import server

    weights.folder(registry.find(model)[0])  # what is not here is told before anything starts
    known = VERDICTS if VERDICTS.is_file() else None
    server.serve(model, port, verdicts or known, opened)
