"""Attribution, patching both ways, ablation: against plain hooks, and where the answer is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tiny
import torch
from measures.test_patching import BAD, KEYS, worded

from replication.measures.ablation import remaining
from replication.measures.attribution import attribution, frozen
from replication.measures.circuit import both_ways, circuit, held_out, strongest
from replication.measures.curves import circuit_map
from replication.measures.pair_runs import CLEAN, CORRUPTED, Runs, read
from replication.measures.patching import effects
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.circuit import Circuit, Head
from replication.results.patching import Pair, Place

HEADS = 2
CLEANS = ("The keys to the cabinet", "The woman to the cabinet", "The Austria is here")
OTHER = "The man to the cabinet"


def pairs_of(model: LanguageModel) -> list[Pair]:
    """Pairs of the same length and of another, each a cluster of its own."""
    made = [worded(model, clean, OTHER) for clean in CLEANS[:2]]
    made.append(worded(model, "The keys to the\n", "The man to the\n"))
    return [pair._replace(cluster=str(number)) for number, pair in enumerate(made)]


def seen(model: LanguageModel, text: str) -> dict[str, torch.Tensor]:
    """What goes into the final norm and what each module added on the way, at the last position: by
    how the residual stream changes, and not by what modules return.
    """
    stream: list[torch.Tensor] = []

    def see(_module: object, inputs: tuple[torch.Tensor, ...]) -> None:
        stream.append(inputs[0][0, -1].double())

    watched: list[Any] = []
    for block in model.blocks:
        watched += [block, block.get_submodule(model.architecture.feed_forward_norm)]
    handles = [part.register_forward_pre_hook(see) for part in [*watched, model.final_norm]]
    with torch.inference_mode():
        logits = model.network(torch.tensor([model.encode(text, start=True)])).logits[0, -1]
    for handle in handles:
        handle.remove()
    steps = torch.stack(stream).diff(dim=0)
    return {
        "start": stream[0],
        "attention": steps[::2],
        "feed-forward": steps[1::2],
        "end": stream[-1],
        "logits": logits,
    }


def by_hand(model: LanguageModel, end: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """The final norm's formula, with mean and size those of the last state."""
    norm: Any = model.final_norm
    if model.entry.architecture == "gpt2":
        size = (end.var(unbiased=False) + norm.eps).sqrt()
        return norm.weight * (part - part.mean(-1, keepdim=True)) / size
    gemma = model.entry.architecture == "gemma3_text"
    size = (end.square().mean() + (norm.eps if gemma else norm.variance_epsilon)).sqrt()
    return (norm.weight + gemma) * part / size


def test_attribution_is_how_the_stream_changes_through_the_norm_by_hand(
    model: LanguageModel,
) -> None:
    for pair in pairs_of(model):
        found = attribution(model, [read(model, pair)])
        right, wrong = (model.single_token(word) for word in (pair.right, pair.wrong))
        direction = (model.unembedding[right] - model.unembedding[wrong]).double()
        for run, text in ((CLEAN, pair.clean), (CORRUPTED, pair.corrupted)):
            told = seen(model, text)
            for name, values in (
                ("start", found.embedding),
                ("attention", found.attention),
                ("feed-forward", found.feed_forward),
            ):
                expected = by_hand(model, told["end"], told[name]) @ direction
                np.testing.assert_allclose(values[0, run], expected, atol=2e-4, rtol=1e-4)
            assert np.abs(found.attention).max() > 0.01  # there is something to compare


def test_the_parts_add_up_to_the_difference_of_the_logits(model: LanguageModel) -> None:
    """Embedding, attention, feed-forward layers and bias; and heads to attention."""
    pairs = pairs_of(model)
    found = attribution(model, [read(model, pair) for pair in pairs])
    whole = found.embedding + found.attention.sum(-1) + found.feed_forward.sum(-1) + found.bias
    for row, pair in enumerate(pairs):
        right, wrong = (model.single_token(word) for word in (pair.right, pair.wrong))
        for run, text in ((CLEAN, pair.clean), (CORRUPTED, pair.corrupted)):
            logits = seen(model, text)["logits"]
            expected = float(logits[right] - logits[wrong])
            assert whole[row, run] == pytest.approx(expected, abs=2e-4)
    if model.entry.architecture == "gpt2":  # the projection's bias is no head's
        assert np.abs(found.bias).max() > 0.01
        left = found.attention - found.heads.sum(-1)
        np.testing.assert_allclose(left[0], left[0, :1].repeat(2, 0), rtol=0.9)
    else:
        assert (found.bias == 0).all()
        np.testing.assert_allclose(found.heads.sum(-1), found.attention, atol=1e-4)
    parts = found.of_gap(found.embedding) + found.blocks.sum(-1)  # the bias is in both runs
    np.testing.assert_allclose(parts, 1, atol=1e-3)


