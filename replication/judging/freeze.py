"""Readings and rules under a hash: whether a verdict was reached by what was fixed beforehand.

The hash is of code and numbers, not of prose: docstrings and comments may be reworded. What was
frozen, and when, stands in ``frozen.toml`` beside the claims, where
``python -m replication.judging.freeze claims`` puts it.
"""

import ast
import sys
import tomllib
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from replication.base.files import write_whole
from replication.base.records import Record

FILE = "frozen.toml"

RULES = (
    "replication.articles.thresholds",
    "replication.base.statistics",
    "replication.judging.comparisons",
    "replication.judging.depth",
    "replication.judging.rates",
    "replication.judging.rules",
    "replication.measures.depth",
    "replication.models.nulls",
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
    """The sha256 of all readings and rules, and of the checks in a folder of claims."""
    modules = [Path(spec.origin) for name in RULES if (spec := find_spec(name)) and spec.origin]
    return digest_of([*modules, *sorted(claims.glob("test_*.py"))])


def digest_of(sources: Iterable[Path]) -> str:
    """The sha256 of the code of some modules, in this order, without their prose."""
    total = sha256()
    for path in sources:
        total.update(_without_prose(path.read_text("utf-8")).encode())
        total.update(b"\0")
    return total.hexdigest()


def _without_prose(source: str) -> str:
    """The code as Python writes it, without docstrings and other strings that stand alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            body[:] = [each for each in body if not _is_prose(each)]
    return ast.unparse(tree)


def _is_prose(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


if __name__ == "__main__":
    freeze(Path(sys.argv[1]))
