"""The command line, run for real on the default model."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import tiny
from measures.test_patching import worded

from replication.articles import experiments
from replication.cli import main, prompt_patch, prompt_stages
from replication.models import loading, registry, weights
from replication.questions.measured import Measured
from replication.results.patching import Pair

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
        "attention",
        "patch",
        "figures",
        "explore",
        "paper",
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
    counting = experiments.experiment("factors_counting_two")
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
        (["neurons", "one two", "--layers", "x"], "cannot read 'x'"),
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


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command here, in an empty folder, on a tiny model; its code and what it said."""
    model = tiny.model("gpt2")
    monkeypatch.setitem(registry.MODELS, model.name, model.entry)
    monkeypatch.setattr(weights, "fetch", lambda entry: tmp_path)
    for module in (loading, prompt_stages, prompt_patch):
        monkeypatch.setattr(module, "load", lambda name: model)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["replicate", *arguments])
        with pytest.raises(SystemExit) as end:
            main.main()
        return (int(end.value.code or 0), *capsys.readouterr())

    return run


PAIR = ["The keys", "The man", " are", " man"]
SUBLAYERS = "--sublayers goes with --watch alone: leave the other options out"
EXCLUDE = "--generate, --given and --watch exclude one another: choose one"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lens", "x", "--sublayers", "--generate", "2"], SUBLAYERS),
        (["lens", "x", "--sublayers", "--given", ""], SUBLAYERS),
        (["lens", "x", "--sublayers", "--out", "x.png"], SUBLAYERS),
        (["lens", "x", "--sublayers", "--watch", "a", "--given", "b"], EXCLUDE),
        (["lens", "", "--sublayers"], "the prompt is empty"),
        (["explore", "heathrow", "moon"], "no interactive view 'moon': expected one of rank_sel"),
        (["explore", "heathrow", "--model", "gpt9"], "unknown model 'gpt9': expected one of smol"),
        (["explore", "attention_head", "--model", "published"], "no attention was published"),
        (["paper", "distilgpt2", "smollm2"], "no published figure is of 'smollm2': expected one"),
        (["figures", "heathrow", "--changed", "-p", "x=1"], "no parameter 'x': the notebook has"),
        (["figures", "heathrow", "--model", "gpt9", "--changed"], "unknown model 'gpt9'"),
        (["attention", ""], "the prompt is empty"),
        (["attention", "x", "--layers", "all"], "cannot read 'all': expected a number or a range"),
        (["attention", "x", "--heads", "7-9"], "heads [7, 8, 9]: expected one or more of 0 to 1"),
        (["attention", "x", "--layers", "3-1"], "layers []: expected one or more of 0 to 3"),
        (["patch", *PAIR, "--out", "x.txt"], "cannot draw to 'x.txt': expected one of .png"),
        (["patch", *PAIR[:3], " zebras"], "' zebras' is 7 tokens for tiny-gpt2"),
    ],
)
def test_mistakes_of_the_further_commands_get_one_sentence_and_leave_nothing(
    said: Callable[..., tuple[int, str, str]],
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if arguments[0] == "paper":  # before anything is fetched
        monkeypatch.delattr(weights, "fetch")
    code, out, err = said(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not left


@pytest.mark.parametrize(
    "arguments", [["attention", "x", "--view", "moon"], ["patch", "x"], ["explore", "--norm", "x"]]
)
def test_what_the_command_line_does_not_know_is_a_usage_error(
    said: Callable[..., tuple[int, str, str]], arguments: list[str], tmp_path: Path
) -> None:
    code, out, err = said(*arguments)
    assert (code, out) == (2, "")
    assert "Usage: replicate" in err
    assert not list(tmp_path.iterdir())


def test_the_inside_of_blocks_as_json_has_the_librarys_numbers(
    said: Callable[..., tuple[int, str, str]],
) -> None:
    arguments = ["The keys", "--sublayers", "--watch", " man", "--norm", "none"]
    code, out, err = said("lens", *arguments, "--json")
    expected = prompt_stages.look("The keys", model="smollm2", norm="none", watch=[" man"])
    assert (code, json.loads(out), err) == (0, json.loads(json.dumps(expected.as_json())), "")
    assert said("lens", *arguments)[1] == expected.as_text() + "\n"


def test_a_patched_pair_as_json_has_the_librarys_numbers_and_is_drawn(
    said: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    pair: Pair = worded(tiny.model("gpt2"), "The keys", "The man")
    code, out, err = said("patch", *pair, "--json", "--out", "drawn/effects.svg")
    expected = prompt_patch.look(pair, model="smollm2")
    assert (code, json.loads(out), err) == (0, json.loads(json.dumps(expected.as_json())), "")
    assert "<svg" in (tmp_path / "drawn" / "effects.svg").read_text("utf-8")
    assert said("patch", *pair)[1] == expected.as_text() + "\n"


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_pages_of_attention_go_where_the_command_says(
    said: Callable[..., tuple[int, str, str]], view: str, tmp_path: Path
) -> None:
    code, out, _ = said("attention", "The keys", "--view", view, "--layers", "0-2", "--heads", "1")
    assert (code, out) == (0, f"build/attention-{view}.html\n")
    page = (tmp_path / out.strip()).read_text("utf-8")
    assert f"<h1>{view.capitalize()} view" in page
    assert said("attention", "The keys", "--out", "a/b.html")[1] == "a/b.html\n"
    assert (tmp_path / "a" / "b.html").is_file()


def test_pages_of_views_go_where_the_command_says(
    said: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    asked = ["saliency_ones", "attention_head"]
    code, out, _ = said("explore", *asked, "--model", "tiny-gpt2", "--out", "pages")
    assert code == 0
    assert out.splitlines() == [f"pages/tiny-gpt2/{id}.html" for id in asked]
    assert all((tmp_path / line).is_file() for line in out.splitlines())
    assert said("explore", asked[0], "--model", "published")[1] == (
        "build/explore/published/saliency_ones.html\n"
    )


def test_figures_of_the_published_numbers_are_made_once(
    said: Callable[..., tuple[int, str, str]],
) -> None:
    asked = ["figures", "heathrow", "--model", "published", "--changed"]
    assert said(*asked) == (0, "", "heathrow: figures/published/heathrow\n")
    assert said(*asked) == (0, "", "heathrow: figures/published/heathrow (unchanged)\n")
