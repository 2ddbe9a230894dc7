"""Where findings are written: those of the whole suite, and beside them those of a part of it."""

from contextlib import suppress
from pathlib import Path

from replication.base.files import whole, write_whole
from replication.judging.findings import Findings


def partial_path(path: Path) -> Path:
    """Where findings go that are not complete: beside the complete ones, which stay."""
    return path.with_name(f"{path.stem}-partial{path.suffix}")


def check_writable(path: Path) -> None:
    """Try what ``write`` will do; ``OSError`` where it cannot be done."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: expected a file")
    with suppress(_Undone), whole(path):
        raise _Undone


class _Undone(Exception):
    """Ends an attempt to write before anything appears."""


def write(findings: Findings, path: Path) -> Path:
    """Write the findings as JSON; the path they went to."""
    target = path if findings.complete else partial_path(path)
    write_whole(target, findings.model_dump_json(indent=1) + "\n")
    return target


def complete_only(findings: Findings) -> Findings:
    """The findings; ``ValueError`` where they are of a part of the suite, or were not all measured
    in their run.
    """
    if not findings.complete:
        raise ValueError("these findings are of a part of the claims: run all of `pytest claims/`")
    if findings.rates_of:
        raise ValueError(
            f"rates of nulls are those of a run of {findings.rates_of}: measure all with "
            "`pytest claims/ --anew`"
        )
    if findings.reused:
        raise ValueError(
            f"{findings.reused} answers behind these findings were kept from earlier runs: measure "
            "all with `pytest claims/ --anew`"
        )
    return findings