def test_a_head_writes_what_is_missing_without_it(model: LanguageModel) -> None:
    """Attention's output less the same with the head silent; norms after it with their scale."""
    runs = read(model, KEYS)
    found = attribution(model, [runs])
    through = frozen(model.final_norm, runs.outputs["residual"][-1, CLEAN, -1])
    for layer, block in enumerate(model.blocks):
        projection = block.get_submodule(model.architecture.heads)
        whole = runs.heads[layer, CLEAN, -1].clone()
        output = projection(whole.flatten())
        after = [block.get_submodule(name) for name in model.architecture.norms_after[:1]]
        for head in range(HEADS):
            silent = whole.clone()
            silent[head] = 0
            written = output - projection(silent.flatten())
            for norm in after:
                written = frozen(norm, output)(written)
            expected = float(through(written) @ runs.direction)
            assert found.heads[0, CLEAN, layer, head] == pytest.approx(expected, abs=1e-4)


def test_a_frozen_norm_gives_for_its_state_what_the_norm_gives(model: LanguageModel) -> None:
    state = torch.randn(tiny.WIDTH, generator=torch.Generator().manual_seed(1))
    norm = model.final_norm
    given = norm(state) - norm(torch.zeros_like(state))
    through = frozen(norm, state)
    np.testing.assert_allclose(through(state), given, rtol=1e-4, atol=1e-5)
    parts = torch.stack([0.3 * state, 0.7 * state])
    np.testing.assert_allclose(through(parts).sum(0), given, rtol=1e-4, atol=1e-5)
    assert not np.allclose(through(2 * state), given)  # its scale is held


def last_outputs(model: LanguageModel, text: str, paths: Sequence[str]) -> list[torch.Tensor]:
    """What modules return at the last position of a text."""
    kept: list[torch.Tensor] = []

    def see(_module: object, _inputs: object, output: Any) -> None:
        kept.append((output[0] if isinstance(output, tuple) else output)[0, -1].clone())

    parts = [model.network.get_submodule(path) for path in paths]
    handles = [part.register_forward_hook(see) for part in parts]
    with torch.inference_mode():
        model.network(torch.tensor([model.encode(text, start=True)]))
    for handle in handles:
        handle.remove()
    return kept


def difference_with(
    model: LanguageModel, pair: Pair, text: str, written: dict[str, torch.Tensor]
) -> float:
    """The logit difference when modules return these at the last position: one plain pass."""

    def put(new: torch.Tensor) -> Callable[..., None]:
        def hook(_module: object, _inputs: object, output: Any) -> None:
            (output[0] if isinstance(output, tuple) else output)[0, -1] = new

        return hook

    handles = [
        model.network.get_submodule(path).register_forward_hook(put(new))
        for path, new in written.items()
    ]
    with torch.inference_mode():
        logits = model.network(torch.tensor([model.encode(text, start=True)])).logits[0, -1]
    for handle in handles:
        handle.remove()
    return float(logits[model.single_token(pair.right)] - logits[model.single_token(pair.wrong)])


def test_ablation_equals_one_plain_pass_each(model: LanguageModel) -> None:
    pairs = pairs_of(model)
    table = model.architecture
    paths: dict[Place, str] = {}
    for layer in range(tiny.LAYERS):
        block = f"{table.blocks}.{layer}"
        paths[Place("attention", layer, -1)] = f"{block}.{table.attention}"
        paths[Place("feed-forward", layer, -1)] = f"{block}.{table.feed_forward}"
    texts = [text for pair in pairs for text in (pair.clean, pair.corrupted)]
    kept = [torch.stack(last_outputs(model, text, list(paths.values()))) for text in texts]
    means = dict(zip(paths, torch.stack(kept).mean(0), strict=True))
    ablated = [[place] for place in paths] + [list(paths)[:3], list(paths)[-4:], list(paths)]
    found = remaining(model, [read(model, pair) for pair in pairs], ablated)
    for row, pair in enumerate(pairs):
        gap = difference_with(model, pair, pair.clean, {}) - difference_with(
            model, pair, pair.corrupted, {}
        )
        for column, places in enumerate(ablated):
            written = {paths[place]: means[place] for place in places}
            left = [difference_with(model, pair, t, written) for t in (pair.clean, pair.corrupted)]
            assert found[row, column] == pytest.approx((left[0] - left[1]) / gap, abs=2e-3)
    # All that is written at the last position says the same, and so does the token there.
    np.testing.assert_allclose(found[:, -1], 0, atol=1e-4)


