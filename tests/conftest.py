"""Switches the checking of shapes on, before anything of the package is imported."""

import os

from jaxtyping import install_import_hook

os.environ.setdefault("MPLBACKEND", "agg")
install_import_hook("replication", "beartype.beartype")

import pytest  # noqa: E402
import tiny  # noqa: E402
import torch  # noqa: E402

from replication.models import LanguageModel  # noqa: E402

# Tiny matrices gain nothing from threads, and threads of two processes wait for each other.
torch.set_num_threads(1)


@pytest.fixture(params=tiny.ARCHITECTURES)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    """A tiny random model of each architecture of the table."""
    return tiny.model(request.param)
