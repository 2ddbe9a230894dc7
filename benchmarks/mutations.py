"""Which single wrong operators and numbers the tests of a module would overlook.

Each mutant is a copy of one module with one operator, number or truth value replaced; the module's
own tests run against it until the first fails. A mutant that all of them pass is alive: a test is
missing, or it is equivalent, and ``docs/mutations.md`` says why.

    python benchmarks/mutations.py [--only MODULE ...] [--most N] [--again]

A library would be better kept. But mutmut leaves out constants of modules and decorated functions,
properties among them, and cosmic-ray starts Python for each mutant.

Left alone are annotations, decorators, messages of errors and ``strict=``, which make a promise and
no result. Importing torch takes longer than most tests, so each mutant is a fork of a process that
has imported what the tests import.
"""

import argparse
import ast
import contextlib
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from importlib import import_module
from pathlib import Path

import jaxtyping
import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/mutations.md"
FOUND = ROOT / "build/mutations.json"
SEED = 10
LIMIT_S = 300
"""A mutant whose tests have not ended by then does not end, and is noticed."""
MODULES = (
    "base/intervals", "base/resampling", "base/significance", "judging/comparisons",
    "judging/depth", "judging/findings", "judging/paper/agreement", "judging/parts", "measures/*",
    "results/*",
)  # fmt: skip
TESTS = {
    "judging/paper/agreement": ["judging/test_paper"],
    "measures/role_scores": ["measures/test_role_scores", "measures/test_factors"],
    "measures/ablation": ["measures/test_circuit"],
    "measures/attribution": ["measures/test_circuit"],
    "measures/attention_weights": ["measures/test_attention"],
    "measures/pair_runs": ["measures/test_patching"],
    "measures/patched_runs": ["measures/test_patching"],
    "results/provenance": ["models/test_language_model"],
    "results/ranks": ["results/test_ranks", "measures/test_lens", "measures/test_lens_details"],
    "results/roles": ["results/test_roles", "measures/test_neurons"],
    "results/sets": ["results/test_sets", "measures/test_many_texts", "measures/test_curves"],
    "results/speed": ["pages/report/test_speed"],
}
"""Where they are not those of the same name, in the same folder or in ``measures``."""
SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.In: ast.NotIn,
    ast.Add: ast.Sub, ast.Mult: ast.Div, ast.BitAnd: ast.BitOr, ast.And: ast.Or,
}  # fmt: skip
SWAPS |= {other: one for one, other in SWAPS.items()}
SWAPS |= {ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult}
LIBRARIES = (
    "torch", "numpy", "scipy", "sklearn", "transformers", "captum", "pydantic",
    "beartype", "jaxtyping", "pandas",
)  # fmt: skip


def wrong(node: ast.AST) -> Iterator[ast.AST]:
    """A node with one operator or number replaced, in every way that is tried."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(value * 2 or 1.0)
        case ast.UnaryOp():
            yield node.operand
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                changed = deepcopy(node)
                changed.ops[place] = SWAPS[type(operator)]()
                yield changed
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in SWAPS:
            other = deepcopy(node)
            other.op = SWAPS[type(node.op)]()
            yield other


def chains(node: ast.AST, *above: ast.AST) -> Iterator[tuple[ast.AST, ...]]:
    """Every node that counts, after all that it is part of."""
    yield *above, node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "exc"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (
                isinstance(child, ast.keyword) and child.arg == "strict"
            ):
                yield from chains(child, *above, node)


def hang(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put a node in the place of another."""
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list):
            value[:] = [new if child is old else child for child in value]
        elif value is old:
            setattr(parent, field, new)


def mutants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What is changed and where, with the whole module so changed."""
    seen: Counter[str] = Counter()
    for *above, node in list(chains(tree)):
        names = [each.name for each in above if isinstance(each, ast.FunctionDef | ast.ClassDef)]
        for new in wrong(node):
            hang(above[-1], node, new)
            # As much around it as is short enough to be read.
            for shown in above:
                if isinstance(shown, ast.expr | ast.keyword) and len(ast.unparse(shown)) <= 60:
                    break
            else:
                shown = new
            after, whole = ast.unparse(shown), ast.unparse(tree)
            hang(above[-1], new, node)
            before = ast.unparse(node if shown is new else shown)
            change = f"{'.'.join(names)}: `{before}` -> `{after}`".strip(": ")
            seen[change] += 1
            yield change + f" ({seen[change]})" * (seen[change] > 1), whole


def tests_of(module: str) -> list[str]:
    """The module's own tests, from the repository's root."""
    name = Path(module).name
    own = TESTS.get(module, [str(Path(module).parent / f"test_{name}"), f"measures/test_{name}"])
    files = (f"tests/{test}.py" for test in dict.fromkeys(own))
    return [file for file in files if (ROOT / file).exists()]


def in_child(work: Callable[[], int], limit_s: int = 0) -> bool:
    """Whether some work, done in a fork of this process, returns 0 in time."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(limit_s)
    try:
        os._exit(work())
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def passes(copy: Path, tests: list[str], listed: Path | None = None) -> bool:
    """Whether tests pass in a copy of the repository; what they import may be listed."""

    def run() -> int:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.dont_write_bytecode = listed is None
        result = pytest.main(["-xqp", "no:cacheprovider", f"--basetemp={copy}/build", *tests])
        if listed:
            listed.write_text("\n".join(sys.modules))
        return int(result)

    return in_child(run, LIMIT_S)


