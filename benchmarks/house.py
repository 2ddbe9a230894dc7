"""Measures the house itself: ``python benchmarks/house.py [FOLDER]`` counts what the design bounds.

``FOLDER`` is a checkout, this one by default. Nothing of it is run: its sources are read.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

RESULTS = {"RankGrid", "TopTokens", "Saliency", "Factors", "Firing", "Untestable", "LayerCurves"}
"""Types of results that a module may tell apart."""


def modules(root: Path) -> dict[str, ast.Module]:
    """The package's modules by dotted name, parsed."""
    found = {}
    for path in sorted((root / "replication").rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    return found


def imports(tree: ast.Module, known: set[str]) -> set[str]:
    """The package's modules that one imports, late imports too, those for types alone left out."""
    names: set[str] = set()
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (inside & known) or ({node.module} & known)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names} & known
    return names


def depth(graph: dict[str, set[str]]) -> tuple[int, list[str]]:
    """The longest chain of imports, and the modules on a circle, of which there should be none."""
    circles: list[str] = []

    @cache
    def below(name: str, above: frozenset[str] = frozenset()) -> int:
        if name in above:
            circles.append(name)
            return 0
        return 1 + max((below(other) for other in graph[name] - {name}), default=0)

    return max(map(below, graph)), circles


def functions(trees: dict[str, ast.Module]) -> Iterator[tuple[int, int]]:
    """The lines and the number of arguments of every function."""
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                taken = node.args.args + node.args.kwonlyargs
                count = sum(argument.arg not in ("self", "cls") for argument in taken)
                yield (node.end_lineno or node.lineno) - node.lineno + 1, count


def tells_results_apart(tree: ast.Module) -> bool:
    """Whether a module does different things for different types of results."""
    told: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name):
            told.add(node.cls.id)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            told |= set(re.findall(r"id='(\w+)'", ast.dump(node.args[1])))
        elif isinstance(node, ast.FunctionDef) and "register" in str(
            [ast.dump(decorator) for decorator in node.decorator_list]
        ):
            told |= set(re.findall(r"id='(\w+)'", ast.dump(node.args)))
    return len(told & RESULTS) > 1


def main() -> None:
    """Print the table."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    trees = modules(root)
    graph = {name: imports(tree, set(trees)) for name, tree in trees.items()}
    longest, circles = depth(graph)
    lines = {
        path: len(path.read_text("utf-8").splitlines())
        for path in (root / "replication").rglob("*.py")
    }
    top = [path for path in (root / "replication").iterdir() if path.name[0] not in "._"]
    top += [root / "replication" / "__init__.py"]
    sizes, arguments = zip(*functions(trees), strict=True)
    rows = {
        "lines of the library": sum(lines.values()),
        "modules": len(trees),
        "modules of more than 200 lines": sum(count > 200 for count in lines.values()),
        "folders and modules at the top": len(top),
        "import depth": longest,
        "modules on a circle of imports": len(circles),
        "modules that tell kinds of results apart": sum(map(tells_results_apart, trees.values())),
        "lines of a function, median": int(median(sizes)),
        "lines of a function, 90th percentile": int(quantiles(sizes, n=10)[-1]),
        "functions with more than 5 arguments": sum(count > 5 for count in arguments),
    }
    for name, value in rows.items():
        print(f"{name:42} {value:>7,}")


if __name__ == "__main__":
    main()
