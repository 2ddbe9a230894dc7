"""Running the command: as a user does, or here on a tiny model."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import tiny

from replication.cli import main
from replication.models import registry, weights
from replication.questions.measured import Measured

Said = tuple[int, str, str]


@cache
def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("replicate")), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="session")
def replicate() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a user does, on the default model; equal calls are run once."""
    weights.fetch(registry.MODELS[registry.DEFAULT_MODEL])
    return _run


@pytest.fixture(scope="session")
def measured() -> Measured:
    """The default model, asked here."""
    return Measured(registry.DEFAULT_MODEL)


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run the command here, in an empty folder, on a tiny model whatever the name; its code and
    what it said.
    """
    tiny.plant(monkeypatch, tiny.model("gpt2"))
    monkeypatch.setattr(weights, "fetch", lambda entry: tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["replicate", *arguments])
        with pytest.raises(SystemExit) as end:
            main.main()
        return (int(end.value.code or 0), *capsys.readouterr())

    return run
