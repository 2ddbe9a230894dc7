"""A pair of prompts of one's own, patched: the library's numbers, whole tables, whole files."""

import json
from pathlib import Path

import pytest
import tiny
from measures.test_patching import worded

from replication.cli import prompt_patch
from replication.cli.prompt_patch import PatchingLook, draw, look
from replication.measures.patching import effects
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair

CLEAN, CORRUPTED = "The keys to the cabinet", "The man to the cabinet"
LONG = " 1, 1, 1, man woman" * 3


@pytest.fixture
def planted(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A tiny model that is loaded whatever the name."""
    monkeypatch.setattr(prompt_patch, "load", lambda name: model)
    return model


def test_json_has_the_librarys_numbers(planted: LanguageModel) -> None:
    pair = worded(planted, CLEAN, CORRUPTED)
    shown = json.loads(json.dumps(look(pair, model=planted.name).as_json()))
    expected = effects(planted, pair)
    assert list(shown["effects"]) == list(SITES)
    for site in SITES:
        assert shown["effects"][site] == expected.of(site).tolist()
    assert (tuple(shown["clean"]), tuple(shown["corrupted"])) == (
        expected.clean,
        expected.corrupted,
    )
    assert tuple(shown["words"]) == (pair.right, pair.wrong)
    assert tuple(shown["logit_differences"]) == expected.differences
    assert shown["model"] == planted.name


def test_the_table_has_every_number_of_the_residual_stream(planted: LanguageModel) -> None:
    """However long the prompts are: nothing is cut off at the edge of a terminal."""
    seen = look(worded(planted, CLEAN + LONG, CORRUPTED + LONG), model=planted.name)
    told = seen.as_text()
    head, *rows = told.splitlines()[3:]
    assert "…" not in told
    assert "' man' → ' keys'" in head
    assert head.count("' woman'") == 3
    for layer, (row, found) in enumerate(zip(rows, seen.effects.of("residual"), strict=True)):
        assert row.split() == [str(layer), *(f"{effect:.2f}" for effect in found)]
    assert len(rows) == tiny.LAYERS
    assert f"{seen.effects.differences[0]:.2f} after the clean prompt" in told


def test_a_drawing_appears_whole_or_not_at_all(
    planted: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = look(worded(planted, CLEAN, CORRUPTED), model=planted.name)
    for suffix, magic in ((".png", b"\x89PNG"), (".pdf", b"%PDF")):
        draw(seen, tmp_path / f"effects{suffix}")
        assert (tmp_path / f"effects{suffix}").read_bytes().startswith(magic)
    with pytest.raises(ValueError, match="Format 'xyz' is not supported"):
        draw(seen, tmp_path / "effects.xyz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["effects.pdf", "effects.png"]
    assert isinstance(seen, PatchingLook)


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (Pair(CLEAN, "The man", " man", ","), "tokens"),
        (Pair(CLEAN, CLEAN, " man", ","), "same|differ"),
        (Pair(CLEAN, CORRUPTED, " zebras", ","), "' zebras' is . tokens"),
    ],
)
def test_pairs_that_cannot_be_compared_are_refused(
    planted: LanguageModel, pair: Pair, told: str
) -> None:
    with pytest.raises(ModelError, match=told):
        look(pair, model=planted.name)
