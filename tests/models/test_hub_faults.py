"""Everything that can go wrong on the way from the hub, with the real client and a real server.

The cases run once, side by side, each with a server and caches of its own; what came out is held
against what is expected, and against ``docs/download-faults.md``. To write that file again:
``REWRITE_DOCS=1 pytest tests/test_hub_faults.py``.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import hub_server
import pytest
import tiny
import torch
from hub_client import MINUTES, SCRIPT, run
from hub_server import CHUNK, NAME, WEIGHTS, Fault, Hub, Repository, Request
from huggingface_hub import constants

from replication.models import registry, weights
from replication.models.errors import ModelError
from replication.models.loading import load
from replication.models.registry import ModelEntry

REPOSITORY = Path(weights.__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "download-faults.md"
CLOSED = "http://127.0.0.1:9"
TOKEN = "hf_only_for_the_hub"


@dataclass
class Bench:
    """A server and empty caches, for commands in other processes."""

    hub: Hub
    folder: Path
    environment: dict[str, str]

    def fetch(self, entry: ModelEntry, before: str = "") -> subprocess.CompletedProcess[str]:
        """Fetch a model; ``before`` is run first."""
        return run(SCRIPT.format(entry=entry, before=before), self.settings)

    def command(self, entry: ModelEntry) -> list[str]:
        """The command that fetches a model."""
        return [sys.executable, "-c", SCRIPT.format(entry=entry, before="")]

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a command: nothing of ours but what it needs."""
        foreign = ("HF_", "HUGGING", "TRANSFORMERS", "REPLICATE", "HTTP", "http", "ALL_", "all_")
        ours = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        return {
            **ours,
            "PYTHONPATH": str(REPOSITORY),
            "HF_ENDPOINT": self.hub.url(),
            "HF_HOME": str(self.folder / "hub"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "REPLICATE_CACHE": str(self.folder / "cache"),
            **self.environment,
        }

    def files(self) -> list[Path]:
        """What lies in the caches, but for locks and the mark that backups look for."""
        caches = [self.folder / "hub", self.folder / "cache"]
        found = [path for cache in caches for path in cache.rglob("*") if path.is_file()]
        return [path for path in found if path.suffix not in (".lock", ".TAG")]

    def kept(self) -> list[str]:
        """What lies in the hub's cache under the names of the repository's files."""
        promised = {}
        for name, content in self.hub.repository.files.items():
            promised[hub_server.git_hash(content)] = name
            promised[hashlib.sha256(content).hexdigest()] = name
        blobs = sorted(path.name for path in self.files() if path.parent.name == "blobs")
        kept = []
        for blob in blobs:
            stem, _, suffix = blob.partition(".")
            kept.append(promised.get(stem, stem) + (", a part" if suffix else ""))
        return sorted(kept)


Run = Callable[[Bench, ModelEntry], subprocess.CompletedProcess[str]]


@dataclass
class Case:
    """A fault, and what is expected of it."""

    fault: str
    told: str = ""
    """A part of the sentence; nothing if the weights must come."""
    faults: tuple[Fault, ...] = ()
    repository: Callable[[], Repository] = hub_server.repository
    entry: Callable[[Repository], ModelEntry] = hub_server.entry
    kept: tuple[str, ...] = ()
    """What stays for the next run."""
    resumed: bool = False
    """Whether the process goes on from where it was cut."""
    environment: dict[str, str] = field(default_factory=dict)
    run: Run = Bench.fetch
    loads: str = ""
    """A part of the sentence with which the fetched model is refused when it is loaded."""


@dataclass
class Outcome:
    """What came of a case."""

    returned: int
    said: str
    fetched: bytes | None
    kept: list[str]
    files: list[Path]
    requests: list[Request]
    folder: Path
    entry: ModelEntry
    expected: bytes


def unknown(repository: Repository) -> ModelEntry:
    return hub_server.entry(repository, revision=None, sha256=None)


def then_changed(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    """Fetch, lose the weights, and fetch from a hub that has others at the same revision."""
    first = bench.fetch(entry)
    if first.returncode:
        return first
    _lose(bench, WEIGHTS)
    bench.hub.repository = bench.hub.repository.changed(
        model_safetensors=hub_server.repository(seed=1).files[WEIGHTS]
    )
    return bench.fetch(entry)


def then_changed_tokenizer(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    """Fetch, lose the tokenizer, and fetch from a hub that has another at the same revision."""
    first = bench.fetch(entry)
    if first.returncode:
        return first
    _lose(bench, "tokenizer.json")
    changed = bench.hub.repository.files["tokenizer.json"] + b"\n"
    bench.hub.repository = bench.hub.repository.changed(tokenizer_json=changed)
    return bench.fetch(entry)


def then_moved_on(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    """Fetch, lose the weights, and fetch from a hub that has only a later revision."""
    first = bench.fetch(entry)
    if first.returncode:
        return first
    _lose(bench, WEIGHTS)
    bench.hub.repository = replace(bench.hub.repository, commit="f" * 40)
    return bench.fetch(entry)


def damaged(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    """Fetch, change a byte of the weights, and fetch again."""
    path = Path(bench.fetch(entry).stdout.strip()) / WEIGHTS
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    done = bench.fetch(entry)
    assert f"{path} hashes to " in done.stderr
    return done


def killed(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    """Kill a fetch in the middle of the weights, and fetch again."""
    process = subprocess.Popen(bench.command(entry), env=bench.settings, stderr=subprocess.DEVNULL)
    assert bench.hub.reached.wait(MINUTES)
    process.send_signal(signal.SIGKILL)
    process.wait(MINUTES)
    assert f"{WEIGHTS}, a part" in bench.kept()
    assert WEIGHTS not in bench.kept()
    return bench.fetch(entry)


def limited(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    return bench.fetch(entry, limit)


def file_in_the_way(bench: Bench, entry: ModelEntry) -> subprocess.CompletedProcess[str]:
    (bench.folder / "hub").write_text("mine")
    return bench.fetch(entry)


def _lose(bench: Bench, name: str) -> None:
    for path in bench.folder.rglob(name):
        path.resolve().unlink()
        path.unlink()


SMALL = ("config.json", "tokenizer.json")
INFO, FROM_CDN = "GET hub /api/models", f"GET cdn /{WEIGHTS}"

EVIL = {
    "id": NAME,
    "sha": hub_server.COMMIT,
    "siblings": [
        {"rfilename": name, "size": 10_000, "blobId": "../evil"}
        for name in ("config.json", "tokenizer.json", WEIGHTS)
    ],
}

CASES = {
    "nothing": Case("none"),
    "unpinned": Case("none; neither revision nor hash is known beforehand", entry=unknown),
    "token": Case(
        "none; the repository is private and `HF_TOKEN` is set",
        repository=lambda: replace(hub_server.repository(), token=TOKEN),
        environment={"HF_TOKEN": TOKEN},
    ),
    "two_files": Case(
        "none; the tokenizer is in vocab.json and merges.txt",
        repository=lambda: hub_server.repository().changed(
            tokenizer_json=None, **_underscored(hub_server.vocabulary_and_merges())
        ),
    ),
    "private": Case(
        "no such repository, or no right to see it",
        "the hub has no distilbert/distilgpt2, or shows it only to some (HTTP 401): set HF_TOKEN",
        repository=lambda: replace(hub_server.repository(), token=TOKEN),
    ),
    "wrong_token": Case(
        "a wrong `HF_TOKEN`",
        "(HTTP 401): set HF_TOKEN to a token that may read it",
        (
            Fault(
                INFO,
                401,
                {"X-Error-Message": "Invalid credentials in Authorization header"},
            ),
        ),
        environment={"HF_TOKEN": "hf_wrong"},
    ),
    "gated": Case(
        "a repository with terms to accept (403)",
        "is gated: accept its terms",
        (Fault(INFO, 403, {"X-Error-Code": "GatedRepo"}),),
    ),
    "forbidden": Case(
        "403", "the hub refused distilbert/distilgpt2 (HTTP 403)", (Fault(INFO, 403),)
    ),
    "forbidden_file": Case(
        "403 for a file",
        "the hub refused distilbert/distilgpt2 (HTTP 403)",
        (Fault("HEAD hub", 403),),
    ),
    "revision": Case(
        "the revision is not there (404)",
        f"has no revision {'9' * 40} on the hub",
        entry=lambda repository: hub_server.entry(repository, revision="9" * 40),
    ),
    "too_busy": Case(
        "asked too often: 429 with `Retry-After: 3600`",
        "asked too often (HTTP 429): wait 3600 seconds",
        (Fault(INFO, 429, {"Retry-After": "3600"}),),
    ),
    "busy_file": Case(
        "asked too often for a file: 429 with `Retry-After: 0`, then fine",
        faults=(Fault("GET cdn", 429, {"Retry-After": "0"}, times=1),),
    ),
    "failed": Case(
        "500", "refused distilbert/distilgpt2 (HTTP 500): try again", (Fault(INFO, 500),)
    ),
    "failing_file": Case(
        "500 for where a file is, then fine", faults=(Fault("HEAD hub", 500, times=1),)
    ),
    "failed_file": Case(
        "500 for a file",
        "refused distilbert/distilgpt2 (HTTP 500): try again",
        (Fault("GET cdn", 500),),
        kept=SMALL,
    ),
    "not_there": Case(
        "a file is listed and is not there (404)",
        "lists a file of distilbert/distilgpt2 that it does not have",
        (Fault("hub .*/resolve/.*safetensors", 404, {"X-Error-Code": "EntryNotFound"}),),
        kept=SMALL,
    ),
    "cut": Case(
        "the connection is cut in the middle of the weights",
        faults=(Fault(FROM_CDN, cut=CHUNK + 5000, times=1),),
        repository=hub_server.large,
        resumed=True,
    ),
    "always_cut": Case(
        "the connection is cut each time",
        "the hub cannot be reached for distilbert/distilgpt2",
        (Fault(FROM_CDN, cut=1000),),
        kept=SMALL,
    ),
    "stalled": Case(
        "nothing more comes in the middle of the weights",
        faults=(Fault(FROM_CDN, stall=CHUNK + 5000, times=1),),
        repository=hub_server.large,
        environment={"HF_HUB_DOWNLOAD_TIMEOUT": "1"},
        resumed=True,
    ),
    "killed": Case(
        "the command is killed in the middle of the weights, and repeated",
        faults=(Fault(FROM_CDN, stall=CHUNK + 5000, times=1),),
        repository=hub_server.large,
        environment={"HF_HUB_DOWNLOAD_TIMEOUT": str(MINUTES)},
        run=killed,
    ),
    "slow": Case("the weights come in drips", faults=(Fault(FROM_CDN, drip=0.05),)),
    "short": Case(
        "the file is shorter than was said",
        "what came of distilbert/distilgpt2 is not as long as the hub says it is",
        (Fault(FROM_CDN, short=10_000),),
        kept=SMALL,
    ),
    "endless": Case(
        "the weights go on for as long as they are taken",
        f"sends more for the {WEIGHTS} of {NAME} than the",
        (Fault(FROM_CDN, endless=True),),
        kept=SMALL,
    ),
    "endless_small": Case(
        "a small file goes on for as long as it is taken",
        f"sends more for the config.json of {NAME} than the",
        (Fault("GET hub .*config.json", endless=True),),
    ),
    "wrong_bytes": Case(
        "wrong bytes of the right length",
        f"sent a {WEIGHTS} of distilbert/distilgpt2 that hashes to",
        (Fault(FROM_CDN, wrong=True),),
        kept=SMALL,
    ),
    "wrong_config": Case(
        "wrong bytes in a small file",
        "sent a config.json of distilbert/distilgpt2 that hashes to",
        (Fault("GET hub .*config.json", wrong=True),),
    ),
    "unlike_table": Case(
        "the hub's weights are not those of the table of models",
        "which the table of models gives, so it was not kept",
        entry=lambda repository: hub_server.entry(repository, sha256="0" * 64),
        kept=SMALL,
    ),
    "unlike_record": Case(
        "the hub's weights are not those recorded at their first use",
        "recorded at its first use: if you trust the new one, delete",
        entry=unknown,
        run=then_changed,
        kept=SMALL,
    ),
    "small_unlike_record": Case(
        "a small file on the hub is not the one recorded at its first use",
        f"the hub's tokenizer.json of {NAME} has sha256",
        run=then_changed_tokenizer,
        kept=("config.json", WEIGHTS),
    ),
    "moved_on": Case(
        "the revision recorded at the first use is gone",
        "which was recorded at its first use: to take the newest one, delete ",
        entry=unknown,
        run=then_moved_on,
        kept=SMALL,
    ),
    "damaged": Case("a file in the cache was changed; `replicate fetch` again", run=damaged),
    "closed": Case(
        "no network: the connection is refused",
        "the hub cannot be reached for distilbert/distilgpt2",
        environment={"HF_ENDPOINT": CLOSED},
    ),
    "no_name": Case(
        "no network: the hub's name is not found",
        "the hub cannot be reached for distilbert/distilgpt2",
        environment={"HF_ENDPOINT": "http://hub.invalid"},
    ),
    "silent": Case(
        "the hub accepts and never answers",
        "the hub cannot be reached for distilbert/distilgpt2",
        (Fault(INFO, page=b"never sent", stall=0),),
        environment={"HF_HUB_ETAG_TIMEOUT": "1"},
    ),
    "offline": Case(
        "`HF_HUB_OFFLINE` is set",
        "HF_HUB_OFFLINE forbids to bring it",
        environment={"HF_HUB_OFFLINE": "1"},
    ),
    "portal": Case(
        "the sign-in page of a network answers",
        "is no hub, perhaps the sign-in page",
        (Fault("hub", page=b"<html>Welcome</html>"),),
    ),
    "pickled": Case(
        "the repository has only pickled weights",
        "has no model.safetensors on the hub but pytorch_model.bin, which is not read",
        entry=lambda _: hub_server.entry(hub_server.repository()),
        repository=lambda: replace(
            hub_server.repository().changed(model_safetensors=None),
            files={
                **hub_server.repository().changed(model_safetensors=None).files,
                "pytorch_model.bin": b"\x80\x02.",
            },
        ),
    ),
    "code": Case(
        "the repository asks for code of its own (`auto_map`)",
        "code from the hub is never run",
        repository=lambda: hub_server.repository().configured(
            auto_map={"AutoModelForCausalLM": "modeling.Model"}
        ),
        kept=("config.json",),
    ),
    "elsewhere": Case(
        "the configuration names another file of weights (`transformers_weights`)",
        "asks for weights beside model.safetensors (transformers_weights), and no others are read",
        repository=lambda: hub_server.repository().configured(
            transformers_weights="other.safetensors"
        ),
        kept=("config.json",),
    ),
    "shapes": Case(
        "the configuration has other shapes than the table of models",
        "says layers 7 and the table of models 4",
        repository=lambda: hub_server.repository().configured(n_layer=7),
        kept=("config.json",),
    ),
    "architecture": Case(
        "the configuration is of another architecture",
        "says architecture 'llama' and the table of models 'gpt2'",
        repository=lambda: hub_server.repository().configured(model_type="llama"),
        kept=("config.json",),
    ),
    "climbing": Case(
        "a mirror gives a path in place of the revision",
        f"gives {NAME} at the revision ../../../evil and not at {hub_server.COMMIT}: set HF_",
        (Fault(INFO, page=b'{"id": "a/b", "sha": "../../../evil", "siblings": []}'),),
    ),
    "other_revision": Case(
        "a mirror gives another revision than was asked for",
        f"gives distilbert/distilgpt2 at the revision {'f' * 40} and not at {hub_server.COMMIT}:",
        (Fault(INFO, page=json.dumps({"id": NAME, "sha": "f" * 40, "siblings": []}).encode()),),
    ),
    "climbing_unpinned": Case(
        "the same, and no revision is known beforehand",
        "at the revision ../../../evil and not at the hash of one: set HF_ENDPOINT to a hub",
        (Fault(INFO, page=b'{"id": "a/b", "sha": "../../../evil", "siblings": []}'),),
        entry=unknown,
    ),
    "climbing_file": Case(
        "a mirror gives a path in place of a file's hash",
        "sent a config.json of distilbert/distilgpt2 that hashes to",
        (Fault(INFO, page=json.dumps(EVIL).encode()),),
    ),
    "other_names": Case(
        "a mirror names the files differently",
        faults=(Fault("HEAD hub .*config.json", headers={"ETag": '"other"'}),),
    ),
    "full": Case(
        "files may not grow as large as the weights",
        "may not grow as large as the model needs",
        run=limited,
        kept=SMALL,
    ),
    "not_writable": Case(
        "the hub's cache cannot be written",
        "cannot be used (Not a directory): set HF_HOME to a folder that can be written",
        run=file_in_the_way,
    ),
}

"""Faults of the fetching."""


def _tensors(**changed: torch.Tensor | None) -> Repository:
    """The repository with other tensors in its weights; None takes one out."""
    weights = {**hub_server.tensors(tiny.network("gpt2")), **changed}
    kept = {name: value for name, value in weights.items() if value is not None}
    return hub_server.repository().changed(model_safetensors=hub_server.packed(kept))


WEIGHT = "h.1.mlp.c_fc.weight"
CASES |= {
    "missing": Case(
        "a weight is missing",
        repository=lambda: _tensors(**{WEIGHT: None}),
        loads=f"its weights lack transformer.{WEIGHT}: they are not whole",
    ),
    "misshapen": Case(
        "a weight has another shape than the configuration says",
        repository=lambda: _tensors(**{WEIGHT: torch.ones(3, 5)}),
        loads=f"its weights have transformer.{WEIGHT} of shape (3, 5), "
        "and its configuration asks for (16, 24)",
    ),
    "left_over": Case(
        "there is a weight for which the network has no place",
        repository=lambda: _tensors(**{"score.weight": torch.ones(3)}),
        loads="its weights hold score.weight, for which the network has no place",
    ),
    "cut_off": Case(
        "the file of weights was uploaded cut off",
        repository=lambda: hub_server.repository().changed(
            model_safetensors=hub_server.repository().files[WEIGHTS][:-100]
        ),
        loads="cannot be read (SafetensorError: Error while deserializing header: ",
    ),
    "no_safetensors": Case(
        "the file of weights is something else",
        repository=lambda: hub_server.repository().changed(model_safetensors=b"GIF89a" * 99),
        loads="cannot be read (SafetensorError: Error while deserializing header: ",
    ),
    "heads": Case(
        "the configuration contradicts itself",
        repository=lambda: hub_server.repository().configured(n_head=3),
        loads="cannot be read (ValueError: `embed_dim` must be divisible by num_heads",
    ),
    "no_tokenizer": Case(
        "the tokenizer is none",
        repository=lambda: hub_server.repository().changed(tokenizer_json=b"{}"),
        loads="the tokenizer in ",
    ),
}
"""Faults of what was fetched as it is on the hub: they show when it is loaded."""


def _underscored(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name.replace(".", "_"): content for name, content in files.items()}


def _outcome(case: Case, folder: Path) -> Outcome:
    folder.mkdir()
    repository = case.repository()
    entry = case.entry(repository)
    with Hub(repository, case.faults) as hub:
        bench = Bench(hub, folder, case.environment)
        done = case.run(bench, entry)
        fetched = None
        if done.returncode == 0:
            fetched = (Path(done.stdout.strip()) / WEIGHTS).read_bytes()
        said = done.stderr.strip().replace(hub.url(), "http://HUB")
        return Outcome(
            done.returncode,
            said,
            fetched,
            bench.kept(),
            bench.files(),
            hub.requests,
            folder,
            entry,
            repository.files.get(WEIGHTS, b""),
        )


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What came of each case; most of their time is waiting, so they run side by side."""
    hub_server.large()
    folder = tmp_path_factory.mktemp("cases")
    with ThreadPoolExecutor(10) as pool:
        jobs = {name: pool.submit(_outcome, case, folder / name) for name, case in CASES.items()}
        return {name: job.result() for name, job in jobs.items()}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.told])
def test_the_right_weights_come(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.returned == 0, outcome.said
    assert outcome.fetched == outcome.expected
    assert [kept for kept in outcome.kept if "a part" in kept] == []
    ranges = {r.range for r in outcome.requests if " cdn " in r.line and r.range}
    assert ranges == ({f"bytes={CHUNK}-"} if CASES[name].resumed else set())


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.loads])
def test_one_sentence_when_it_is_loaded(outcomes: dict[str, Outcome], name: str) -> None:
    refusal = _refusal(outcomes[name])
    assert CASES[name].loads in refusal
    assert "\n" not in refusal


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.told])
def test_one_sentence_and_nothing_to_load(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.returned == 1, outcome.said
    assert "Traceback" not in outcome.said
    assert CASES[name].told in outcome.said.splitlines()[-1]
    assert sorted(outcome.kept) == sorted(CASES[name].kept)
    assert not loadable(outcome.files)


def loadable(files: list[Path]) -> bool:
    """Whether a folder has weights, a configuration and a tokenizer."""
    folders = {path.parent for path in files if path.name == WEIGHTS}
    return any((folder / "tokenizer.json").exists() for folder in folders)


def test_nothing_is_brought_that_is_not_read(outcomes: dict[str, Outcome]) -> None:
    asked = {request.line.split("/")[-1] for request in outcomes["nothing"].requests}
    assert asked == {f"{hub_server.COMMIT}?blobs=true", *SMALL, WEIGHTS, f"{WEIGHTS}?signed"}


def test_a_token_stays_with_the_hub(outcomes: dict[str, Outcome]) -> None:
    requests = outcomes["token"].requests
    to_hub = {request.token for request in requests if " hub " in request.line}
    elsewhere = {request.token for request in requests if " cdn " in request.line}
    assert (to_hub, elsewhere) == ({f"Bearer {TOKEN}"}, {None})


@pytest.mark.parametrize("name", ["code", "elsewhere", "shapes", "architecture", "pickled"])
def test_what_can_be_seen_before_costs_no_large_download(
    outcomes: dict[str, Outcome], name: str
) -> None:
    assert not any(WEIGHTS in request.line for request in outcomes[name].requests)


def test_a_recorded_revision_is_asked_for(outcomes: dict[str, Outcome]) -> None:
    first, again = (
        request.line for request in outcomes["unlike_record"].requests if "/api/" in request.line
    )
    assert f"/revision/{hub_server.COMMIT}" not in first
    assert f"/revision/{hub_server.COMMIT}" in again


def test_the_document_says_what_happens(outcomes: dict[str, Outcome]) -> None:
    text = document(outcomes)
    if os.environ.get("REWRITE_DOCS"):
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text, "utf-8")
    assert DOCUMENT.read_text("utf-8") == text


def document(outcomes: dict[str, Outcome]) -> str:
    """The table of the faults."""
    rows = [
        f"| {CASES[name].fault} | {_happened(CASES[name], outcome)} "
        f"| {_read(CASES[name], outcome)} |"
        for name, outcome in outcomes.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


HEAD = f"""# What happens when a download goes wrong

`replicate fetch` was run against a server on this machine that behaves as the Hugging Face Hub does
and has the fault of the first column; it held small random models under the name
`{NAME}`. The test `tests/models/test_hub_faults.py` makes this file and fails when
it is not what happens any more.

`HUB` stands for the address of the server, `HF_HOME` and `CACHE` for the folders of the two caches,
and `…` for hashes and for what the system or a library says. huggingface_hub brings the files: it
goes on from where a connection was cut, keeps no part of a file when it gives up, and brings a file
from its beginning in the next run. What is kept was hashed and need not come again.

| Fault | What happens | What the user reads |
|---|---|---|
"""


def _refusal(outcome: Outcome) -> str:
    """What loading the fetched model fails with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLICATE_CACHE", str(outcome.folder / "cache"))
        patch.setattr(constants, "HF_HUB_CACHE", str(outcome.folder / "hub" / "hub"))
        patch.setitem(registry.MODELS, outcome.entry.name, outcome.entry)
        with pytest.raises(ModelError) as caught:
            load(outcome.entry.name)
    return str(caught.value)


def _happened(case: Case, outcome: Outcome) -> str:
    if case.loads:
        return "it is fetched as it is, and refused when it is loaded"
    if outcome.fetched is not None:
        come = "the right weights come"
        if any(request.range for request in outcome.requests):
            return f"{come}, from where they were cut"
        removed = ", from their beginning; the part that came before is removed"
        return come + (removed if case.run is killed else "")
    kept = ", ".join(f"`{name}`" for name in outcome.kept)
    return f"no weights; kept: {kept or 'nothing'}"


def _read(case: Case, outcome: Outcome) -> str:
    if outcome.fetched is not None and not case.loads:
        return "—"
    text = _refusal(outcome) if case.loads else outcome.said.splitlines()[-1]
    text = text.replace(str(outcome.folder / "cache"), "CACHE")
    text = text.replace(str(outcome.folder / "hub"), "HF_HOME")
    text = re.sub(r"\b[0-9a-f]{40,64}\b", "…", text)
    return re.sub(r"\((\w+): .*\)(: check.*)?$", r"(\1: …)\2", text)
