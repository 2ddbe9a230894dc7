"""The subcommand ``replicate negatives``."""

from pathlib import Path
from typing import Annotated

import typer


def negatives(
    claims: Annotated[
        Path, typer.Option(metavar="FILE", help="What a full `pytest claims/` wrote.")
    ] = Path("build/claims.json"),
    file: Annotated[
        Path, typer.Option(metavar="FILE", help="Where the known negatives stand.")
    ] = Path("claims/known_negatives.toml"),
    write: Annotated[
        bool, typer.Option("--write", help="Put in the numbers of this run; reasons stay.")
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop", help="Take out entries that are needed no more.")
    ] = False,
) -> None:
    """Tell which known negatives are not as measured now, or write them."""
    from replication.base.files import write_whole
    from replication.judging.negatives import updated
    from replication.judging.saving import complete_only
    from replication.judging.verdicts import read

    findings = complete_only(read(claims))
    text, changes = updated(file.read_text("utf-8"), findings, drop)
    print("\n".join(changes) or f"{file} is as measured")
    if write:
        write_whole(file, text)
    elif changes:
        raise ValueError(f"{file} is not as measured in {claims}: use --write")
