"""Answers kept from run to run: taken while nothing changes, measured again now and then."""

from math import inf
from pathlib import Path

import numpy as np
import pytest
import tiny

from replication.base import devices
from replication.questions import kept as module
from replication.questions import measured
from replication.questions.kept import Kept, StaleAnswer, kept
from replication.questions.lens import WatchedRanksOf
from replication.questions.measured import Measured
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.results.stored import stored
from replication.results.untestable import NotTestable

KEYS = WatchedRanksOf(Text("The keys"), (" man", " woman"))
"""Of the tests' own network, under the name of a model of the table."""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names under which a network is loaded: a tiny one with random weights."""
    names: list[str] = []

    def load(name: str) -> Reader:
        names.append(name)
        return Reader(tiny.model("llama"))

    monkeypatch.setattr(measured, "_reader", load)
    monkeypatch.setattr(module, "AGAIN", 10**9)  # none by chance
    return names


def test_an_answer_is_measured_once_in_two_runs(loads: list[str], tmp_path: Path) -> None:
    first, second = (Measured("smollm2", Kept(tmp_path, seed, since=inf)) for seed in (0, 1))
    grid = first.answer(KEYS, "final")
    again = second.answer(KEYS, "final")
    np.testing.assert_array_equal(grid.ranks, again.ranks)
    assert again.provenance == grid.provenance
    assert (first.reused, second.reused, loads) == (0, 1, ["smollm2"])
    assert Measured("smollm2", Kept(tmp_path, 2)).answer(KEYS, "final").tokens == grid.tokens


def test_what_another_process_of_this_run_measured_is_of_this_run(
    loads: list[str], tmp_path: Path
) -> None:
    Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")
    beside = Measured("smollm2", Kept(tmp_path, 0, since=0.0))
    beside.answer(KEYS, "final")
    assert (beside.reused, loads) == (0, ["smollm2"])


@pytest.mark.parametrize(
    ("name", "question", "norm"),
    [
        ("smollm2", KEYS.of(prompt="The key"), "final"),
        ("smollm2", KEYS.of(words='[" are", " man"]'), "final"),
        ("smollm2", KEYS, "none"),
        ("smollm2-untrained-1", KEYS, "final"),
    ],
)
def test_another_question_norm_or_network_is_another_answer(
    loads: list[str], tmp_path: Path, name: str, question: WatchedRanksOf, norm: str
) -> None:
    Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")
    other = Measured(name, Kept(tmp_path, 0))
    other.answer(question, norm)  # type: ignore[arg-type]
    assert (other.reused, len(loads)) == (0, 2)


def test_another_device_keeps_other_answers(
    loads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Measured("smollm2", Kept(tmp_path, 0))
    asked.answer(KEYS, "final")
    monkeypatch.setattr(devices, "chosen", lambda: "cuda")
    assert asked.provenance(KEYS, "final").weights.endswith("float32, on cuda")
    other = Measured("smollm2", Kept(tmp_path, 0))
    other.answer(KEYS, "final")
    assert (other.reused, len(loads)) == (0, 2)


def test_that_there_is_no_answer_is_kept_too(loads: list[str], tmp_path: Path) -> None:
    cut = KEYS.of(words='[" zebra"]')
    for expected in (0, 1):
        asked = Measured("smollm2", Kept(tmp_path, 0, since=inf))
        with pytest.raises(NotTestable, match="' zebra' is"):
            asked.answer(cut, "final")
        assert asked.reused == expected
    assert loads == ["smollm2"]


def test_a_sample_is_measured_again_and_another_answer_is_told(
    loads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")
    monkeypatch.setattr(module, "AGAIN", 1)
    again = Measured("smollm2", Kept(tmp_path, 0))
    np.testing.assert_array_equal(again.answer(KEYS, "final").ranks, right.ranks)
    assert (again.reused, len(loads)) == (0, 2)
    (file,) = tmp_path.glob("*.npz")
    right.ranks[0, 0] += 1
    file.write_bytes(stored(right))
    with pytest.raises(StaleAnswer, match=r"is not what is measured now.*delete"):
        Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")


def test_one_in_so_many_is_measured_again(tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.npz" for k in range(500)]
    for path in paths:
        path.write_bytes(stored(1.0))
    again = [
        {path.name for path in paths if Kept(tmp_path, seed).get(path) is None} for seed in (0, 1)
    ]
    assert all(2 <= len(names) <= 25 for names in again)
    assert again[0] != again[1]


@pytest.mark.parametrize("content", [b"", b"no zip", stored(1.0)[:40]])
def test_what_is_damaged_is_measured_and_kept_anew(
    loads: list[str], tmp_path: Path, content: bytes
) -> None:
    Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")
    (file,) = tmp_path.glob("*.npz")
    whole = file.read_bytes()
    file.write_bytes(content)
    Measured("smollm2", Kept(tmp_path, 0)).answer(KEYS, "final")
    assert (file.read_bytes() == whole, len(loads)) == (True, 2)


def test_other_code_or_packages_keep_other_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))
    monkeypatch.delenv("REPLICATE_ANEW", raising=False)

    def folder() -> Path:
        found = kept()
        assert found
        return found.folder

    first = folder()
    assert folder() == first
    seen = {first}
    for number in range(4):
        monkeypatch.setattr(module, "code_state", lambda number=number: f"state {number}")
        seen.add(folder())
    monkeypatch.setattr(devices, "described", lambda: "cuda, a GPU")
    seen.add(folder())
    monkeypatch.setenv("REPLICATE_ANEW", "1")
    assert kept() is None
    assert len(seen) == 6
    left = set((tmp_path / "answers").iterdir())
    assert len(left) == module.FOLDERS
    assert left < seen


def test_the_state_is_of_all_that_measures_and_of_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{path.parent.name}/{path.name}" for path in module._files()}
    assert {"measures/lens.py", "questions/sets.py", "articles/thresholds.py"} <= files
    assert "templates/lists.jsonl" in files
    assert not any(name.startswith(("judging/", "figures/", "cli/")) for name in files)

    def state(**written: str) -> str:
        for name, text in written.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        monkeypatch.setattr(module, "_files", lambda: sorted(tmp_path.iterdir()))
        return module.code_state.__wrapped__()

    first = state(lens_py='"""Ranks."""\nBEST = 1\n', texts_json="[1]")
    assert state(lens_py='"""Ranks, counted."""\nBEST = 1  # the first\n') == first
    others = {state(lens_py="BEST = 2\n"), state(texts_json="[2]")}
    assert len({first, *others}) == 3
