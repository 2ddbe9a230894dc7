"""The one table of architecture differences, and a model as the rest of the package sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from replication.base.norms import Norm
from replication.models import registry
from replication.models.architectures import Architecture, architecture_of
from replication.models.errors import ModelError, SeveralTokens
from replication.models.nulls import NOISE, Null
from replication.models.registry import ModelEntry
from replication.results.provenance import Provenance

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True)
class LanguageModel:
    """A network with its tokenizer, and what it is known as."""

    name: str
    entry: ModelEntry
    null: Null | None
    """What was taken from the trained weights; None for a trained model."""
    network: Any
    """A causal language model of transformers, in evaluation mode."""
    tokenizer: "Tokenizer"

    @property
    def is_null(self) -> bool:
        """Whether something was taken away; noise takes nothing."""
        return self.null is not None and self.null.kind != NOISE

    @cached_property
    def architecture(self) -> Architecture:
        """Where the parts of the network lie."""
        return architecture_of(self.network)

    @cached_property
    def blocks(self) -> list[Any]:
        """The blocks, in order; layer *k* is the output of ``blocks[k]``."""
        return list(self.network.get_submodule(self.architecture.blocks))

    @cached_property
    def final_norm(self) -> nn.Module:
        """The norm between the last block and the unembedding."""
        return self.network.get_submodule(self.architecture.final_norm)

    @property
    def unembedding(self) -> Float[Tensor, "vocabulary width"]:
        """The matrix that turns a hidden state into logits."""
        weight = self.network.get_submodule(self.architecture.head).weight
        assert isinstance(weight, Tensor)
        return weight.detach()

    @property
    def device(self) -> torch.device:
        """Where the weights are, and with them all that the network takes and gives."""
        return self.unembedding.device

    def provenance(self, prompt: str, norm: Norm | None) -> Provenance:
        """What stands behind numbers measured on this model."""
        known = registry.provenance(self.name, self.entry, self.null, prompt, norm)
        return known.on(self.device.type)

    def tensor(self, ids: Sequence[int] | Sequence[Sequence[int]]) -> Int[Tensor, "*any"]:
        """Token ids as the network takes them: on its device."""
        return torch.tensor(ids, device=self.device)

    def encode(self, text: str, *, start: bool = False) -> list[int]:
        """Token ids of a text; with ``start``, after the model's start token if it has one.

        The policy is the table's and never the tokenizer's own, so that it is the same everywhere.
        """
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        if not (start and self.entry.start_token):
            return ids
        first = self.tokenizer.token_to_id(self.entry.start_token)
        if first is None:
            raise ModelError(f"{self.name}: its tokenizer has no {self.entry.start_token!r}")
        return [first, *ids]

    def start_length(self, ids: Sequence[int]) -> int:
        """How many of the first tokens are no text: 1 for the model's start token, else 0."""
        return int(list(ids[:1]) == self.encode("", start=True))

    def text(self, ids: Sequence[int]) -> str:
        """The text of consecutive tokens; a start token prints nothing."""
        return self.tokenizer.decode(list(ids))

    def texts(self, ids: Sequence[int]) -> tuple[str, ...]:
        """The text of each token by itself; a start token prints nothing."""
        return tuple(self.tokenizer.decode([token]) for token in ids)

    def single_token(self, word: str) -> int:
        """The id of a word that must be one token, its leading space included."""
        ids = self.encode(word)
        if len(ids) != 1:
            pieces = " + ".join(repr(piece) for piece in self.texts(ids)) or "nothing"
            raise SeveralTokens(
                f"{word!r} is {len(ids)} tokens for {self.name} ({pieces}): "
                f"watch a word that is one token, with its leading space"
            )
        return ids[0]
