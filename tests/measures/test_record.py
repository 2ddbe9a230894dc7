"""Recording: what the hooks see is what the network computed."""

import pytest
import tiny
import torch
from torch.nn import functional

from replication.measures.record import generate, record, record_ids, up_to_visible
from replication.models.architectures import ARCHITECTURES
from replication.models.errors import ModelError
from replication.models.hooks import hooked
from replication.models.language_model import LanguageModel

PROMPT, CONTINUATION = "The keys to the cabinet", " are here"


def test_states_are_those_of_transformers(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION)
    with torch.inference_mode():
        output = model.network(torch.tensor([recording.ids]), output_hidden_states=True)
    assert recording.states.shape == (tiny.LAYERS, len(recording.ids), tiny.WIDTH)
    for layer, expected in enumerate(output.hidden_states[1:-1]):
        torch.testing.assert_close(recording.states[layer], expected[0])
    # transformers gives its last one after the final norm, a recording before it
    torch.testing.assert_close(model.final_norm(recording.states[-1]), output.hidden_states[-1][0])


def test_attention_is_that_of_transformers(model: LanguageModel) -> None:
    recording = record(model, PROMPT, CONTINUATION, attention=True)
    with torch.inference_mode():
        output = model.network(torch.tensor([recording.ids]), output_attentions=True)
    assert recording.attention is not None
    torch.testing.assert_close(recording.attention, torch.cat(output.attentions))
    torch.testing.assert_close(
        recording.attention.sum(-1), torch.ones(tiny.LAYERS, 2, len(recording.ids))
    )


def test_neurons_are_the_nonlinearity_of_the_feed_forward(model: LanguageModel) -> None:
    """By hand: the first layer's feed-forward input, through its own matrices."""
    recording = record(model, PROMPT, neurons=True)
    assert recording.neurons is not None
    assert recording.neurons.shape == (tiny.LAYERS, len(recording.ids), tiny.NEURONS)
    block = model.blocks[0]
    seen: list[torch.Tensor] = []
    handle = block.mlp.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0][0]))
    record(model, PROMPT)
    handle.remove()
    if model.entry.architecture == "gpt2":
        by_hand = functional.gelu(block.mlp.c_fc(seen[0]), approximate="tanh")
    elif model.entry.architecture == "llama":
        by_hand = functional.silu(block.mlp.gate_proj(seen[0]))
    else:
        by_hand = functional.gelu(block.mlp.gate_proj(seen[0]), approximate="tanh")
    torch.testing.assert_close(recording.neurons[0], by_hand)


CONTRIBUTIONS = {
    "gpt2": ("attn", "mlp"),
    "llama": ("self_attn", "mlp"),
    "gemma3_text": ("post_attention_layernorm", "post_feedforward_layernorm"),
}
"""The modules of a block whose outputs are added to the residual stream."""


def test_states_after_attention_lie_between_what_the_parts_add(model: LanguageModel) -> None:
    """By another route: the block's input and what its two parts add to it."""
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str, value: object) -> None:
        seen[name] = (value[0] if isinstance(value, tuple) else value)[0]  # type: ignore[index]

    recording = record(model, PROMPT, CONTINUATION, sublayers=True)
    assert recording.after_attention is not None
    for layer, block in enumerate(model.blocks):
        attention, feed_forward = CONTRIBUTIONS[model.entry.architecture]
        with (
            hooked([block], lambda _, into: keep("input", into), before=True),
            hooked([block.get_submodule(attention)], lambda _, added: keep("attention", added)),
            hooked([block.get_submodule(feed_forward)], lambda _, added: keep("rest", added)),
            torch.inference_mode(),
        ):
            model.network(torch.tensor([recording.ids]))
        after = recording.after_attention[layer]
        torch.testing.assert_close(after, seen["input"] + seen["attention"])
        torch.testing.assert_close(after + seen["rest"], recording.states[layer])
        assert not torch.allclose(seen["rest"], torch.zeros(()))
        if layer:
            torch.testing.assert_close(seen["input"], recording.states[layer - 1])


def test_recording_more_changes_no_state(model: LanguageModel) -> None:
    bare = record(model, PROMPT, CONTINUATION)
    full = record(model, PROMPT, CONTINUATION, neurons=True, attention=True, sublayers=True)
    assert torch.equal(bare.states, full.states)
    assert (bare.neurons, bare.attention, bare.after_attention) == (None, None, None)


