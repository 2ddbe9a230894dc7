"""A Hugging Face Hub of our own on loopback, with small random GPT-2 in it, and faults on demand.

Large files are redirected to a second server, as the real hub redirects them to other hosts.
"""

import hashlib
import json
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import safetensors.torch
import tiny
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from replication.models.registry import HubSource, ModelEntry

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "distilbert/distilgpt2"
WEIGHTS = "model.safetensors"
CHUNK = 10 * 2**20
"""Bytes that huggingface_hub writes at once."""

API = r"/api/models/([^/?]+/[^/?]+)(?:/revision/(\w+))?(?:\?.*)?"
TREE = r"/api/models/[^/]+/[^/]+/tree/\w+(?:\?.*)?"
RESOLVE = r"/[^/]+/[^/]+/resolve/(\w+)/([^/]+)"


@dataclass(frozen=True)
class Repository:
    """Files at one commit, which is the head of ``main``."""

    files: Mapping[str, bytes]
    commit: str = COMMIT
    token: str | None = None
    """Without this token the repository is hidden."""

    def changed(self, **files: bytes | None) -> "Repository":
        """With other files; ``model_safetensors`` stands for that name, and None takes one out."""
        named = {name.replace("_", ".", 1): content for name, content in files.items()}
        merged = {**self.files, **named}
        return replace(self, files={name: c for name, c in merged.items() if c is not None})

    def configured(self, **values: object) -> "Repository":
        """With other values in its configuration."""
        config = {**json.loads(self.files["config.json"]), **values}
        return self.changed(config_json=json.dumps(config).encode())


@dataclass(frozen=True)
class Fault:
    """What goes wrong with requests whose ``METHOD server path`` matches a pattern."""

    at: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    page: bytes | None = None
    """What is answered in place of everything."""
    cut: int | None = None
    """Bytes after which the connection is closed."""
    stall: int | None = None
    """Bytes after which nothing more comes."""
    short: int = 0
    """Bytes that are left out at the end, without a word."""
    wrong: bool = False
    endless: bool = False
    """Whether the body goes on until the client has had enough."""
    drip: float = 0.0
    """Seconds between pieces of 4000 bytes."""
    times: int = 10**9


@dataclass(frozen=True)
class Request:
    """A request that came: to the hub or to the host of its large files."""

    line: str
    range: str | None
    token: str | None


class Hub:
    """Two servers on loopback; what was asked of them is in ``requests``."""

    def __init__(self, repository: Repository, faults: Sequence[Fault] = ()) -> None:
        self.repository, self.name = repository, NAME
        self.faults: dict[_Hashable, int] = {}
        for fault in faults:
            self.add(fault)
        self.requests: list[Request] = []
        self.reached, self.closing, self._lock = (
            threading.Event(),
            threading.Event(),
            threading.Lock(),
        )
        self._servers = {role: self._serve(role) for role in ("hub", "cdn")}

    def _serve(self, role: str) -> ThreadingHTTPServer:
        handler = type("Handler", (_Handler,), {"hub": self, "role": role})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def url(self, role: str = "hub") -> str:
        """Where a server is."""
        return f"http://127.0.0.1:{self._servers[role].server_port}"

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        self.faults[_Hashable(fault)] = fault.times

    def take(self, line: str) -> Fault:
        """The fault for a request, used up once more."""
        with self._lock:
            for held, left in self.faults.items():
                if left and re.search(held.fault.at, line):
                    self.faults[held] -= 1
                    return held.fault
        return Fault("")

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


