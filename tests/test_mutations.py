"""What is taken for a mutant, and that each module has tests to notice them."""

import ast

import mutations
import pytest

SOURCE = '''
"""A docstring of 1 line."""

LIMIT: Literal[2] = 3

@decorated(4)
def f(a: Row[5], axis=-1) -> Row[6]:
    if a < LIMIT and not a:
        raise ValueError(f"{a - 7}")
    return zip(a[0] + 0.0, strict=True)
'''


def test_each_operator_and_number_is_wrong_once() -> None:
    """Annotations, decorators, messages and ``strict=`` are left alone."""
    changes = dict(mutations.mutants(ast.parse(SOURCE)))
    assert sorted(changes) == sorted(
        [
            "`3` -> `4`",
            "f: `-1` -> `1`",
            "f: `-1` -> `-2`",
            "f: `a < LIMIT and (not a)` -> `a < LIMIT or not a`",
            "f: `a < LIMIT and (not a)` -> `a <= LIMIT and (not a)`",
            "f: `a < LIMIT and (not a)` -> `a < LIMIT and a`",
            "f: `zip(a[0] + 0.0, strict=True)` -> `zip(a[0] - 0.0, strict=True)`",
            "f: `zip(a[0] + 0.0, strict=True)` -> `zip(a[1] + 0.0, strict=True)`",
            "f: `zip(a[0] + 0.0, strict=True)` -> `zip(a[0] + 1.0, strict=True)`",
        ]
    )
    assert len(set(changes.values())) == len(changes)
    assert ast.unparse(ast.parse(SOURCE)) not in changes.values()


def test_what_is_done_twice_is_told_apart() -> None:
    changes = [change for change, _ in mutations.mutants(ast.parse("a = f(x) if 1 else 1"))]
    assert len(changes) == len(set(changes)) == 2


FILES = sorted(
    file.relative_to(mutations.ROOT / "replication").with_suffix("")
    for name in mutations.MODULES
    for file in (mutations.ROOT / "replication").glob(f"{name}.py")
)


@pytest.mark.parametrize("module", [str(file) for file in FILES])
def test_every_module_with_mutants_has_tests(module: str) -> None:
    source = (mutations.ROOT / "replication" / f"{module}.py").read_text()
    assert mutations.tests_of(module) or not list(mutations.mutants(ast.parse(source)))
