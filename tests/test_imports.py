"""What is imported when; import-linter holds the direction between folders (``make lint``)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import replication

PACKAGE = Path(replication.__file__).parent
DRAWING = tuple(
    f"replication.figures.drawing.{path.stem}"
    for path in sorted((PACKAGE / "figures" / "drawing").glob("[a-z]*.py"))
)


def test_claims_do_not_draw() -> None:
    for path in (PACKAGE.parent / "claims").glob("*.py"):
        assert not re.search(r"replication\.(figures|pages|cli)\b", path.read_text("utf-8")), path


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("replication", {"numpy", "torch", "transformers", "matplotlib"}),
        ("replication.cli.main", {"torch", "transformers", "matplotlib", "pydantic"}),
        ("replication.articles.experiments", {"torch", "transformers", "matplotlib"}),
        ("replication.judging.findings", {"torch", "transformers", "matplotlib"}),
        ("replication.models.weights", {"torch", "transformers", "matplotlib", "huggingface_hub"}),
        (", ".join(DRAWING), {"torch", "transformers"}),
    ],
)
def test_heavy_packages_are_imported_late(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(run.stdout.split())


def test_no_pickle_and_no_remote_code() -> None:
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        for word in ("pickle.", "torch.load", "trust_remote_code=True", "eval(", "exec("):
            assert word not in text.replace(".eval()", "").replace("literal_eval(", ""), path
