"""Steering against one run for each vector, against patching, and where its answer is known."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch

from replication.measures.many_texts import last_states
from replication.measures.steering import _next_two, steered, steering
from replication.models.errors import ModelError
from replication.models.hooks import hidden_state
from replication.models.language_model import LanguageModel
from replication.results.patching import Pair
from replication.results.steering import Steering

TEXTS = ("The keys to the cabinet", "The man to the cabinet", "The keys", "1. Austria\n2. Belgium")


def one_run_each(model: LanguageModel, text: list[int], vector: torch.Tensor, layer: int) -> object:
    """The naive route: the whole text, with the vector added at its end."""
    found = []

    def add(_module: object, _inputs: object, output: object) -> None:
        hidden_state(output)[:, -1] += vector

    handles = [
        model.blocks[layer].register_forward_hook(add),
        model.blocks[-1].register_forward_hook(
            lambda _m, _i, output: found.append(hidden_state(output)[0, -1].clone())
        ),
    ]
    with torch.inference_mode():
        model.network(torch.tensor([text]), use_cache=False)
    for handle in handles:
        handle.remove()
    return found[0]


def test_one_pass_gives_what_single_runs_give(model: LanguageModel) -> None:
    texts = [model.encode(text, start=True) for text in TEXTS]
    shape = 2, len(model.blocks), len(texts), model.entry.width
    vectors = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = steered(model, texts, vectors)
    for kind in range(2):
        for layer in range(len(model.blocks)):
            for place, text in enumerate(texts):
                alone = one_run_each(model, text, vectors[kind, layer, place], layer)
                torch.testing.assert_close(found[kind, layer, place], alone, rtol=1e-4, atol=1e-4)


def test_a_vector_of_nothing_changes_nothing(model: LanguageModel) -> None:
    texts = [model.encode(text, start=True) for text in TEXTS]
    nothing = torch.zeros(1, len(model.blocks), len(texts), model.entry.width)
    plain = last_states(model, texts)[:, -1]
    torch.testing.assert_close(
        steered(model, texts, nothing), plain.expand_as(nothing), rtol=1e-4, atol=1e-4
    )


def pairs_of(nouns: tuple[str, ...], right: str = " man", wrong: str = " woman") -> list[Pair]:
    return [Pair(f"The {noun}s to", f"The {noun} to", right, wrong, noun) for noun in nouns]


NOUNS = ("key", "cabinet", "man", "woman", "Austria")


def test_vectors_are_of_other_nouns_and_equally_long(model: LanguageModel) -> None:
    """The last layer's steering is arithmetic: a state, a vector, the norm and two words."""
    words = model.single_token(" man"), model.single_token(" woman")
    ends = last_states(model, [model.encode(f"The {noun} to", start=True) for noun in NOUNS])
    with torch.inference_mode():
        logits = model.final_norm(ends[:, -1]) @ model.unembedding[list(words)].T
    first = bool((logits[:, 0] > logits[:, 1]).sum() > len(NOUNS) / 2)
    right, wrong = (" woman", " man") if first else (" man", " woman")
    pairs = pairs_of(NOUNS, right, wrong)
    found = steering(model, pairs)
    assert found.leads.shape == (3, len(model.blocks), len(found.pairs))
    assert sum(found.left_out.values()) + len(found.pairs) == len(pairs)
    clean = last_states(model, [model.encode(p.clean, start=True) for p in found.pairs])[:, -1]
    ends = last_states(model, [model.encode(p.corrupted, start=True) for p in found.pairs])[:, -1]
    direction = model.unembedding[model.single_token(right)].double()
    direction = direction - model.unembedding[model.single_token(wrong)].double()
    for place in range(len(found.pairs)):
        other, third = _next_two(found.pairs, place)
        number = clean[other] - ends[other]
        same = ends[other] - ends[third]
        same = same * number.norm() / same.norm()
        for row, vector in enumerate((number, same)):
            with torch.inference_mode():
                lead = model.final_norm(ends[place] + vector).double() @ direction
            assert found.leads[row, -1, place] == pytest.approx(float(lead), rel=1e-3, abs=1e-3)


def test_a_pair_takes_its_vectors_from_the_next_two_nouns_with_its_word() -> None:
    a, b, c, d = pairs_of(("a", "b", "c", "d"))
    turned = replace_words(b)
    assert _next_two([a, b, c, d], 0) == (1, 2)
    assert _next_two([a, b, c, d], 3) == (0, 1)
    assert _next_two([a, turned, c, d], 0) == (2, 3)  # the turned one would come last
    assert _next_two([a, turned, c], 0) == (2, 1)
    assert _next_two([a, a, b, c], 0) == (2, 3)  # never of its own noun


def replace_words(pair: Pair) -> Pair:
    return pair._replace(right=pair.wrong, wrong=pair.right)


def test_too_few_pairs_are_refused() -> None:
    model = tiny.model("llama")
    with pytest.raises(ModelError, match="expected pairs of at least three nouns"):
        steering(model, pairs_of(NOUNS[:2]))
    with pytest.raises(ModelError, match="cuts a word of each of 5 pairs into tokens"):
        steering(model, pairs_of(NOUNS, " encyclopaedia"))


def made(leads: np.ndarray) -> Steering:
    pairs = tuple(pairs_of(("a", "b")))
    source = tiny.model("llama").provenance("", None)
    return Steering(leads, np.array([-1.0, -2.0]), pairs, {}, source)


def test_the_verb_follows_where_the_right_one_leads() -> None:
    leads = np.array([[[-1, -1], [1, -1], [1, 1], [1, 1]], [[0] * 2] * 4, [[1] * 2] * 4], float)
    found = made(leads)
    assert found.follows("number").tolist() == [[False] * 2, [True, False], [True] * 2, [True] * 2]
    assert not found.follows("same number").any()
    assert found.best_layer(np.array([True, False])) == 1
    assert found.best_layer(np.array([False, True])) == 2
    with pytest.raises(ValueError, match="1 pairs have the right verb first before anything"):
        replace(found, plain=np.array([-1.0, 0.0]))
    with pytest.raises(ValueError, match=r"expected \(3, layers, 2\)"):
        made(leads[:2])
