"""The tuned lens of a model: what it undoes, and that it is kept whole and by its content."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch

from replication.base.norms import NORMS
from replication.measures import tuned_lens
from replication.measures.lens import readable
from replication.measures.precision import rank_changes
from replication.measures.projection import project
from replication.measures.record import record_ids
from replication.measures.tuned_fit import TunedLens
from replication.measures.tuned_lens import lens_of, path_of, settings_of
from replication.measures.variants import uncertainty
from replication.models.language_model import LanguageModel
from replication.models.nulls import Null

Fits = Callable[[], int]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))
    return tmp_path / "lenses"


@pytest.fixture
def fits(capsys: pytest.CaptureFixture[str]) -> Fits:
    """How many fits were told of since it was last asked."""
    return lambda: capsys.readouterr().err.count("fitted in")


def forget(model: LanguageModel) -> LanguageModel:
    """The model as another process would have it."""
    return replace(model, network=copy.deepcopy(model.network))


def turned() -> LanguageModel:
    """A network whose third block turns the residual stream, and whose others leave it alone."""
    model = tiny.model("llama")
    for block in model.blocks:
        block.self_attn.o_proj.weight.zero_()
        block.mlp.down_proj.weight.zero_()
    chance = torch.Generator().manual_seed(0)
    turn, _ = torch.linalg.qr(torch.randn(tiny.WIDTH, tiny.WIDTH, generator=chance))
    model.blocks[2].register_forward_hook(lambda _block, _inputs, output: output @ turn)
    return model


def test_a_turn_between_layers_is_undone_and_the_logit_lens_lost() -> None:
    model = turned()
    ids = torch.randperm(200, generator=torch.Generator().manual_seed(3))[:60]
    states = record_ids(model, ids.tolist()).states
    best = {
        norm: project(readable(model, states, norm), model.unembedding, best=1).best
        for norm in ("final", "tuned")
    }
    right = {norm: (of == of[-1]).float().mean((1, 2)).tolist() for norm, of in best.items()}
    assert right["final"][2:] == right["tuned"][2:] == [1, 1]
    assert max(right["final"][:2]) < 0.2
    assert min(right["tuned"][:2]) > 0.9


def test_without_maps_it_is_the_logit_lens(model: LanguageModel) -> None:
    sizes = (tiny.LAYERS, tiny.WIDTH, tiny.WIDTH), (tiny.LAYERS, tiny.WIDTH), (tiny.LAYERS,)
    tuned_lens._HELD[model.network] = {"feed-forward": TunedLens(*map(torch.zeros, sizes))}
    states = record_ids(model, [3, 1, 4, 1, 5]).states
    assert torch.equal(readable(model, states, "tuned"), readable(model, states, "final"))


def test_it_reads_what_plain_transformers_read() -> None:
    """Every layer's hidden state, its map, the final norm and the head, with transformers alone."""
    model, ids = tiny.model("llama"), list(range(40, 60))
    lens, network = lens_of(model), model.network
    with torch.inference_mode():
        states = network(torch.tensor([ids]), output_hidden_states=True).hidden_states
        theirs = torch.stack([
            network.lm_head(network.model.norm(state[0] + state[0] @ matrix.T + offset))
            for state, matrix, offset in zip(
                states[1:-1], lens.matrices[:-1], lens.offsets[:-1], strict=True
            )
        ])  # fmt: skip
        read = torch.stack(list(readable(model, record_ids(model, ids).states, "tuned")))
        ours = read[:-1] @ model.unembedding.T
    assert lens.matrices[:-1].any()
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_it_comes_nearer_to_the_output_and_leaves_the_last_layer(model: LanguageModel) -> None:
    recording = record_ids(model, list(range(40, 80)), sublayers=True)
    for sublayers in (False, True):
        final, tuned = (
            uncertainty(model, recording, norm, sublayers=sublayers).divergence
            for norm in ("final", "tuned")
        )
        assert tuned[:-1].mean() < final[:-1].mean()
        assert (tuned[-1] == final[-1]).all()
    last = readable(model, recording.states, "tuned")[-2:]
    assert torch.equal(last, readable(model, recording.states[-2:], "tuned"))


def test_it_is_fitted_once_and_loaded_from_then_on(fits: Fits, cache: Path) -> None:
    model = tiny.model("gpt2")
    first = lens_of(model)
    assert lens_of(model) is first
    assert fits() == 1
    loaded = lens_of(forget(model))
    assert fits() == 0
    assert all(torch.equal(vars(loaded)[name], value) for name, value in vars(first).items())
    assert [path.suffix for path in cache.iterdir()] == [".safetensors"]
    again = lens_of(forget(model), again=True)
    assert fits() == 1
    assert torch.equal(again.matrices, first.matrices)


@pytest.mark.parametrize("damage", ["changed", "cut", "emptied", "no lens"])
def test_a_damaged_file_is_told_and_fitted_again(
    damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from safetensors.torch import save_file

    model = tiny.model("gpt2")
    first, path = lens_of(model), path_of(model, settings_of(model))
    content = path.read_bytes()
    half = len(content) // 2
    if damage == "no lens":
        save_file({"other": torch.ones(2)}, path)
    else:
        changed = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        path.write_bytes({"changed": changed, "cut": content[:half], "emptied": b""}[damage])
    again = lens_of(forget(model))
    assert f"{path} is damaged: fitting the tuned lens again" in capsys.readouterr().err
    assert torch.equal(again.matrices, first.matrices)
    assert path.read_bytes() == content


def test_a_fit_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    def broken(tensors: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("safetensors.torch.save_file", broken)
    with pytest.raises(KeyboardInterrupt):
        lens_of(tiny.model("gpt2"))
    assert not list(cache.iterdir())


def test_other_weights_names_settings_and_parts_have_files_of_their_own() -> None:
    model = tiny.model("gpt2")
    changed = forget(model)
    changed.network.transformer.ln_f.weight[0] += 1e-3
    settings = settings_of(model)
    paths = [
        path_of(model, settings_of(model)),
        path_of(changed, settings_of(changed)),
        path_of(replace(model, name="other"), settings_of(model)),
        path_of(model, replace(settings, writing=replace(settings.writing, seed=1))),
        path_of(model, settings_of(model, "attention")),
    ]
    assert len(set(paths)) == len(paths)
    assert path_of(forget(model), settings_of(model)) == paths[0]


def test_controls_are_fitted_on_less_text() -> None:
    entry = replace(tiny.model("gpt2").entry, width=576)
    trained = replace(tiny.model("gpt2"), entry=entry)
    control = replace(trained, null=Null("untrained", 0))
    assert settings_of(trained).tokens == 54 * 128  # 12 * 576
    assert settings_of(control).tokens == 14 * 128  # 3 * 576, and what fills the last text


def test_a_copy_in_half_precision_is_read_through_the_same_lens(fits: Fits) -> None:
    model = tiny.model("llama")
    found = rank_changes(model, "The keys", " to the cabinet", "tuned", in_half="all")
    assert fits() == 1
    assert found.half.ranks.shape == found.full.ranks.shape
    final = rank_changes(model, "The keys", " to the cabinet", "final", in_half="all")
    assert (final.half.ranks[-1] == found.half.ranks[-1]).all()


def test_the_norms_that_need_no_lens_fit_none(fits: Fits) -> None:
    model = tiny.model("llama")
    for norm in NORMS:
        readable(model, record_ids(model, [3, 1, 4]).states, norm)
    assert fits() == 0
