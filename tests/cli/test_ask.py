"""The commands that ask about a prompt of your own: the library's answers, printed and drawn."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
import tiny
from measures.test_patching import worded

from replication.articles import experiments
from replication.base.norms import Norm
from replication.cli import printing
from replication.questions.lens import PositionsOf, RanksOf, TopTokensOf, WatchedRanksOf, WordsOf
from replication.questions.measured import Measured
from replication.questions.neurons import FactorsOf, SparsityOf
from replication.questions.patching import PatchingOf
from replication.questions.precision import RankChangesOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf

Replicate = Callable[..., CompletedProcess[str]]
Said = Callable[..., tuple[int, str, str]]
KEYS = ["The keys to the cabinet", "--watch", " is", "--watch", " are"]
PROMPT = Text("The keys")
PAIR = ["The keys", "The man", " man", " are"]
SUBLAYERS = "--sublayers goes with --watch alone: leave the other options out"
EXCLUDE = "--generate, --given and --watch exclude one another: choose one"


def test_the_lens_as_json_has_the_librarys_numbers(
    replicate: Replicate, measured: Measured
) -> None:
    shown = json.loads(replicate("lens", *KEYS, "--norm", "none", "--top", "3", "--json").stdout)
    expected = measured.answer(WatchedRanksOf.of_figure("watch_keys_cabinet"), "none")
    assert list(shown) == ["provenance", "rank_grid", "top_tokens"]
    source = shown["provenance"]
    assert (source["subject"], source["norm"], source["prompt"]) == ("smollm2", "none", KEYS[0])
    assert source["weights"] == "Q4_1, dequantized to float32"
    assert shown["rank_grid"]["tokens"] == [" is", " are"]
    assert shown["rank_grid"]["ranks"] == expected.ranks.tolist()
    assert [len(layer) for layer in shown["top_tokens"]["tokens"]] == [3] * 30


def test_the_lens_as_a_table_has_a_row_per_layer(replicate: Replicate) -> None:
    lines = replicate("lens", *KEYS).stdout.splitlines()
    rows = [line.split() for line in lines if line.split()[:1] and line.split()[0].isdigit()]
    assert [int(row[0]) for row in rows] == list(range(30))
    assert "SmolLM2-135M-Instruct (Q4_1, dequantized to float32; start token: none)" in lines[0]
    assert "norm: final" in lines[0]


def test_saliency_is_that_of_the_figure(replicate: Replicate, measured: Measured) -> None:
    text = ["saliency", "William Shakespeare was born in the year", "--given", " 1564"]
    shown = json.loads(replicate(*text, "--json").stdout)["saliency"]
    question = SaliencyOf.of_figure("saliency_shakespeare")
    expected = measured.answer(question, "none")
    assert shown["tokens"] == list(expected.tokens)
    np.testing.assert_allclose(shown["shares"], expected.shares, atol=1e-6)
    assert "gradient x input of the logit" in printing.as_text([expected])


def test_factors_are_those_of_the_figure(replicate: Replicate, measured: Measured) -> None:
    counting = experiments.experiment("factors_counting_two")
    text = ["neurons", counting.prompt, "--given", counting.continuation, "--factors", "2"]
    shown = json.loads(replicate(*text, "--json").stdout)["factors"]
    question = FactorsOf.of_figure("factors_counting_two")
    expected = measured.answer(question, "none")
    np.testing.assert_allclose(shown["activity"], expected.activity, rtol=1e-3, atol=1e-4)
    assert sum(shown["energy"]) == pytest.approx(1, abs=1e-5)
    assert shown["layers"] == list(range(30))


@pytest.mark.parametrize(
    ("arguments", "questions", "norm"),
    [
        (["lens", "The keys"], [RanksOf(Text("The keys", "", 1)), TopTokensOf(PROMPT, 5)], "final"),
        (
            ["lens", "The keys", "--generate", "3", "--norm", "none", "--top", "2"],
            [RanksOf(Text("The keys", "", 3)), TopTokensOf(PROMPT, 2)],
            "none",
        ),
        (
            ["lens", "The keys", "--given", " to the"],
            [RanksOf(Text("The keys", " to the")), TopTokensOf(PROMPT, 5)],
            "final",
        ),
        (
            ["lens", "The keys", "--watch", " man", "--watch", " are"],
            [WatchedRanksOf(PROMPT, (" man", " are")), TopTokensOf(PROMPT, 5)],
            "final",
        ),
        (
            ["lens", "The keys", "--sublayers", "--watch", " man", "--norm", "none"],
            [WordsOf(PROMPT, (" man",), sublayers=True), PositionsOf(PROMPT, sublayers=True)],
            "none",
        ),
        (
            ["lens", "The keys", "--sublayers"],
            [WordsOf(PROMPT, sublayers=True), PositionsOf(PROMPT, sublayers=True)],
            "final",
        ),
        (["saliency", "The keys"], [SaliencyOf(Text("The keys", "", 1))], "final"),
        (
            ["saliency", "The keys", "--given", " to", "--of", "probability"],
            [SaliencyOf(Text("The keys", " to"), "probability")],
            "final",
        ),
        (
            ["neurons", "The keys to", "--factors", "2"],
            [FactorsOf(Text("The keys to"), 2), SparsityOf(Text("The keys to"))],
            "final",
        ),
        (
            ["neurons", "The keys", "--generate", "4", "--layers", "1-2", "--seed", "4"],
            [
                FactorsOf(Text("The keys", "", 4), 5, 4, (1, 2)),
                SparsityOf(Text("The keys", "", 4), (1, 2)),
            ],
            "final",
        ),
        (["patch", *PAIR], [PatchingOf(*PAIR)], "final"),
        (
            ["precision", "ranks_ones", "--dtype", "float16", "--in-half", "all"],
            [RankChangesOf(Text.of_figure("ranks_ones"), "float16", "all")],
            "final",
        ),
    ],
    ids=lambda value: (
        " ".join(value)[:40] if isinstance(value, list) and isinstance(value[0], str) else None
    ),
)
def test_a_command_prints_the_answers_to_its_questions(
    said: Said, arguments: list[str], questions: list[Question[Any]], norm: Norm
) -> None:
    reader = Reader(tiny.model("gpt2"))
    answers = [question.measure(reader, norm) for question in questions]
    code, out, err = said(*arguments, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(printing.as_json(answers))
    assert said(*arguments) == (0, printing.as_text(answers) + "\n", "")


def test_integrated_gradients_are_asked_for(said: Said) -> None:
    shown = json.loads(said("saliency", "The", "--given", " key", "--integrated", "--json")[1])
    assert shown["saliency"]["method"] == "integrated gradients"


@pytest.mark.parametrize(
    "arguments",
    [
        ["lens", "The keys"],
        ["lens", "The keys", "--watch", " man"],
        ["lens", "The keys", "--sublayers"],
        ["saliency", "The $keys$\n[b]_x", "--generate", "2"],
        ["neurons", "The keys to the", "--factors", "2"],
        ["patch", *PAIR],
    ],
    ids=" ".join,
)
def test_the_first_answer_is_drawn(said: Said, arguments: list[str], tmp_path: Path) -> None:
    assert said(*arguments, "--out", "drawn/answer.svg")[0] == 0
    assert [path.name for path in (tmp_path / "drawn").iterdir()] == ["answer.svg"]
    assert "<svg" in (tmp_path / "drawn" / "answer.svg").read_text("utf-8")


@pytest.mark.parametrize(("ending", "magic"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_drawings_come_in_several_formats(
    said: Said, ending: str, magic: bytes, tmp_path: Path
) -> None:
    assert said("lens", "The keys", "--out", f"keys{ending}")[0] == 0
    assert (tmp_path / f"keys{ending}").read_bytes().startswith(magic)


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_pages_of_attention_go_where_the_command_says(
    said: Said, view: str, tmp_path: Path
) -> None:
    code, out, _ = said("attention", "The keys", "--view", view, "--layers", "0-2", "--heads", "1")
    assert (code, out) == (0, f"build/attention-{view}.html\n")
    page = (tmp_path / out.strip()).read_text("utf-8")
    assert f"<h1>{view.capitalize()} view" in page
    assert said("attention", "The keys", "--out", "a/b.html")[1] == "a/b.html\n"
    assert (tmp_path / "a" / "b.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lens", ""], "the prompt is empty"),
        (["lens", "x", "--model", "gpt9"], "unknown model 'gpt9': expected one of smollm2"),
        (["lens", "x", "--model", "published"], "published no numbers"),
        (["lens", "x", "--watch", " zebras"], "' zebras' is 7 tokens for tiny-gpt2 ("),
        (["lens", "x", "--given", ""], "there is no continuation to rank"),
        (["lens", "x", "--given", "y", "--generate", "2"], EXCLUDE),
        (["lens", "x", "--watch", "a", "--given", ""], EXCLUDE),
        (["lens", "x", "--out", "lens.txt"], "cannot draw to 'lens.txt': expected one of .png"),
        (["lens", "x", "--top", "50000"], "50000 top tokens asked for: expected 1 to"),
        (["lens", "a " * 9000], "tokens given and 1 more asked for: tiny-gpt2 reads 128 at once"),
        (["lens", "x", "--generate", "200"], "200 more asked for: tiny-gpt2 reads 128 at once"),
        (["lens", "x", "--sublayers", "--generate", "2"], SUBLAYERS),
        (["lens", "x", "--sublayers", "--given", ""], SUBLAYERS),
        (["lens", "x", "--sublayers", "--watch", "a", "--given", "b"], EXCLUDE),
        (["lens", "", "--sublayers"], "the prompt is empty"),
        (["saliency", ""], "the prompt is empty"),
        (["saliency", "x", "--model", "gpt9"], "unknown model 'gpt9'"),
        (["saliency", "x", "--given", "y", "--generate", "2"], "exclude one another"),
        (["neurons", ""], "the prompt is empty"),
        (["neurons", "The keys", "--factors", "9"], "9 factors asked for: expected 1 to 2"),
        (["neurons", "The keys", "--layers", "40"], "cannot look at layers (40,)"),
        (["neurons", "The keys", "--layers", "x"], "cannot read 'x': expected a number or a range"),
        (["neurons", "x", "--given", "y", "--generate", "2"], "choose one"),
        (["attention", ""], "the prompt is empty"),
        (["attention", "x", "--model", "published"], "published no numbers of attention of 'x'"),
        (["attention", "x", "--layers", "all"], "cannot read 'all': expected a number or a range"),
        (["attention", "x", "--heads", "7-9"], "heads [7, 8, 9]: expected one or more of 0 to 1"),
        (["attention", "x", "--layers", "3-1"], "cannot read '3-1': expected a number or a range"),
        (["patch", *PAIR, "--out", "x.txt"], "cannot draw to 'x.txt': expected one of .png"),
        (["patch", *PAIR[:3], " zebras"], "' zebras' is 7 tokens for tiny-gpt2"),
        (["precision", "moon"], "no experiment 'moon': expected one of"),
        (["precision", "watch_nurse"], "there is no continuation to rank"),
        (["precision", "ranks_ones", "--device", "nowhere"], "no device 'nowhere' here"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_mistakes_get_one_sentence_and_leave_nothing(
    said: Said, arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    code, out, err = said(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "arguments",
    [
        ["attention", "x", "--view", "moon"],
        ["patch", "x"],
        ["lens", "x", "--norm", "layer"],
        ["lens", "x", "--generate", "0"],
        ["saliency", "x", "--of", "rank"],
        ["precision", "--dtype", "int8"],
    ],
    ids=" ".join,
)
def test_what_the_command_line_does_not_know_is_a_usage_error(
    said: Said, arguments: list[str], tmp_path: Path
) -> None:
    code, out, err = said(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: ")
    assert not list(tmp_path.iterdir())


def test_a_drawing_that_fails_leaves_nothing(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    code, out, err = said("lens", "The keys", "--out", "keys.png")
    assert (code, out, err) == (1, "", "replicate: no space left on device\n")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_words_of_the_pair_may_be_any_that_are_one_token(said: Said) -> None:
    pair = worded(tiny.model("gpt2"), "The keys", "The man")
    shown = json.loads(said("patch", *pair[:4], "--json")[1])["patching_effects"]
    assert shown["words"] == [pair.right, pair.wrong]
