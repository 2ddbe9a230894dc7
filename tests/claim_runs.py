"""Runs of pytest over planted claims, in a folder of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from replication.judging.findings import Findings

ROOT = Path(__file__).parents[1]
PLANTED = '''
from replication.articles.sources import HIDDEN_STATES
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import at_most
from replication.questions.lens import RanksOf

claim = ClaimsOf(HIDDEN_STATES)
ONES = RanksOf.of_figure("ranks_ones")

@claim("T-01", ONES)
def a_true_finding(case):
    """Ranks are at least 1."""
    yield at_most("1 against the best rank", 1, case.answer(ONES).ranks.min(), "ranks")

@claim("T-02", ONES)
def a_false_finding(case):
    """The worst rank is 1."""
    yield at_most("worst rank", case.answer(ONES).ranks.max(), 1, "ranks")
'''
ON_PUBLISHED = PLANTED.replace('", ONES)\n', '", ONES, published_only=True)\n')
"""The same claims, judged on the published numbers alone: a whole suite that needs no model."""


def run_claims(
    folder: Path,
    *arguments: str,
    planted: str = PLANTED,
    listed: str = "",
    of: str = "",
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run planted claims, all or those ``of`` a node id, offline unless the settings say else."""
    claims = folder / "claims"
    claims.mkdir(exist_ok=True)
    shutil.copy(ROOT / "claims" / "conftest.py", claims)
    (claims / "test_planted.py").write_text(planted)
    (claims / "known_negatives.toml").write_text(listed)
    command = [sys.executable, "-m", "pytest", f"{claims}{of}", "-q", "-rA"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), *arguments]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what is installed beside pytest
    environment |= settings or {}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)


def written(folder: Path, name: str = "claims.json") -> Findings:
    """The findings that a run wrote."""
    return Findings.model_validate_json((folder / "build" / name).read_text("utf-8"))
