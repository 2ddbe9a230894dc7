"""Random networks of GPT-2's architecture, alike in every environment, and what they read.

Values do not matter for time. Weights are one block of random numbers said over and over, each
matrix from another place in it: drawing each number anew would take longer than most measurements.
"""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replication.models.language_model import LanguageModel

BLOCK = 1_000_003
"""A prime, so that no two rows of a matrix are the same."""

NO_WORD = "<none>"
"""The token 0, which tools take for special."""


@dataclass(frozen=True)
class Shape:
    """A network and what it is to read."""

    name: str
    layers: int = 12
    width: int = 768
    vocabulary: int = 50257
    prompt: int = 23
    """How many of the tokens are the prompt."""
    tokens: int = 53
    texts: int = 1

    def ids(self, text: int = 0) -> list[int]:
        """The token ids of a text, none of them special."""
        return random.Random(text).choices(range(1, self.vocabulary), k=self.tokens)


def network(shape: Shape) -> Any:
    """The network, which has run once, so that its weights are in memory."""
    import torch
    from transformers.initialization import no_init_weights
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config
    from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

    config = GPT2Config(
        n_layer=shape.layers,
        n_embd=shape.width,
        n_head=shape.width // 64,
        vocab_size=shape.vocabulary,
        bos_token_id=0,
        eos_token_id=0,
    )
    config._attn_implementation = "eager"
    with no_init_weights():
        made = GPT2LMHeadModel(config)
    made.tie_weights()
    block = torch.randn(BLOCK, generator=torch.Generator().manual_seed(0)) * 0.02
    for place, (name, weights) in enumerate(made.named_parameters()):
        if weights.ndim == 2:
            times = -(-weights.numel() // BLOCK)
            numbers = block.roll(7 * place).repeat(times)[: weights.numel()]
            weights.data = numbers.view(weights.shape)
        else:
            weights.data.fill_(float("ln_" in name and name.endswith("weight")))
    made.tie_weights()
    made.eval().requires_grad_(False)
    with torch.inference_mode():
        made(torch.tensor([[1]]))
    return made


def tokenizer(shape: Shape) -> Any:
    """Words are numbers, each the id of its token."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {str(number): number for number in range(1, shape.vocabulary)}
    made = Tokenizer(models.WordLevel({NO_WORD: 0} | words, NO_WORD))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


def fast_tokenizer(shape: Shape) -> Any:
    """The same as transformers has it."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(shape), unk_token=NO_WORD, pad_token=NO_WORD, eos_token=NO_WORD
    )


def model(shape: Shape) -> "LanguageModel":
    """The network as this package sees it."""
    from replication.models.language_model import LanguageModel
    from replication.models.registry import MODELS

    return LanguageModel("random", MODELS["gpt2"], None, network(shape), tokenizer(shape))
