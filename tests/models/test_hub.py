"""Models of the hub, fetched with the real client from a server of our own, and loaded."""

import hashlib
import json
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hub_server
import pytest
import tiny
import torch
from filelock import FileLock
from hub_client import MINUTES
from hub_server import COMMIT, NAME, WEIGHTS, Fault, Hub
from huggingface_hub import constants
from models.test_hub_faults import CLOSED, Bench, unknown

from replication.models import hub, pins, registry, weights
from replication.models.cache import sha256_of
from replication.models.configuration import check_config
from replication.models.errors import ModelError, WeightsError
from replication.models.loading import load, read_tokenizer
from replication.models.registry import HubSource, ModelEntry

TEXTS = (
    "The keys to the cabinet",
    " 1, 1, 1,",
    "  two  spaces\n\nand lines\t\r\n",
    "é ü ß 中文 🙂 e\u0301 \u200b",
    "don't I'll we've",
    "A<|endoftext|>B <|endoftext|> ",
    "",
    " ",
    "\x00\x7f",
)
SHA256 = hashlib.sha256(hub_server.repository().files[WEIGHTS]).hexdigest()
SNAPSHOT = f"models--{NAME.replace('/', '--')}/snapshots/{COMMIT}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A hub with a model, and empty caches."""
    with Hub(hub_server.repository()) as server:
        yield Bench(server, tmp_path, {})


@pytest.fixture(scope="module")
def entry() -> ModelEntry:
    """A model of which neither the revision nor the hash is known beforehand."""
    return unknown(hub_server.repository())


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory, entry: ModelEntry) -> Path:
    """The caches after that model was fetched."""
    folder = tmp_path_factory.mktemp("fetched")
    with Hub(hub_server.repository()) as server:
        done = Bench(server, folder, {}).fetch(entry)
    assert done.stdout.strip() == str(folder / "hub" / "hub" / SNAPSHOT)
    return folder


@pytest.fixture
def caches(fetched: Path, entry: ModelEntry, tmp_path: Path) -> Iterator[Path]:
    """A copy of those caches, in which this process looks for the model."""
    subprocess.run(["cp", "-a", f"{fetched}/.", str(tmp_path)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        look_into(patch, tmp_path, entry)
        yield tmp_path


def look_into(patch: pytest.MonkeyPatch, folder: Path, entry: ModelEntry) -> None:
    patch.setenv("REPLICATE_CACHE", str(folder / "cache"))
    patch.setattr(constants, "HF_HUB_CACHE", str(folder / "hub" / "hub"))
    patch.setattr(constants, "ENDPOINT", CLOSED)
    patch.setitem(registry.MODELS, entry.name, entry)


def change(path: Path) -> None:
    """Change a byte of a file, not its size or date."""
    state, content = path.stat(), path.read_bytes()
    path.resolve().write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_a_fetched_model_computes_what_its_weights_say(caches: Path) -> None:
    model = load("distilgpt2")
    ids = [3, 1, 4, 1, 5, 200]
    assert torch.equal(
        model.network(torch.tensor([ids])).logits,
        tiny.network("gpt2")(torch.tensor([ids])).logits,
    )
    assert model.encode("The keys") == hub_server.tokenizer().encode("The keys").ids


def test_an_untrained_control_has_the_shape_and_other_weights(caches: Path) -> None:
    model, control = load("distilgpt2"), load("distilgpt2-untrained-1")
    assert control.unembedding.shape == model.unembedding.shape
    assert not torch.equal(control.unembedding, model.unembedding)


def test_what_was_not_known_is_recorded_and_shown(
    caches: Path, entry: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert weights.resolved(entry).source == HubSource(NAME, COMMIT, SHA256)
    assert load("distilgpt2").provenance("", None).revision == COMMIT
    pin = json.loads((caches / "cache/pins/distilgpt2.json").read_text())
    assert set(pin["files"]) == {"config.json", "tokenizer.json", WEIGHTS}
    assert pin["files"][WEIGHTS]["sha256"] == SHA256
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path / "elsewhere"))
    assert weights.resolved(entry) == entry
    known = hub_server.entry(hub_server.repository())
    assert weights.resolved(known) == known
    assert weights.resolved(registry.MODELS["smollm2"]) == registry.MODELS["smollm2"]


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        (HubSource(NAME, None, None), True),
        (HubSource(NAME, COMMIT, SHA256), True),
        (HubSource(NAME, COMMIT, None), True),
        (HubSource(NAME, "9" * 40, None), False),
        (HubSource(NAME, None, "0" * 64), False),
        (HubSource("someone/else", None, None), False),
    ],
)
def test_the_table_comes_before_the_record(
    caches: Path, entry: ModelEntry, source: HubSource, fits: bool
) -> None:
    changed = replace(entry, source=source)
    assert (pins.recorded(changed) is not None) == fits
    assert weights.resolved(changed).source == (HubSource(NAME, COMMIT, SHA256) if fits else source)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"repository": 1, "files": {"a": {}}}'])
