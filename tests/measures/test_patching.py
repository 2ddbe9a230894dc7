"""Patching against one run for each patch, against arithmetic, and where its answer is known."""

import pickle
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest
import tiny
import torch

from replication.measures.pair_runs import CLEAN, CORRUPTED, read
from replication.measures.patched_runs import Patch, patched, recovered
from replication.measures.patching import effects
from replication.models.errors import ModelError
from replication.models.hooks import hooked
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, Place, Site

KEYS = Pair("The keys to the cabinet", "The man to the cabinet", " are", " man")
LIST = "1. {}\n2. Belgium\n3. Bulgaria\n 1, 1, 1,"
"""Longer than the window of the tiny Gemma's sliding layers."""


def worded(model: LanguageModel, clean: str, corrupted: str) -> Pair:
    """Prompts with the two words that a random network tells apart best after them."""
    texts = [model.texts([token])[0] for token in range(model.entry.vocabulary)]
    single = [token for token, text in enumerate(texts) if model.encode(text) == [token]]
    ids = torch.tensor([model.encode(text, start=True) for text in (clean, corrupted)])
    above, below = model.network(ids).logits[:, -1, single]
    order = (above - below).argsort()
    return Pair(clean, corrupted, texts[single[order[-1]]], texts[single[order[0]]])


def module(model: LanguageModel, place: Place) -> torch.nn.Module:
    block = model.blocks[place.layer]
    names = {"attention": model.architecture.attention, "feed-forward": "mlp", "residual": ""}
    found: torch.nn.Module = block.get_submodule(names[place.site])
    return found


def one_run_each(model: LanguageModel, pair: Pair, patches: Sequence[Patch]) -> list[float]:
    """The naive route: the whole corrupted prompt for each patch, all logits, no cache."""
    words = [model.single_token(word) for word in (pair.right, pair.wrong)]

    def difference(prompt: str, patch: Patch, store: dict[Place, torch.Tensor] | None) -> float:
        def hook(place: Place) -> Callable[..., None]:
            def see(_module: object, _inputs: object, output: torch.Tensor | tuple) -> None:
                states = output[0] if isinstance(output, tuple) else output
                if store is not None:
                    store[place] = states[0, place.position].clone()
                else:
                    states[0, place.position] = clean[place]

            return see

        handles = [module(model, place).register_forward_hook(hook(place)) for place in patch]
        with torch.inference_mode():
            logits = model.network(torch.tensor([model.encode(prompt, start=True)])).logits[0, -1]
        for handle in handles:
            handle.remove()
        return float(logits[words[0]] - logits[words[1]])

    clean: dict[Place, torch.Tensor] = {}
    above = difference(pair.clean, [place for patch in patches for place in patch], clean)
    below = difference(pair.corrupted, [], None)
    return [
        (difference(pair.corrupted, patch, None) - below) / (above - below) for patch in patches
    ]


def grid(positions: Sequence[int]) -> list[Place]:
    return [Place(*place) for place in product(SITES, range(tiny.LAYERS), positions)]


def test_effects_equal_one_run_each(model: LanguageModel) -> None:
    found = effects(model, KEYS)
    places = grid(range(len(model.encode(KEYS.clean, start=True))))
    expected = np.array(one_run_each(model, KEYS, [[place] for place in places]))
    expected = expected.reshape(3, tiny.LAYERS, -1)[:, :, -5:]  # without the start token
    np.testing.assert_allclose(found.effects, expected, atol=1e-4)
    assert np.abs(found.effects[:, :, 1:]).min(axis=2).max() > 0.01  # there is something to compare
    assert found.clean == ("The", " keys", " to", " the", " cabinet")
    assert found.corrupted == ("The", " man", " to", " the", " cabinet")
    assert found.provenance.prompt == KEYS.clean
    assert (found.of("attention") == found.effects[1]).all()


def test_several_places_at_once_equal_one_run_each(model: LanguageModel) -> None:
    pair = worded(model, LIST.format("Austria"), LIST.format("Bulgaria"))
    places = grid([4, 9, 13, 17])
    patches = [places[first::step] for first, step in ((0, 7), (5, 11), (3, 13), (20, 9), (47, 1))]
    found = recovered(model, read(model, pair), patches)
    np.testing.assert_allclose(found, one_run_each(model, pair, patches), atol=1e-4)


def test_patching_everything_is_exactly_1(model: LanguageModel) -> None:
    """By itself and among others: kernels do not round the rows of all batches alike."""
    runs = read(model, worded(model, "The keys to the", "The man to the"))
    last = len(runs.ids[CLEAN]) - 1
    whole = [
        [Place("residual", layer, position) for position in range(last + 1)]
        for layer in range(tiny.LAYERS)
    ]
    whole.append([Place("residual", tiny.LAYERS - 1, last)])
    others = [[place] for place in grid(range(runs.first, last + 1))]
    for patch in whole:
        assert recovered(model, runs, [patch]).tolist() == [1.0]
        assert recovered(model, runs, [*others, patch])[-1] == 1.0
    assert recovered(model, runs, whole).tolist() == [1.0] * len(whole)


def test_patching_nothing_is_exactly_0_and_costs_no_run(model: LanguageModel) -> None:
    runs = read(model, KEYS)
    nothing: list[Patch] = [[], *([place] for place in grid(range(runs.first)))]
    calls: list[object] = []
    with hooked([model.blocks[0]], lambda _, output: calls.append(output)):
        assert recovered(model, runs, nothing).tolist() == [0.0] * len(nothing)
    assert not calls


