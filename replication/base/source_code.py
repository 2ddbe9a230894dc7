"""Code under a hash that prose does not change: docstrings and comments may be reworded."""

import ast
import tokenize
from collections.abc import Iterable
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import TypeGuard


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