def import_all(names: Iterable[str]) -> None:
    """Import what can be imported."""
    for name in names:
        with contextlib.suppress(Exception):
            import_module(name)


def try_all(
    module: str, copy: Path, known: dict[str, bool], most: int, again: bool
) -> dict[str, bool]:
    """Whether the tests notice each mutant; only with ``again`` those that they did before."""
    file = copy / "replication" / f"{module}.py"
    source, tests, listed = file.read_text(), tests_of(module), copy / "imported"
    every = dict(mutants(ast.parse(source)))
    chosen = random.Random(SEED).sample(list(every), min(most, len(every)))
    noticed = {change: known[change] for change in every if change in known}
    chosen = [change for change in chosen if again or not noticed.get(change)]
    if not chosen:
        return noticed
    if not passes(copy, tests, listed):
        raise SystemExit(f"{module}: {tests} fail as it is")
    names = listed.read_text().split()
    import_all(name for name in names if name.startswith(LIBRARIES))
    # What was compiled of the module must not be taken for its mutants, which may be as long.
    for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
        compiled.unlink()
    found = copy / "found.json"

    def work() -> int:
        # All of the package that does not need the module: what does cannot be imported now.
        jaxtyping.install_import_hook("replication", "beartype.beartype")
        itself = f"replication.{module.replace('/', '.')}"
        sys.modules[itself] = None  # type: ignore[assignment]
        import_all(name for name in names if name.startswith("replication"))
        del sys.modules[itself]
        if not passes(copy, tests):
            return 1
        for change in chosen:
            file.write_text(every[change])
            noticed[change] = not passes(copy, tests)
            print("." if noticed[change] else f"\n{module} {change}", end=" ", flush=True)
        found.write_text(json.dumps(noticed))
        return 0

    if not in_child(work):
        raise SystemExit(f"{module}: its mutants could not be tried")
    file.write_text(source)
    return dict(json.loads(found.read_text()))


def main() -> None:
    """Try the mutants of some modules or all, and write the table of all that have been tried."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=MODULES, metavar="MODULE")
    parser.add_argument("--most", type=int, default=1000, help="of each module, chosen by seed")
    parser.add_argument("--again", action="store_true", help="also what was noticed before")
    asked = parser.parse_args()
    found = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    files = {file for name in asked.only for file in (ROOT / "replication").glob(f"{name}.py")}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(copy)}
        sys.path.insert(0, str(copy))
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "__pycache__"))
        for file in sorted(files):
            os.chdir(copy)
            module = str(file.relative_to(ROOT / "replication").with_suffix(""))
            known = found.get(module, {})
            found[module] = try_all(module, copy, known, asked.most, asked.again)
            FOUND.parent.mkdir(exist_ok=True)
            FOUND.write_text(json.dumps(found, indent=1, ensure_ascii=False))
    unexplained = write_table(found)
    raise SystemExit("\n".join(["alive and not explained:", *unexplained]) if unexplained else 0)


def write_table(found: dict[str, dict[str, bool]]) -> list[str]:
    """Write the table into the page; the mutants are returned that the page does not explain."""
    page = PAGE.read_text()
    reasons = set()
    for part in page.partition("\n## Equivalent\n")[2].split("\n### ")[1:]:
        changes = re.findall(r"^- (.*`(?: \(\d+\))?); ", part, re.MULTILINE)
        reasons |= {f"{part.splitlines()[0]} {change}" for change in changes}
    alive = {
        f"{module} {change}" for module in found for change in found[module]
        if not found[module][change]
    }  # fmt: skip
    counts: dict[str, tuple[int, ...]] = {}
    for module, tried in sorted(found.items()):
        source = (ROOT / "replication" / f"{module}.py").read_text()
        there = sum(1 for _ in mutants(ast.parse(source)))
        explained = sum(f"{module} {change}" in reasons & alive for change in tried)
        if there:
            counts[module] = there, len(tried), sum(tried.values()), explained
    counts["all"] = tuple(map(sum, zip(*counts.values(), strict=True)))
    rows = ["| module | mutants | tried | killed | equivalent |", "|---|--:|--:|--:|--:|"]
    rows += [f"| {module} | {' | '.join(map(str, row))} |" for module, row in counts.items()]
    table = re.compile(r"\| module .*?(?=\n\n)", re.DOTALL)
    PAGE.write_text(table.sub(lambda _: "\n".join(rows), page, count=1))
    stale = (f"{change}: explained, but not alive" for change in sorted(reasons - alive))
    return [*sorted(alive - reasons), *stale]


if __name__ == "__main__":
    main()