def test_a_record_that_cannot_be_read_is_not_taken_for_none(
    caches: Path, entry: ModelEntry, text: str
) -> None:
    path = pins.pin_path(entry)
    path.write_text(text)
    with pytest.raises(WeightsError, match=f"{path}, which records distilgpt2, cannot be read"):
        weights.folder(entry)
    assert not weights.is_cached(entry)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", WEIGHTS])
def test_a_changed_file_is_not_loaded(caches: Path, entry: ModelEntry, name: str) -> None:
    change(weights.folder(entry) / name)
    assert weights.is_cached(entry)
    told = f"{name} hashes to .* and not to .*: bring it again with `replicate fetch distilgpt2`"
    with pytest.raises(WeightsError, match=told):
        load("distilgpt2")


def test_a_control_hashes_what_it_reads_alone(caches: Path, entry: ModelEntry) -> None:
    change(weights.folder(entry) / WEIGHTS)
    load("distilgpt2-untrained-1")
    change(weights.folder(entry) / "config.json")
    with pytest.raises(WeightsError, match=r"config\.json hashes to"):
        load("distilgpt2-untrained-1")


def test_files_that_are_not_read_change_nothing(caches: Path, entry: ModelEntry) -> None:
    snapshot, ids = weights.folder(entry), torch.tensor([[3, 1, 4]])
    before = load("distilgpt2").network
    written = before.generate(ids, max_new_tokens=3, do_sample=False)
    suppressed = json.dumps({"suppress_tokens": [int(written[0, 3])]})
    (snapshot / "generation_config.json").write_text(suppressed)
    others = hub_server.repository(seed=1).files
    (snapshot / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    (snapshot / "model.safetensors.index.json").write_text('{"weight_map": {}}')
    (snapshot / "other.safetensors").write_bytes(others[WEIGHTS])
    (snapshot / "config.4.0.0.json").write_bytes(others["config.json"])
    after = load("distilgpt2").network
    assert torch.equal(after(ids).logits, before(ids).logits)
    assert torch.equal(after.generate(ids, max_new_tokens=3, do_sample=False), written)


def test_a_tokenizer_that_was_not_there_before_is_not_read(
    bench: Bench, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = {
        name.replace(".", "_"): content
        for name, content in hub_server.vocabulary_and_merges().items()
    }
    bench.hub.repository = bench.hub.repository.changed(tokenizer_json=None, **two)
    assert bench.fetch(entry).returncode == 0
    look_into(monkeypatch, bench.folder, entry)
    planted = weights.folder(entry) / "tokenizer.json"
    planted.write_bytes(hub_server.repository().files["tokenizer.json"])
    with pytest.raises(WeightsError, match="was not among the files that were recorded"):
        load("distilgpt2")
    weights.fetch(entry)
    assert not planted.exists()
    assert load("distilgpt2").encode("The") == hub_server.tokenizer().encode("The").ids


def test_wrong_weights_do_not_stay_when_no_others_can_be_had(
    caches: Path, entry: ModelEntry, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = weights.folder(entry)
    change(ready / WEIGHTS)
    with pytest.raises(WeightsError, match="the hub cannot be reached"):
        weights.fetch(entry)
    assert f"{ready / WEIGHTS} hashes to " in capsys.readouterr().err
    assert not weights.is_cached(entry)
    assert (ready / "config.json").exists()


def test_a_snapshot_that_is_not_whole_is_not_there(caches: Path, entry: ModelEntry) -> None:
    snapshot = weights.folder(entry)
    assert weights.is_cached(entry)
    (snapshot / "tokenizer.json").unlink()
    assert not weights.is_cached(entry)
    (snapshot / "vocab.json").write_text("{}")
    assert not weights.is_cached(entry)
    (snapshot / "merges.txt").write_text("")
    assert weights.is_cached(entry)
    (snapshot / WEIGHTS).resolve().unlink()
    with pytest.raises(WeightsError, match="not in the cache: bring it with `replicate fetch dist"):
        weights.folder(entry)


def test_a_second_fetch_asks_nothing(caches: Path, entry: ModelEntry) -> None:
    before = {path: path.stat().st_mtime_ns for path in caches.rglob("*") if path.is_file()}
    assert weights.fetch(entry) == weights.folder(entry)  # the endpoint is closed
    after = {path: path.stat().st_mtime_ns for path in caches.rglob("*") if path.is_file()}
    assert {path for path in after if before.get(path) != after[path]} <= {
        caches / "cache" / "distilgpt2.lock"
    }


def test_parts_of_a_running_download_are_left_alone(caches: Path, entry: ModelEntry) -> None:
    """huggingface_hub, of whatever process, holds the lock of the blob that it is bringing."""
    snapshot = weights.folder(entry)
    blob = (snapshot / "config.json").resolve()
    locks = caches / "hub" / "hub" / ".locks" / snapshot.parents[1].name
    part = blob.with_name(f"{blob.name}.0123abcd.incomplete")
    part.write_bytes(bytes(9))
    with FileLock(locks / f"{blob.name}.lock"):
        weights.fetch(entry)
        assert part.exists()
    weights.fetch(entry)
    assert not part.exists()


def test_only_the_cache_is_ever_deleted_from(caches: Path, entry: ModelEntry) -> None:
    mine = caches / "mine"
    mine.write_text("{}")
    config = weights.folder(entry) / "config.json"
    config.unlink()
    config.symlink_to(mine)
    with pytest.raises(WeightsError, match="the hub cannot be reached"):
        weights.fetch(entry)
    assert not config.is_symlink()
    assert mine.read_text() == "{}"


FOREIGN = """
from huggingface_hub import snapshot_download
print(snapshot_download({name!r}))
"""


def test_a_snapshot_of_another_tool_is_hashed_before_its_first_use(
    bench: Bench, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", FOREIGN.format(name=NAME)]
    done = subprocess.run(command, env=bench.settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    look_into(monkeypatch, bench.folder, entry)
    assert weights.is_cached(entry)
    assert pins.recorded(entry) is None
    blob = (Path(done.stdout.strip()) / WEIGHTS).resolve()
    change(blob)
    with pytest.raises(WeightsError, match=rf"{WEIGHTS} hashes to \w{{64}} and not to {SHA256}"):
        weights.verify(entry)
    assert pins.recorded(entry) is None
    change(blob)  # back again
    pinned = replace(entry, source=HubSource(NAME, COMMIT, "0" * 64))
    with pytest.raises(WeightsError, match=f"hashes to {SHA256} and not to {'0' * 64}"):
        weights.verify(pinned)
    assert weights.verify(entry) == Path(done.stdout.strip())
    assert weights.resolved(entry).source == HubSource(NAME, COMMIT, SHA256)


def test_a_small_file_of_another_tool_is_checked_too(caches: Path, entry: ModelEntry) -> None:
    pins.pin_path(entry).unlink()
    known = hub_server.entry(hub_server.repository())
    change(hub.local_snapshot(known) / "tokenizer.json")  # type: ignore[operator]
    with pytest.raises(WeightsError, match=r"tokenizer\.json hashes to \w{40} and not to \w{40}:"):
        weights.verify(known)


@pytest.mark.parametrize(
    ("setting", "below"), [("HF_HUB_CACHE", "there"), ("HF_HOME", "there/hub")]
)
def test_the_hubs_own_settings_say_where(
    bench: Bench, entry: ModelEntry, setting: str, below: str
) -> None:
    bench.environment[setting] = str(bench.folder / "there")
    done = bench.fetch(entry)
    assert done.stdout.strip() == str(bench.folder / below / SNAPSHOT)


def test_two_at_once_bring_it_once(bench: Bench, entry: ModelEntry) -> None:
    bench.hub.add(Fault("GET cdn", drip=0.05, times=1))
    both = [
        subprocess.Popen(
            bench.command(entry), env=bench.settings, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = {process.communicate(timeout=MINUTES)[0].strip() for process in both}
    assert answers == {str(bench.folder / "hub/hub" / SNAPSHOT)}
    assert sum("GET cdn" in request.line for request in bench.hub.requests) == 1


def test_a_bar_is_drawn_on_a_terminal(bench: Bench, entry: ModelEntry) -> None:
    bench.hub.add(Fault("GET cdn", drip=0.02))
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, 100))
    process = subprocess.Popen(
        bench.command(entry), env=bench.settings, stdout=subprocess.DEVNULL, stderr=child
    )
    os.close(child)
    told = b""
    try:
        while piece := os.read(parent, 1 << 16):
            told += piece
    except OSError:  # Linux ends a terminal so
        pass
    os.close(parent)
    assert process.wait(MINUTES) == 0
    assert re.search(rb"model\.safetensors: +100%", told)
    assert b"distilgpt2: fetching 0.1 MB from distilbert/distilgpt2" in told


def test_without_a_terminal_one_line_is_said(bench: Bench, entry: ModelEntry) -> None:
    assert bench.fetch(entry).stderr == f"distilgpt2: fetching 0.1 MB from {NAME}\n"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (
            {"HF_ENDPOINT": CLOSED},
            f"the hub cannot be reached for {NAME} at {CLOSED} (ConnectError: [Errno 111] "
            "Connection refused): check the network, or set HF_ENDPOINT to a mirror",
        ),
        (
            {"HF_HUB_OFFLINE": "1"},
            f"{NAME} is not here and HF_HUB_OFFLINE forbids to bring it: unset HF_HUB_OFFLINE",
        ),
    ],
)
def test_the_command_says_what_is_in_the_way(
    bench: Bench, environment: dict[str, str], told: str
) -> None:
    bench.environment = environment
    command = [sys.executable, "-m", "replication.cli.main", "fetch", "distilgpt2"]
    done = subprocess.run(command, env=bench.settings, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr == f"replicate: {told}\n"


@pytest.fixture(scope="module")
def both_tokenizers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same tokenizer in one file, and in two."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    (one / "tokenizer.json").write_bytes(hub_server.repository().files["tokenizer.json"])
    for name, content in hub_server.vocabulary_and_merges().items():
        (two / name).write_bytes(content)
    return one, two


@pytest.mark.parametrize("text", TEXTS)
def test_vocabulary_and_merges_give_the_same_tokens(
    both_tokenizers: tuple[Path, Path], text: str
) -> None:
    one, two = (read_tokenizer(folder) for folder in both_tokenizers)
    ids = one.encode(text, add_special_tokens=False).ids
    assert two.encode(text, add_special_tokens=False).ids == ids
    assert two.decode(ids) == one.decode(ids) == text.replace("<|endoftext|>", "")
    assert [two.decode([token]) for token in ids] == [one.decode([token]) for token in ids]


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt"])
def test_half_a_tokenizer_is_named(
    both_tokenizers: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    for file, content in hub_server.vocabulary_and_merges().items():
        (tmp_path / file).write_bytes(b"\xff\xfe{" if file == name else content)
    with pytest.raises(ModelError, match=f"the tokenizer in {tmp_path} cannot be read"):
        read_tokenizer(tmp_path)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"n_embd": 32}, "says width 32 and the table of models 16"),
        ({"vocab_size": 50257}, "says vocabulary 50257 and the table of models 304"),
        ({"n_layer": "4"}, "says layers '4' and the table of models 4"),
        ({"quantization_config": {}}, r"asks for code .* \(quantization_config\)"),
        ({"transformers_weights": "other"}, r"asks for weights .* \(transformers_weights\)"),
    ],
)
def test_a_configuration_of_another_model_is_refused(
    tmp_path: Path, values: dict[str, object], told: str
) -> None:
    repository = hub_server.repository().configured(**values)
    path = tmp_path / "config.json"
    path.write_bytes(repository.files["config.json"])
    with pytest.raises(WeightsError, match=f"the config.json of {NAME} {told}"):
        check_config(hub_server.entry(repository), path)


@pytest.mark.parametrize("text", ["", "[1]", '"x"', "\x00"])
def test_a_configuration_that_is_none_is_refused(
    entry: ModelEntry, tmp_path: Path, text: str
) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(WeightsError, match=f"the config.json of {NAME} is no configuration"):
        check_config(entry, tmp_path / "config.json")


def test_the_mask_among_old_weights_is_harmless(
    caches: Path, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = hub_server.tensors(tiny.network("gpt2"))
    prefixed = {f"transformer.{name}": value for name, value in tensors.items()}
    prefixed["transformer.h.1.attn.masked_bias"] = torch.tensor(-1e4)
    prefixed["lm_head.weight"] = prefixed["transformer.wte.weight"].clone()
    path = weights.folder(entry) / WEIGHTS
    path.resolve().write_bytes(hub_server.packed(prefixed))
    pins.pin_path(entry).unlink()
    known = hub_server.entry(hub_server.repository(), sha256=sha256_of(path))
    monkeypatch.setitem(registry.MODELS, entry.name, known)
    ids = torch.tensor([[3, 1, 4]])
    assert torch.equal(load(entry.name).network(ids).logits, tiny.network("gpt2")(ids).logits)
