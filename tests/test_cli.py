"""The command line, run for real on the default model."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from replication import articles, registry, weights
from replication.measured import Measured

KEYS = ["The keys to the cabinet", "--watch", " is", "--watch", " are"]


@pytest.fixture(scope="module", autouse=True)
def _default_model() -> None:
    weights.fetch(registry.MODELS[registry.DEFAULT_MODEL])


@cache
def replicate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [str(Path(sys.executable).with_name("replicate")), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_help_names_every_command() -> None:
    answer = replicate("--help")
    assert answer.returncode == 0
    for command in (
        "models",
        "fetch",
        "lens",
        "saliency",
        "neurons",
        "figures",
        "report",
        "verdicts",
    ):
        assert command in answer.stdout


def test_models_are_listed_with_what_one_needs_to_know() -> None:
    told = "".join(replicate("models").stdout.split())  # a narrow terminal folds long words
    for entry in registry.MODELS.values():
        assert entry.name in told
    for fact in ("93MB", "Apache-2.0", "PyPI:", "yes", "no", "NAME-untrained-SEED"):
        assert fact in told


@pytest.mark.parametrize("norm", ["none", "final"])
def test_the_lens_as_json_has_the_librarys_numbers(norm: str) -> None:
    shown = json.loads(replicate("lens", *KEYS, "--norm", norm, "--top", "3", "--json").stdout)
    expected = Measured("smollm2").ranks("watch_keys_cabinet", norm)  # type: ignore[arg-type]
    assert list(shown) == [
        "model", "norm", "prompt", "tokens", "layers", "ranks", "top", "provenance",
    ]  # fmt: skip
    assert (shown["model"], shown["norm"], shown["prompt"]) == ("smollm2", norm, KEYS[0])
    assert (shown["tokens"], shown["layers"]) == ([" is", " are"], list(range(30)))
    assert shown["ranks"] == expected.ranks.tolist()
    assert [len(layer) for layer in shown["top"]] == [3] * 30
    assert set(shown["top"][0][0]) == {"token", "probability"}
    assert shown["provenance"]["weights"] == "Q4_1, dequantized to float32"


def test_the_lens_as_a_table_has_a_row_per_layer() -> None:
    lines = replicate("lens", *KEYS).stdout.splitlines()
    rows = [line.split() for line in lines if line.split()[:1] and line.split()[0].isdigit()]
    assert [int(row[0]) for row in rows] == list(range(30))
    assert "SmolLM2-135M-Instruct (Q4_1, dequantized to float32; start token: none)" in lines[0]
    assert "norm: final" in lines[0]


def test_a_greedy_continuation_ends_with_rank_1() -> None:
    shown = json.loads(replicate("lens", " 1, 1, 1,", "--generate", "3", "--json").stdout)
    assert "".join(shown["tokens"]) == " 1, 1"
    assert set(shown["ranks"][-1]) == {1}


def test_a_given_continuation_is_ranked() -> None:
    shown = json.loads(
        replicate("lens", "1. Austria 2.", "--given", " Belgium 3.", "--json").stdout
    )
    assert "".join(shown["tokens"]) == " Belgium 3."
    assert len(shown["ranks"][0]) == len(shown["tokens"])


def test_saliency_shares_sum_to_one() -> None:
    text = ["saliency", "William Shakespeare was born in the year", "--given", " 1564"]
    shown = json.loads(replicate(*text, "--json").stdout)
    expected = Measured("smollm2").saliency("saliency_shakespeare", "none")
    assert shown["tokens"] == list(expected.tokens)
    for row, shares in enumerate(shown["shares"]):
        assert shares == pytest.approx(expected.row(row).tolist(), abs=1e-6)
        assert sum(shares) == pytest.approx(1, abs=1e-5)
    lines = replicate(*text).stdout.splitlines()
    assert len(lines) == 3 + len(shown["shares"])
    assert "gradient x input of the logit" in lines[1]


def test_neurons_have_the_librarys_factors() -> None:
    counting = articles.experiment("factors_counting_two")
    text = ["neurons", counting.prompt, "--given", counting.continuation, "--factors", "2"]
    shown = json.loads(replicate(*text, "--json").stdout)
    expected = Measured("smollm2").factors("factors_counting_two", "none")
    activity = [factor["activity"] for factor in shown["factors"]]
    np.testing.assert_allclose(activity, expected.activity, rtol=1e-3, atol=1e-4)
    assert sum(factor["energy"] for factor in shown["factors"]) == pytest.approx(1, abs=1e-5)
    assert shown["layers"] == list(range(30))
    assert "factor  2" in replicate(*text).stdout


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_lens_draws(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"keys{ending}"
    assert replicate("lens", *KEYS, "--out", str(out)).returncode == 0
    head = out.read_bytes()[:300]
    assert head.startswith(b"\x89PNG") if ending == ".png" else b"<svg" in head + out.read_bytes()
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lens", ""], "the prompt is empty"),
        (["lens", "x", "--model", "gpt9"], "unknown model 'gpt9': expected one of smollm2"),
        (["lens", "x", "--watch", " zebras"], "' zebras' is 2 tokens for smollm2 ("),
        (["lens", "x", "--given", ""], "there is no continuation to rank"),
        (["lens", "x", "--given", "y", "--generate", "2"], "exclude one another"),
        (["lens", "x", "--out", "lens.txt"], "cannot draw to 'lens.txt': expected one of .png"),
        (["lens", "x", "--top", "50000"], "50000 top tokens asked for: expected 1 to 49152"),
        (["lens", "a " * 9000], "9001 tokens given: smollm2 reads 1 to 8192 at once"),
        (["saliency", ""], "cannot continue '' by 1 tokens"),
        (["saliency", "x", "--model", "gpt9"], "unknown model 'gpt9'"),
        (["neurons", ""], "the prompt is empty"),
        (["neurons", "one two", "--factors", "9"], "9 factors asked for: expected 1 to 2"),
        (["neurons", "one two", "--layers", "40"], "cannot look at layers (40,)"),
        (["neurons", "one two", "--layers", "x"], "cannot read layers 'x'"),
        (["neurons", "x", "--given", "y", "--generate", "2"], "exclude one another"),
        (["fetch", "smollm2", "gpt9"], "unknown model 'gpt9'"),
        (["figures", "moon"], "unknown figure 'moon': expected one of top_tokens_last"),
        (["figures", "heathrow", "-p", "moons=3"], "no parameter 'moons'"),
        (["figures", "heathrow", "-p", "moons"], "'moons' is not NAME=VALUE"),
        (
            ["report", "--claims", "nowhere.json"],
            "no findings at nowhere.json: run `pytest claims/`",
        ),
    ],
)
def test_mistakes_get_one_sentence(arguments: list[str], sentence: str) -> None:
    answer = replicate(*arguments)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
