"""The door: what is let in, and what is refused with what was found and expected."""

from dataclasses import replace

import pytest
import tiny
import torch
from transformers import BloomConfig, BloomForCausalLM

from replication.base import devices
from replication.models import registry, weights
from replication.models.architectures import architecture_of, feed_forward_share
from replication.models.errors import ModelError, SeveralTokens
from replication.models.language_model import LanguageModel
from replication.models.loading import check, load, shape_only
from replication.models.nulls import Null


def test_a_true_entry_passes(model: LanguageModel) -> None:
    check(model)


@pytest.mark.parametrize("field", ["layers", "width", "vocabulary"])
def test_wrong_shapes_are_refused(model: LanguageModel, field: str) -> None:
    wrong = replace(model.entry, **{field: 7})  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"found layers, width, vocabulary .*, expected .*7"):
        check(replace(model, entry=wrong))


def test_a_head_that_the_lens_misreads_is_refused(model: LanguageModel) -> None:
    model.network.lm_head.bias = torch.nn.Parameter(torch.full((model.entry.vocabulary,), 5.0))
    with pytest.raises(ModelError, match="do not give the model's own logits"):
        check(model)


def test_an_unknown_architecture_is_refused_with_the_known_ones() -> None:
    network = BloomForCausalLM(BloomConfig(vocab_size=11, hidden_size=8, n_layer=1, n_head=1))
    with pytest.raises(ModelError, match=r"'bloom' is not known here.* gpt2, llama, gemma3_text"):
        architecture_of(network)


def test_every_path_of_the_table_leads_somewhere(model: LanguageModel) -> None:
    found = model.architecture
    in_a_block = (found.activation, found.attention, found.feed_forward, found.feed_forward_norm)
    for block in model.blocks:
        assert len({block.get_submodule(path) for path in in_a_block}) == len(in_a_block)
    assert model.network.get_submodule(found.head).weight.shape == model.unembedding.shape


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown model 'gpt5': expected one of smollm2, gemma3"):
        load("gpt5")


def test_a_device_that_is_not_here_is_refused_before_any_file_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights, "folder", pytest.fail)
    with pytest.raises(ValueError, match="no device 'nowhere' here"):
        load("smollm2", "nowhere")
    monkeypatch.setenv(devices.VARIABLE, "nowhere")
    with pytest.raises(ValueError, match="no device 'nowhere' here"):
        load("smollm2")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.parametrize("name", ["smollm2-untrained-1", "smollm2-permuted-0", "smollm2-noise-0"])
def test_the_same_network_comes_out_on_a_gpu(name: str) -> None:
    weights.fetch(registry.MODELS["smollm2"])
    here, there = load(name, "cpu"), load(name, "cuda")
    assert there.device.type == "cuda"
    for one, other in zip(here.network.parameters(), there.network.parameters(), strict=True):
        assert torch.equal(one, other.cpu())


def test_watched_words_show_how_they_split(model: LanguageModel) -> None:
    assert model.texts([model.single_token(" woman")]) == (" woman",)
    with pytest.raises(SeveralTokens, match=r"' keyset' is \d tokens for .* \(' keys' \+ 'et'\)"):
        model.single_token(" keyset")


def test_names_of_controls() -> None:
    for name, entry in registry.MODELS.items():
        assert registry.find(name) == (entry, None)
        null = registry.find(registry.null_name(name, "untrained", 3))
        assert null == (entry, Null("untrained", 3))
    with pytest.raises(ValueError, match="unknown model 'smollm2-untrained-x'"):
        registry.find("smollm2-untrained-x")


def test_the_table_is_sound() -> None:
    for name, entry in registry.MODELS.items():
        assert name == entry.name
        if isinstance(entry.source, registry.WheelSource):
            hashes = [entry.source.sha256, *(part.wheel_sha256 for part in entry.source.parts)]
            assert all(len(found) == 64 and int(found, 16) for found in hashes)


def test_provenance_says_what_stands_behind(model: LanguageModel) -> None:
    source = model.provenance("a prompt", "final")
    assert (source.subject, source.kind, source.norm) == (model.name, "paper", "final")
    assert source.start_token == ("<bos>" if model.entry.start_token else "none")
    control = replace(model, null=Null("untrained", 3)).provenance("a prompt", "none")
    assert (control.kind, control.weights) == ("control", "untrained, seed 3")


def test_the_share_of_the_feed_forward_layer_by_hand() -> None:
    """GPT-2: matrices, biases and two norms, counted by hand for a width of 768."""
    attention = 768 * 3 * 768 + 3 * 768 + 768 * 768 + 768
    feed_forward = 2 * 768 * 4 * 768 + 4 * 768 + 768
    by_hand = feed_forward / (feed_forward + attention + 2 * 2 * 768)
    for name in ("distilgpt2", "gpt2"):
        assert feed_forward_share(shape_only(registry.MODELS[name])) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(2 / 3, abs=0.001)


def test_the_share_of_a_gated_feed_forward_layer_by_hand() -> None:
    network = tiny.network("llama")
    attention = 16 * 16 + 2 * 16 * 8 + 16 * 16
    feed_forward = 3 * 16 * 24
    by_hand = feed_forward / (feed_forward + attention + 2 * 16)
    assert feed_forward_share(network) == pytest.approx(by_hand)
    with pytest.raises(ModelError, match="smollm2 is llama: only gpt2 has its shape"):
        shape_only(registry.MODELS["smollm2"])