def test_both_ways_turn_a_pair_round(model: LanguageModel) -> None:
    """What is lost by corrupted activations is what the turned pair of prompts would get back."""
    pair = KEYS
    turned = Pair(pair.corrupted, pair.clean, pair.wrong, pair.right)
    brought, lost = effects(model, pair).effects, effects(model, turned).effects
    runs = read(model, pair)
    last = len(runs.ids[CLEAN]) - 1
    patches = [[Place("attention", layer, last)] for layer in range(tiny.LAYERS)]
    found = both_ways(model, [runs], [patches])
    np.testing.assert_allclose(found[0, 0], brought[1, :, -1], atol=1e-5)
    np.testing.assert_allclose(found[1, 0], lost[1, :, -1], atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 1e-3
    assert runs.turned().gap == pytest.approx(runs.gap)
    assert (runs.turned().turned().before == runs.before).all()


def test_heads_together_are_their_layers_attention(model: LanguageModel) -> None:
    runs = read(model, KEYS)
    last = len(runs.ids[CLEAN]) - 1
    for layer in range(tiny.LAYERS):
        heads = [Place("attention", layer, last, head) for head in range(HEADS)]
        whole, together, one = both_ways(
            model, [runs], [[[Place("attention", layer, last)], heads, heads[:1]]]
        )[0, 0]
        assert together == pytest.approx(whole, abs=1e-4)
        assert abs(one - whole) > 1e-4


def silent_but(model: LanguageModel, head: Head) -> LanguageModel:
    """The model without feed-forward layers and with one head that writes anything."""
    for layer, block in enumerate(model.blocks):
        block.mlp.down_proj.weight.zero_()
        columns = block.self_attn.o_proj.weight.unflatten(1, (HEADS, -1))
        for number in range(HEADS):
            if (layer, number) != head:
                columns[:, number] = 0
    return model


@pytest.mark.parametrize("head", [Head(1, 1), Head(2, 0), Head(3, 1)])
def test_one_head_that_carries_everything_is_named(head: Head) -> None:
    """It is named wherever it is; where it is in the last layer, that alone decides."""
    model = silent_but(tiny.model("llama"), head)
    pairs = pairs_of(model)
    found = circuit(model, pairs, by_layer=True)
    assert found.patching.at_subject is not None
    assert found.ablation.attention is not None
    before, after = found.patching.at_last[:, :, : head.layer], found.patching.at_last
    np.testing.assert_allclose(before, 0, atol=1e-5)
    np.testing.assert_allclose(after[:, :, head.layer :], 1, atol=1e-5)
    np.testing.assert_allclose(found.patching.at_subject[:, :, head.layer :], 0, atol=1e-4)
    assert found.heads.named == (head,)
    np.testing.assert_allclose(found.heads.together, 1, atol=1e-4)
    told = found.attribution
    written = told.of_gap(told.heads)[:, head.layer, head.number]
    np.testing.assert_allclose(told.blocks.sum(axis=1), written, atol=1e-3)
    # What both prompts have at their last position counts by how the scale differs alone.
    np.testing.assert_allclose(written + told.of_gap(told.embedding), 1, atol=1e-3)
    left = found.ablation
    np.testing.assert_allclose(left.named, 0, atol=1e-4)
    assert left.attention is not None
    np.testing.assert_allclose(left.attention[:, head.layer], 0, atol=1e-4)
    last = head.layer == tiny.LAYERS - 1
    np.testing.assert_allclose(left.sixth, 0 if last else 1, atol=1e-3)
    np.testing.assert_allclose(left.last, left.sixth, atol=1e-5)  # of four layers it is the last
    np.testing.assert_allclose(left.before, 1 if last else 0, atol=1e-3)
    shown = circuit_map(found)
    assert shown.written[head.layer, head.number] == pytest.approx(written.mean())
    assert shown.parts == ("head 0", "head 1", "attention", "feed-forward")
    # After the last layer all is at the last position by definition, which has no interval.
    for line, whole in enumerate((0, 1)):
        for ends in (shown.transport.low, shown.transport.estimate, shown.transport.high):
            np.testing.assert_allclose(ends[:, line, -1], whole, atol=1e-6)


def test_attention_to_the_subject_is_read_from_the_named_heads() -> None:
    model = silent_but(tiny.model("llama"), Head(2, 1))
    pairs = pairs_of(model)
    found = circuit(model, pairs)
    for row, pair in enumerate(pairs):
        ids = model.encode(pair.clean, start=True)
        with torch.inference_mode():
            weights = model.network(torch.tensor([ids]), output_attentions=True).attentions
        assert found.heads.on_subject[row, 0] == pytest.approx(float(weights[2][0, 1, -1, 1]))
        assert found.heads.even[row] == 1 / len(ids)


def test_pairs_left_out_are_counted_by_reason() -> None:
    model = tiny.model("gpt2")
    ends = worded(model, "The keys", "The man")
    bad = {**BAD, "the prompts differ in their last token": ends}
    kept = pairs_of(model)
    found = circuit(model, [*bad.values(), *kept, bad["the prompts do not differ"]])
    assert found.left_out == {reason: 1 + ("not differ" in reason) for reason in bad}
    assert list(found.pairs) == kept
    assert found.provenance.prompt == "3 minimal pairs"
    with pytest.raises(ModelError, match=r"can take 2 of 2 pairs \(\{\}\): expected two clusters"):
        circuit(model, [kept[0], kept[1]._replace(cluster="0")])


@pytest.mark.parametrize(
    ("effect", "named"),
    [
        ([[0.5, 0.1], [0.0, 0.4]], [(5, 0), (9, 1)]),
        ([[0.5, 0.31], [-0.9, 0.4]], [(5, 0), (9, 1)]),
        ([[0.9, 0.9], [0.0, 0.0]], [(5, 0)]),  # of equal ones the first
        ([[0.1, -0.1], [0.0, 0.2]], [(9, 1), (5, 0)]),  # never enough: all that bring something
        ([[-0.2, -0.1], [-0.3, -0.4]], [(5, 1)]),
    ],
)
def test_hand_worked_naming(effect: list[list[float]], named: list[tuple[int, int]]) -> None:
    assert strongest(np.array(effect), (5, 9)) == tuple(Head(*head) for head in named)


@pytest.mark.parametrize(
    ("clusters", "later"), [("abcdefg", "cdg"), ("aabbccd", "ccd"), ("ab", "b"), ("abb", "bb")]
)
def test_halves_share_no_cluster(clusters: str, later: str) -> None:
    pairs = [Pair("", "", "", "", cluster) for cluster in clusters]
    kept = held_out(pairs)
    assert "".join(np.array(list(clusters))[kept]) == later


def test_heads_are_chosen_on_other_pairs_than_they_are_judged_on() -> None:
    """A pair that is held out changes no choice, one that is not may."""
    model = tiny.model("llama")
    pairs = pairs_of(model)
    first, third = (
        circuit(model, pairs),
        circuit(model, [*pairs[:2], pairs[0]._replace(cluster="9")]),
    )
    assert first.heads.held_out.tolist() == [False, False, True]
    assert (first.heads.layers, first.heads.named) == (third.heads.layers, third.heads.named)


def test_reading_is_the_same_twice() -> None:
    model = tiny.model("gemma3_text")
    runs = [read(model, pair) for pair in pairs_of(model)]
    places = [[Place("attention", 1, -1, 0)], [Place("feed-forward", 2, -1)]]
    np.testing.assert_array_equal(remaining(model, runs, places), remaining(model, runs, places))


def test_a_head_of_another_site_is_refused(model: LanguageModel) -> None:
    runs: Runs = read(model, KEYS)
    for place in (Place("feed-forward", 0, 1, 0), Place("attention", 0, 1, HEADS)):
        with pytest.raises(ModelError, match="of attention alone, a head from 0 to 1"):
            both_ways(model, [runs], [[[place]]])


def test_a_circuit_has_as_many_pairs_of_all() -> None:
    found = circuit(tiny.model("llama"), pairs_of(tiny.model("llama")))
    with pytest.raises(ValueError, match=r"3, .* pairs are given: expected 2"):
        replace(found, pairs=found.pairs[:2])
    assert isinstance(found, Circuit)
    assert found.layers == tiny.LAYERS
    assert found.clusters_held_out == ["2"]
