"""Readings and rules under a hash: whether a verdict was reached by what was fixed beforehand.

The hash is of code and numbers, not of prose: docstrings and comments may be reworded.
"""

import ast
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

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
