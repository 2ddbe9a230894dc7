"""The verdicts as the table has them that is written into a file, to be told beside an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from replication.judging.verdicts import MARKS, SYMBOLS, UNFIRM, called
from replication.questions.subjects import Published

TOLD: dict[str, str] = {
    SYMBOLS["replicated"]: "holds",
    SYMBOLS["partially"]: "holds in part",
    SYMBOLS["not_replicated"]: "does not hold",
    SYMBOLS["uninformative"]: "uninformative: nulls, such as untrained networks, show it too",
    SYMBOLS["by_definition"]: "follows from how it is made",
    SYMBOLS["not_testable"]: "cannot be told",
    SYMBOLS["replicated"] + UNFIRM: "holds, but not under noise",
}


@dataclass(frozen=True)
class WrittenVerdict:
    """What became of a claim, as a row of the table has it."""

    claim: str
    says: str
    symbols: Mapping[str, str]
    """By the name of the subject with its norm, ``SmolLM2, final``; empty where not judged."""

    def on(self, subject: str, norm: str) -> str:
        """The symbol of a subject under a norm, empty where it was not judged."""
        names = [called(subject)] if subject == Published.name else []
        names += [f"{called(subject)}, {norm}{end}" for end in ("", ", no nulls")]
        return next((self.symbols[name] for name in names if self.symbols.get(name)), "")


def written_verdicts(file: Path) -> dict[str, WrittenVerdict]:
    """The verdicts of a file by their claims; ``ValueError`` where it has no table of them."""
    _, mark, rest = file.read_text("utf-8").partition(MARKS[0])
    found = verdicts_in(rest.partition(MARKS[1])[0])
    if not (mark and found):
        raise ValueError(f"{file} has no table of verdicts after {MARKS[0]}: name another file")
    return found


def verdicts_in(table: str) -> dict[str, WrittenVerdict]:
    """The verdicts of a table by their claims; none where there is no table."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    if not lines:
        return {}
    (_, _, *titles), _, *rows = map(_cells, lines)
    names = [title.partition(":")[0] for title in titles]
    return {
        claim: WrittenVerdict(claim, says, dict(zip(names, symbols, strict=True)))
        for claim, says, *symbols in rows
        if len(symbols) == len(names)
    }


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]