def test_no_hook_stays_behind(model: LanguageModel) -> None:
    record(model, PROMPT, neurons=True, attention=True, sublayers=True)
    for module in model.network.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_what_follows_changes_nothing_before_it(model: LanguageModel) -> None:
    short, long = record(model, PROMPT), record(model, PROMPT, CONTINUATION)
    assert long.tokens[: long.prompt_length] == short.tokens
    assert long.continuation == model.texts(model.encode(CONTINUATION))
    torch.testing.assert_close(long.states[:, : long.prompt_length], short.states)


def test_the_prompt_is_its_own_text(model: LanguageModel) -> None:
    assert record(model, PROMPT, CONTINUATION).prompt == PROMPT


def test_the_start_token_is_the_tables(model: LanguageModel) -> None:
    recording = record(model, PROMPT)
    starts = model.entry.start_token is not None
    assert (recording.ids[0] == 0) is starts
    assert len(recording.ids) == len(model.encode(PROMPT)) + starts


def test_generation_takes_the_best_token_each_time(model: LanguageModel) -> None:
    """By another route: a whole pass for every token."""
    ids = model.encode(PROMPT, start=True)
    expected: list[int] = []
    while len(expected) < 4:
        with torch.inference_mode():
            best = int(model.network(torch.tensor([ids + expected])).logits[0, -1].argmax())
        expected.append(best)
    written = generate(model, PROMPT, 4)
    assert written[:4] == expected[: len(written)]
    visible = [text for text in model.texts(written) if text.strip(" ")]
    assert len(visible) == 4 or len(written) == 8 or written[-1] == 0


def test_a_shorter_continuation_is_the_beginning_of_a_longer_one(model: LanguageModel) -> None:
    longer, shorter = generate(model, PROMPT, 6), generate(model, PROMPT, 2)
    assert up_to_visible(model, longer, 2) == shorter
    spaced = model.encode(" 1") + model.encode(" ") + model.encode(",")
    assert up_to_visible(model, spaced, 1) == model.encode(" 1")
    assert up_to_visible(model, spaced, 9) == spaced


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "the prompt is empty"),
        ("The keys" * 100, r"\d+ tokens given: tiny-gpt2 reads 1 to 128"),
    ],
)
def test_bad_prompts_are_refused(prompt: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        record(tiny.model("gpt2"), prompt)


def test_a_text_may_be_as_long_as_the_model_reads() -> None:
    model = tiny.model("gpt2")
    assert len(record_ids(model, [5] * 128).ids) == 128
    assert record_ids(model, [5]).prompt_length == 1
    for ids in ([], [5] * 129):
        with pytest.raises(ModelError, match=f"{len(ids)} tokens given"):
            record_ids(model, ids)


def test_one_token_can_be_generated() -> None:
    model = tiny.model("gpt2")
    assert generate(model, PROMPT, 1) == generate(model, PROMPT, 3)[:1]
    with pytest.raises(ModelError, match="the prompt is empty"):
        generate(model, "", 1)


def test_generation_ends_where_only_spaces_come() -> None:
    """After twice as many tokens as were asked for: a model may write a space before each."""
    model = tiny.model("gpt2")
    (space,) = model.encode(" ")
    norm, embedding = model.network.transformer.ln_f, model.network.transformer.wte.weight
    embedding[space] *= 9  # by far the longest, and every state becomes its direction
    norm.weight.zero_()
    norm.bias.copy_(embedding[space])
    assert generate(model, PROMPT, 3) == [space] * 6


def test_generating_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match="0 tokens asked for"):
        generate(tiny.model("gpt2"), PROMPT, 0)


def test_more_than_a_model_reads_is_refused_before_anything_is_written() -> None:
    model = tiny.model("gpt2")
    room = model.network.config.max_position_embeddings - len(model.encode(PROMPT, start=True))
    with pytest.raises(ModelError, match=f"{room + 1} more asked for"):
        generate(model, PROMPT, room + 1)


def test_a_broken_network_is_not_recorded() -> None:
    model = tiny.model("llama")
    model.blocks[1].mlp.down_proj.weight[0, 0] = torch.nan
    with pytest.raises(ModelError, match="not finite"):
        record_ids(model, [1, 2, 3])


def test_every_architecture_is_tested() -> None:
    assert set(tiny.ARCHITECTURES) == set(ARCHITECTURES)
