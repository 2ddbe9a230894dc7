"""The one table of architecture differences: where the parts of each network lie."""

from dataclasses import dataclass
from typing import Any

from replication.models.errors import ModelError


@dataclass(frozen=True)
class Architecture:
    """Where the parts of a network lie, as paths of attributes."""

    language_model: str
    """``module:class``: importing the class from its own module spares a second."""
    blocks: str
    final_norm: str
    head: str
    activation: str
    """In a block: the nonlinearity whose output is the neurons. In a gated feed-forward that is
    the gate, before it is multiplied by the other branch."""
    attention: str
    heads: str
    """In a block: the projection that makes attention's output of what the heads return, which lies
    side by side in its input."""
    feed_forward: str
    feed_forward_norm: str
    """In a block: the norm that the feed-forward layer reads through. What goes into it is the
    residual stream with attention's contribution added."""
    norm_epsilon: str
    """In the final norm: what is added to the mean square before its root divides the state."""
    norm_centres: bool
    """Whether the final norm takes the mean away first: LayerNorm does, RMSNorm does not."""
    gain_offset: float
    """What is added to the final norm's weight to make its gain: 1 where the weight is a gain's
    distance from 1."""
    norms_after: tuple[str, ...] = ()
    """In a block: the norms that what attention and what the feed-forward layer return go through
    on their way into the residual stream; empty where both are added as they are."""


ARCHITECTURES: dict[str, Architecture] = {
    "gpt2": Architecture(
        language_model="transformers.models.gpt2.modeling_gpt2:GPT2LMHeadModel",
        blocks="transformer.h",
        final_norm="transformer.ln_f",
        head="lm_head",
        activation="mlp.act",
        attention="attn",
        heads="attn.c_proj",
        feed_forward="mlp",
        feed_forward_norm="ln_2",
        norm_epsilon="eps",
        norm_centres=True,
        gain_offset=0.0,
    ),
    "llama": Architecture(
        language_model="transformers.models.llama.modeling_llama:LlamaForCausalLM",
        blocks="model.layers",
        final_norm="model.norm",
        head="lm_head",
        activation="mlp.act_fn",
        attention="self_attn",
        heads="self_attn.o_proj",
        feed_forward="mlp",
        feed_forward_norm="post_attention_layernorm",
        norm_epsilon="variance_epsilon",
        norm_centres=False,
        gain_offset=0.0,
    ),
    "gemma3_text": Architecture(
        language_model="transformers.models.gemma3.modeling_gemma3:Gemma3ForCausalLM",
        blocks="model.layers",
        final_norm="model.norm",
        head="lm_head",
        activation="mlp.act_fn",
        attention="self_attn",
        heads="self_attn.o_proj",
        feed_forward="mlp",
        feed_forward_norm="pre_feedforward_layernorm",
        norm_epsilon="eps",
        norm_centres=False,
        gain_offset=1.0,
        norms_after=("post_attention_layernorm", "post_feedforward_layernorm"),
    ),
}


def architecture_of(network: Any) -> Architecture:
    """The table's entry for a network; ``ModelError``, with those there are, if it has none."""
    kind = network.config.model_type
    if kind not in ARCHITECTURES:
        raise ModelError(
            f"architecture {kind!r} is not known here: expected one of "
            f"{', '.join(ARCHITECTURES)}; to add it, describe it in "
            f"replication.models.architectures.ARCHITECTURES"
        )
    return ARCHITECTURES[kind]


def feed_forward_share(network: Any) -> float:
    """The share of the parameters of all blocks that lie in their feed-forward layers, 0 to 1."""
    architecture = architecture_of(network)
    inside, whole = 0, 0
    for block in network.get_submodule(architecture.blocks):
        inner = block.get_submodule(architecture.feed_forward)
        inside += sum(parameter.numel() for parameter in inner.parameters())
        whole += sum(parameter.numel() for parameter in block.parameters())
    return inside / whole
