"""Switches the checking of shapes on, before anything of the package is imported."""

import os
from collections.abc import Iterator

from jaxtyping import install_import_hook

os.environ.setdefault("MPLBACKEND", "agg")
# Tiny matrices gain nothing from threads; and float sums, so the last of thousands of ranks, depend
# on how many there are: one here as in the commands that the tests run.
os.environ["OMP_NUM_THREADS"] = "1"
install_import_hook("replication", "beartype.beartype")

import pytest  # noqa: E402
import tiny  # noqa: E402
import torch  # noqa: E402

from replication.models.language_model import LanguageModel  # noqa: E402

torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def measured_anew() -> Iterator[None]:
    """What is tested is measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLICATE_ANEW", "1")
        yield


@pytest.fixture(params=tiny.ARCHITECTURES)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    """A tiny random model of each architecture of the table."""
    return tiny.model(request.param)