class _Hashable:
    """A fault by its identity: its headers cannot be hashed."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    role: str
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub, repository = self.hub, self.hub.repository
        line = f"{self.command} {self.role} {self.path}"
        token = self.headers.get("Authorization")
        hub.requests.append(Request(line, self.headers.get("Range"), token))
        fault = hub.take(line)
        if fault.page is not None:
            self._send(200, fault.page, {"Content-Type": "text/html"}, fault)
        elif fault.status:
            self._send(fault.status, b"", {}, fault)
        elif self.role == "cdn":
            self._send(200, repository.files[self.path.split("/")[-1].split("?")[0]], {}, fault)
        elif repository.token and token != f"Bearer {repository.token}":
            self._send(401, b"", {"X-Error-Message": "Invalid username or password."}, fault)
        elif asked := re.fullmatch(API, self.path):
            self._about(asked[1], asked[2], fault)
        elif re.fullmatch(TREE, self.path):
            listed = [
                {"type": "file", "path": file.pop("rfilename"), "oid": file["blobId"], **file}
                for file in self._listed()
            ]
            self._send(200, json.dumps(listed).encode(), {}, fault)
        elif asked := re.fullmatch(RESOLVE, self.path):
            self._file(asked[1], asked[2], fault)
        else:
            self._send(404, b"", {}, fault)

    do_HEAD = do_GET  # noqa: N815

    def _about(self, name: str, revision: str | None, fault: Fault) -> None:
        repository = self.hub.repository
        if name != self.hub.name:  # the real hub does not tell whether there is such a one
            self._send(401, b"", {"X-Error-Message": "Invalid username or password."}, fault)
        elif revision not in (None, "main", repository.commit):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"}, fault)
        else:
            about = {"id": name, "sha": repository.commit, "siblings": list(self._listed())}
            self._send(200, json.dumps(about).encode(), {"Content-Type": "application/json"}, fault)

    def _listed(self) -> Iterator[dict[str, Any]]:
        for file, content in self.hub.repository.files.items():
            listed = {"rfilename": file, "size": len(content), "blobId": git_hash(content)}
            if _is_large(file):
                digest = hashlib.sha256(content).hexdigest()
                lfs = {"sha256": digest, "oid": digest, "size": len(content), "pointerSize": 134}
                listed["lfs"] = lfs
            yield listed

    def _file(self, revision: str, file: str, fault: Fault) -> None:
        repository = self.hub.repository
        headers = {"X-Repo-Commit": repository.commit}
        if revision not in ("main", repository.commit):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"}, fault)
        elif file not in repository.files:
            self._send(404, b"", {**headers, "X-Error-Code": "EntryNotFound"}, fault)
        elif _is_large(file):
            content = repository.files[file]
            headers["X-Linked-Etag"] = f'"{hashlib.sha256(content).hexdigest()}"'
            headers["X-Linked-Size"] = str(len(content))
            headers["Location"] = f"{self.hub.url('cdn')}/{file}?signed"
            self._send(302, b"", headers, fault)
        else:
            headers["ETag"] = f'"{git_hash(repository.files[file])}"'
            self._send(200, repository.files[file], headers, fault)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], fault: Fault) -> None:
        body = body[: len(body) - fault.short]
        if fault.wrong:
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if status == 200 and asked:
            start = int(asked[1])
            headers = {**headers, "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            status, body = 206, body[start:]
        self.send_response(status)
        length = {"Content-Length": str(sys.maxsize if fault.endless else len(body))}
        for name, value in {**headers, **length, **fault.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._write(body, fault)

    def _write(self, body: bytes, fault: Fault) -> None:
        end = len(body)
        if (stop := fault.cut if fault.stall is None else fault.stall) is not None:
            end, self.close_connection = stop, True
        try:
            while fault.endless:
                self.wfile.write(bytes(CHUNK))
            for start in range(0, end, 4000 if fault.drip else CHUNK):
                self.wfile.write(body[start : min(end, start + (4000 if fault.drip else CHUNK))])
                time.sleep(fault.drip)
        except OSError:  # the client has gone
            self.close_connection = True
        if fault.stall is not None:
            self.hub.reached.set()
            self.hub.closing.wait()

    def log_message(self, *_: object) -> None:
        pass


def _is_large(file: str) -> bool:
    return file.endswith((".safetensors", ".bin"))


def git_hash(content: bytes) -> str:
    """What git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@cache
def tokenizer() -> Tokenizer:
    """A byte-level tokenizer as GPT-2 has it."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=[AddedToken("<|endoftext|>", special=True)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([tiny.TEXT] * 20, trainer)
    return made


def vocabulary_and_merges() -> dict[str, bytes]:
    """The tokenizer in the two files that older repositories have."""
    with TemporaryDirectory() as folder:
        tokenizer().model.save(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@cache
def repository(seed: int = 0) -> Repository:
    """A random GPT-2 in the form of the articles': no prefix, no head, the mask among weights."""
    network: Any = tiny.network("gpt2", seed)
    assert network.config.vocab_size == tokenizer().get_vocab_size()
    files = {
        "README.md": b"A tiny one.",
        "config.json": json.dumps(network.config.to_dict()).encode(),
        "tokenizer.json": tokenizer().to_str().encode(),
        WEIGHTS: packed(tensors(network)),
    }
    return Repository(files)


def tensors(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights of a GPT-2 under the names that they have on the hub."""
    weights = {
        name.removeprefix("transformer."): value
        for name, value in network.state_dict().items()
        if name != "lm_head.weight"
    }
    return {**weights, "h.0.attn.bias": torch.ones(1, 1, 8, 8).tril()}


def packed(weights: dict[str, torch.Tensor]) -> bytes:
    """Weights as a file."""
    content: bytes = safetensors.torch.save(weights, metadata={"format": "pt"})
    return content


@cache
def large() -> Repository:
    """A file of weights of more than two of the pieces in which files are written."""
    return repository().changed(model_safetensors=packed({"wpe.weight": torch.rand(550_000, 10)}))


def entry(of: Repository, name: str = "distilgpt2", **source: str | None) -> ModelEntry:
    """The entry of the table for a repository; ``revision`` and ``sha256`` may be left open."""
    known = {"revision": of.commit, "sha256": hashlib.sha256(of.files[WEIGHTS]).hexdigest()}
    return ModelEntry(
        name=name,
        kind="paper",
        title="DistilGPT2",
        source=HubSource(NAME, **{**known, **source}),
        architecture="gpt2",
        layers=tiny.LAYERS,
        width=tiny.WIDTH,
        vocabulary=tokenizer().get_vocab_size(),
        licence="Apache-2.0",
    )
