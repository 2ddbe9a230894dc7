"""Which device is set: it has to be here, and all processes of a command find the same."""

import subprocess
import sys

import pytest
import torch

from replication.base import devices
from replication.base.environment import environment


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(devices.VARIABLE, "cpu")


def test_the_processor_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for unset in (lambda: monkeypatch.delenv(devices.VARIABLE), lambda: None):
        unset()
        assert devices.chosen() == devices.described() == environment().device == "cpu"
        monkeypatch.setenv(devices.VARIABLE, "")


@pytest.mark.parametrize("name", ["nowhere", "meta", "gpu", "", "cuda:7"])
def test_what_is_no_device_is_refused_and_nothing_is_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = f"no device '{name}' here (no such name): expected cpu or cuda"
    with pytest.raises(ValueError, match=told.replace("(", r"\(").replace(")", r"\)")):
        devices.use(name)
    assert devices.chosen() == "cpu"
    monkeypatch.setenv(devices.VARIABLE, "nowhere")
    with pytest.raises(ValueError, match="no device 'nowhere' here"):
        devices.chosen()


def test_a_wrong_name_is_refused_before_torch_is_imported() -> None:
    code = "import sys; from replication.base import devices\ntry: devices.use('nowhere')\n"
    code += "except ValueError: print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_here_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"no device 'cuda' here \(torch .*\): expected cpu or"):
        devices.use("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_is_told_by_its_name() -> None:
    assert devices.use("cuda") == devices.chosen() == "cuda"
    assert devices.described() == environment().device
    assert torch.cuda.get_device_name() in devices.described()