def test_what_is_the_clean_run_only_from_a_position_on_is_not_taken_for_it() -> None:
    """The last position of an inner layer: what it attends to is still of the corrupted run."""
    model = tiny.model("llama")
    last = Place("residual", 1, 4)
    assert abs(effects(model, KEYS).of("residual")[1, 4] - 1) > 0.01
    assert recovered(model, read(model, KEYS), [[last]])[0] != 1


def silent(model: LanguageModel, *weights: str) -> LanguageModel:
    """The model with some weights of each block set to zero, biases too."""
    for block in model.blocks:
        for path in weights:
            for parameter in block.get_submodule(path).parameters():
                parameter.zero_()
    return model


@pytest.mark.parametrize(
    ("architecture", "attention", "feed_forward"),
    [("gpt2", "attn.c_proj", "mlp.c_proj"), ("llama", "self_attn.o_proj", "mlp.down_proj")],
)
def test_without_attention_nothing_reaches_the_last_position(
    architecture: str, attention: str, feed_forward: str
) -> None:
    model = silent(tiny.model(architecture), attention)
    pair = worded(model, "The keys to the man", "The man to the keys")
    found = effects(model, pair)
    np.testing.assert_allclose(found.effects[:, :, :-1], 0, atol=1e-5)
    np.testing.assert_allclose(found.of("attention"), 0, atol=1e-5)
    np.testing.assert_allclose(found.of("residual")[:, -1], 1, atol=1e-5)
    assert np.abs(found.of("feed-forward")[:, -1]).max() > 0.01
    # Without feed-forward layers too, all of it is in the embedding.
    found = effects(silent(model, feed_forward), worded(model, pair.clean, pair.corrupted))
    np.testing.assert_allclose(found.of("feed-forward"), 0, atol=1e-5)
    np.testing.assert_allclose(found.of("residual")[:, -1], 1, atol=1e-5)


def test_the_last_block_adds_what_its_modules_return(model: LanguageModel) -> None:
    """Both outputs of the clean run, added to the corrupted state; Gemma's go through norms."""
    runs, block = read(model, KEYS), model.blocks[-1]
    state = runs.before[-1, CORRUPTED, -1]
    added = [runs.outputs[site][-1, CLEAN, -1] for site in SITES[1:]]
    if model.entry.architecture == "gemma3_text":
        norms = (block.post_attention_layernorm, block.post_feedforward_layernorm)
        added = [norm(output) for norm, output in zip(norms, added, strict=True)]
    logits = model.final_norm(state + sum(added)) @ model.unembedding.T
    right, wrong = (model.single_token(word) for word in (KEYS.right, KEYS.wrong))
    above, below = runs.differences
    expected = (float(logits[right] - logits[wrong]) - below) / (above - below)
    last = len(runs.ids[CLEAN]) - 1
    both = [Place(site, tiny.LAYERS - 1, last) for site in SITES[1:]]
    assert recovered(model, runs, [both])[0] == pytest.approx(expected, abs=1e-5)


BAD = {
    "a word is several tokens": KEYS._replace(wrong=" is"),
    "the prompts differ in their number of tokens": KEYS._replace(clean="The keys to"),
    "the prompts do not differ": KEYS._replace(clean=KEYS.corrupted),
    "the clean prompt does not raise the right word": KEYS._replace(right=" man", wrong=" are"),
}


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (BAD["a word is several tokens"], r"' is' is \d tokens"),
        (
            BAD["the prompts differ in their number of tokens"],
            r"3 tokens \('The', ' keys', ' to'\) and 5 \('The', ' man', ' to', ' the', ' cab",
        ),
        (BAD["the prompts do not differ"], "both prompts are 'The man to the cabinet'"),
        (
            BAD["the clean prompt does not raise the right word"],
            r"is -0.113 after 'The keys to the cabinet' and -0.0497 after .* by at least 0.01",
        ),
        (Pair("1" * 200, "2" * 200, " are", " man"), "200 tokens given: tiny-gpt2 reads up to 128"),
        (Pair("", "", " are", " man"), "both prompts are ''"),
    ],
)
def test_bad_pairs_are_named(pair: Pair, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        effects(tiny.model("gpt2"), pair)


@pytest.mark.parametrize(
    "place", [("residual", 4, 0), ("residual", -1, 0), ("attention", 0, 5), ("attention", 0, -1)]
)
def test_places_that_there_are_not_are_named(place: tuple[Site, int, int]) -> None:
    model = tiny.model("gpt2")
    with pytest.raises(ModelError, match=r"no Place\(.*a layer from 0 to 3.* position from 0 to 4"):
        recovered(model, read(model, KEYS), [[Place(*place)]])


def hooks(model: LanguageModel) -> int:
    return sum(
        len(part._forward_hooks) + len(part._forward_pre_hooks) for part in model.network.modules()
    )


def test_hooks_are_gone_after_an_exception(model: LanguageModel) -> None:
    before, runs = hooks(model), read(model, KEYS)
    assert hooks(model) == before
    patches = [[place] for place in grid([runs.first])]
    with patched(model, runs, patches, runs.first):
        there = hooks(model)
    assert there > before + 3 * tiny.LAYERS
    with pytest.raises(IndexError), patched(model, runs, patches, runs.first):
        model.network(torch.tensor([[10**6]]))  # no token of the vocabulary
    assert hooks(model) == before


def test_reading_leaves_the_runs_as_they_were() -> None:
    model = tiny.model("gpt2")
    runs = read(model, KEYS)
    patches = [[place] for place in grid(range(5))]
    np.testing.assert_array_equal(recovered(model, runs, patches), recovered(model, runs, patches))


def test_results_travel_between_processes() -> None:
    model = tiny.model("llama")
    assert pickle.loads(pickle.dumps(effects(model, KEYS))).clean == effects(model, KEYS).clean
