"""What only some commands need is an extra, and no other command imports it."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from replication.cli import extras
from replication.models import weights
from replication.models.registry import MODELS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "replication"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MEASURING = """
import builtins, sys
from replication.cli import extras, main
absent = {module for modules in extras.MODULES.values() for module in modules}
real = builtins.__import__
def guarded(name, globals=None, *others, **named):
    if name.partition(".")[0] in absent and (globals or {}).get("__name__", "").startswith(
        "replication"
    ):
        raise ModuleNotFoundError(name, name=name)
    return real(name, globals, *others, **named)
builtins.__import__ = guarded
for command in eval(sys.argv[1]):
    print(command[0])
    main.app(command, standalone_mode=False)
"""
"""The package without any extra; what transformers finds beside it is not its concern."""
COMMANDS = [
    ["models"],
    ["lens", "The keys", "--watch", " are"],
    ["saliency", "The keys", "--given", " are"],
    ["neurons", "1, 2, 3", "--factors", "2"],
    ["patch", "The keys", "The key", " are", " is"],
]


def names(requirements: list[str]) -> set[str]:
    """The distributions of requirements, without the project's own extras."""
    found = {re.split(r"[<>=\[]", requirement)[0] for requirement in requirements}
    return found - {PROJECT["name"]}


def test_extras_are_those_that_are_installed_by_name() -> None:
    belongs = metadata.packages_distributions()
    for extra, modules in extras.MODULES.items():
        listed = names(PROJECT["optional-dependencies"][extra])
        assert {belongs[module][0].lower() for module in modules} == listed
        assert not listed & names(PROJECT["dependencies"])
    assert PROJECT["name"] == extras.NAME


def imported(path: Path) -> set[str]:
    """The packages that a file imports, at once or late."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(
    ("extra", "folders"),
    [
        ("figures", {"figures", "pages"}),
        ("report", {"pages"}),
        ("integrated", {"measures"}),
        ("serve", {"pages"}),
    ],
)
def test_what_an_extra_brings_is_imported_in_its_folders_alone(
    extra: str, folders: set[str]
) -> None:
    used = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if imported(path) & set(extras.MODULES[extra])
    }
    assert used <= folders


def test_commands_that_measure_need_no_extra() -> None:
    weights.fetch(MODELS["smollm2"])
    run = subprocess.run(
        [sys.executable, "-c", MEASURING, repr(COMMANDS)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert [line for line in run.stdout.splitlines() if line in {c[0] for c in COMMANDS}] == [
        command[0] for command in COMMANDS
    ]


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("jupytext", ["figures", "heathrow"], "figures"),
        ("matplotlib", ["lens", "a", "--out", "a.svg"], "figures"),
        ("bertviz", ["attention", "a"], "report"),
        ("altair", ["report"], "report"),
        ("uvicorn", ["serve"], "serve"),
        ("captum", ["saliency", "a", "--integrated"], "integrated"),
    ],
)
def test_a_missing_extra_is_named_in_a_sentence(
    module: str, command: list[str], extra: str, tmp_path: Path
) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv = {['replicate', *command]!r}\n"
        "from replication.cli.main import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        f"replicate: {module} is not installed, which this needs: "
        f"pip install 'transformer-interfaces-replication[{extra}]'"
    )
    assert not list(tmp_path.rglob("*.svg"))


def test_what_is_no_extra_is_not_explained_away() -> None:
    assert extras.missing(ModuleNotFoundError("no", name="torch")) is None
    assert extras.missing(ModuleNotFoundError("no")) is None
