"""Readings and rules under a hash: whether a verdict was reached by what was fixed beforehand.

The hash is of code and numbers, not of prose: docstrings and comments may be reworded. What was
frozen, and when, stands in ``frozen.toml`` beside the claims, where
``python -m replication.judging.freeze claims`` puts it.
"""

import ast
import sys
import tokenize
import tomllib
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TypeGuard

from replication.base.files import write_whole
from replication.base.records import Record

FILE = "frozen.toml"

RULES = (
    "replication.articles.thresholds",
    "replication.base.associations",
    "replication.base.statistics",
    "replication.judging.comparisons",
    "replication.judging.depth",
    "replication.judging.findings",
    "replication.judging.rates",
    "replication.judging.rules",
    "replication.judging.runner",
    "replication.judging.suite",
    "replication.measures.cluster_roles",
    "replication.measures.depth",
    "replication.measures.role_scores",
    "replication.models.nulls",
    "replication.questions.openings",
    "replication.questions.sets",
    "replication.results.circuit",
)
"""Modules by which verdicts are reached, beside the claims' own."""


class Readings(Record):
    """By which readings and rules findings were judged."""

    digest: str
    """The sha256 of those of this run."""
    frozen: str | None
    """The sha256 of those that were frozen; None where none were."""
    frozen_on: date | None

    @property
    def as_frozen(self) -> bool:
        """Whether nothing has changed since."""
        return self.digest == self.frozen

    @property
    def told(self) -> str:
        """Which they are, in words, to follow "judged by"."""
        if self.as_frozen and self.frozen_on:
            return f"the readings and rules that were frozen on {day(self.frozen_on)}"
        if self.frozen_on:
            return f"readings and rules other than those frozen on {day(self.frozen_on)}"
        return "readings and rules that were not frozen"


def day(date: date) -> str:
    """A date as it is written out.

    >>> day(date(2026, 3, 1))
    '1 March 2026'
    """
    return f"{date.day} {date:%B %Y}"


def readings(claims: Path) -> Readings:
    """The readings of a folder of claims, and what was frozen of them."""
    path = claims / FILE
    frozen = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    return Readings(
        digest=digest(claims), frozen=frozen.get("digest"), frozen_on=frozen.get("date")
    )


def freeze(claims: Path) -> None:
    """Write down what the readings are today."""
    text = f'digest = "{digest(claims)}"\ndate = {date.today()}\n'
    write_whole(claims / FILE, text)


def digest(claims: Path) -> str:
    """The sha256 of all readings and rules, of the sets, and of a folder's checks."""
    modules = [Path(spec.origin) for name in RULES if (spec := find_spec(name)) and spec.origin]
    code = digest_of([*modules, *sorted(claims.glob("test_*.py"))])
    sets = Path(str(resources.files("replication").joinpath("data/templates"))).glob("*.jsonl")
    data = [sha256(path.read_bytes()).hexdigest() for path in sorted(sets)]
    return sha256(" ".join([code, *data]).encode()).hexdigest()


def digest_of(sources: Iterable[Path]) -> str:
    """The sha256 of the code of some modules, in this order, without their prose."""
    total = sha256()
    for path in sources:
        total.update(_without_prose(path.read_text("utf-8")).encode())
        total.update(b"\0")
    return total.hexdigest()


def _without_prose(source: str) -> str:
    """The code as it is written, without comments, docstrings and other strings that stand alone;
    the same under every version of Python.
    """
    lines = source.splitlines()
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if _is_prose(node):
            for line in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[line] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _is_prose(node: ast.AST) -> TypeGuard[ast.Expr]:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


if __name__ == "__main__":
    freeze(Path(sys.argv[1]))
