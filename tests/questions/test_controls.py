"""Untrained controls: side by side they are as by themselves, within the memory there is."""

from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from threading import Event

import pytest

from replication.models import registry, weights
from replication.questions.controls import Controls, Memory, memory_of
from replication.questions.kept import Kept
from replication.questions.lens import WatchedRanksOf
from replication.questions.measured import Measured, Wanted
from replication.questions.neurons import ClustersOf
from replication.questions.question import Text

DOCTOR = WatchedRanksOf.of_figure("watch_doctor")


def test_controls_side_by_side_are_as_by_themselves() -> None:
    weights.fetch(registry.MODELS["smollm2"])
    names = [registry.null_name("smollm2", "untrained", seed) for seed in (0, 1)]
    controls = Controls({name: [("none", DOCTOR)] for name in names}, processes=2)
    controls.start(names)
    together = [controls.result(name).answer(DOCTOR, "none").ranks for name in names]
    controls.stop()
    alone = [Measured(name).answer(DOCTOR, "none").ranks for name in names]
    assert all((one == other).all() for one, other in zip(together, alone, strict=True))
    assert (alone[0] != alone[1]).any()


def test_what_is_measured_ahead_is_found_by_whoever_asks(tmp_path: Path) -> None:
    name = registry.null_name("smollm2", "untrained", 0)
    wanted: list[Wanted] = [("none", DOCTOR), ("final", DOCTOR)]
    controls = Controls({}, 1, Kept(tmp_path, 0))
    controls.ahead(name, wanted).result()
    controls.stop()
    later = Measured(name, Kept(tmp_path, 0, since=inf))
    later.measure(wanted)
    assert later.reused == 2
    assert Measured(name, Kept(tmp_path, 0)).reused == 0


def test_what_fails_in_a_process_is_raised_here() -> None:
    two_layers = ClustersOf(Text("one"), 2, (0, 1))
    name = registry.null_name("smollm2", "untrained", 0)
    controls = Controls({name: [("none", two_layers)]}, processes=1)
    with pytest.raises(ValueError, match="neurons of one layer"):
        controls.result(name)
    controls.stop()


def test_memory_is_given_out_as_far_as_it_goes() -> None:
    memory = Memory(10)
    memory.reserve(4)
    memory.reserve(3)  # of several the largest counts
    assert memory.fits(20)  # alone, since it would never fit otherwise
    with memory.taken(4):
        assert memory.fits(2)
        assert not memory.fits(3)
    assert memory.used == 0


def test_whoever_waits_for_memory_gets_it_once_there_is_room() -> None:
    memory, order, asking = Memory(10), [], Event()

    def wait() -> None:
        asking.set()
        with memory.taken(6):
            order.append("second")

    with ThreadPoolExecutor(1) as pool, memory.taken(5):
        pool.submit(wait)
        assert asking.wait(600)
        order.append("first")
    assert order == ["first", "second"]
    assert memory.used == 0


def test_a_share_is_given_back_if_what_took_it_fails() -> None:
    memory = Memory(10)
    with pytest.raises(RuntimeError), memory.taken(5):
        raise RuntimeError
    assert memory.used == 0


def test_larger_networks_take_more() -> None:
    small, large = (
        memory_of(registry.null_name(name, "untrained", 0)) for name in ("gpt2", "gpt2-xl")
    )
    assert small < 2.5e9
    assert 6e9 < large < 9e9  # 1.56e9 parameters of 4 bytes
