"""Published figures against measured ones: numbers from a model are reproduced by it alone."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from made_findings import record

from replication.articles import experiments
from replication.articles.experiments import (
    published_factors,
    published_ranks,
    published_top_tokens,
)
from replication.base.environment import environment
from replication.judging.findings import Finding, Findings
from replication.judging.paper import comparison, text
from replication.judging.paper.agreement import Tables, tables
from replication.judging.paper.comparison import compare, compare_figure, compare_findings, readings
from replication.judging.paper.records import FigureComparison, PaperReport, Reading
from replication.judging.rules import Verdict
from replication.models import loading, registry
from replication.models.errors import WeightsError
from replication.models.language_model import LanguageModel
from replication.questions.measured import Measured
from replication.questions.saliency import SaliencyOf
from replication.questions.subjects import Published, Subject
from replication.results.untestable import NotTestable

FIGURES: dict[str, Reading] = dict.fromkeys(
    (
        "ranks_ones",
        "ranks_heathrow",
        "watch_doctor",
        "top10_ones",
        "saliency_ones",
        "factors_counting_two",
    ),
    "shown",
)
BY_LAYER = ("ranks_ones", "ranks_heathrow", "watch_doctor", "top10_ones")


def perturbed(model: LanguageModel, block: int) -> LanguageModel:
    """The model with noise on the weights of one block."""
    network = deepcopy(model.network)
    weight = network.transformer.h[block].mlp.c_proj.weight
    weight += torch.randn(weight.shape, generator=torch.Generator().manual_seed(0))
    return replace(model, network=network)


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch) -> dict[str, Subject]:
    """Tiny models in the places of the table: one twice, and copies with one block perturbed."""
    model = tiny.model("gpt2")
    models = {"origin": model, "same": model, **{f"off {k}": perturbed(model, k) for k in (0, 2)}}
    for name in models:
        monkeypatch.setitem(registry.MODELS, name, replace(model.entry, name=name))
    monkeypatch.setattr(loading, "load", lambda name: replace(models[name], name=name))
    return {name: Measured(name) for name in models}


def by_id(measured: Subject, published: Subject) -> dict[str, FigureComparison]:
    """The comparison of each figure with numbers that another subject gave."""
    return {figure.id: figure for figure in compare(measured, FIGURES, published).figures}


def test_a_models_own_numbers_are_reproduced_one_and_all(subjects: dict[str, Subject]) -> None:
    for id, figure in by_id(subjects["same"], subjects["origin"]).items():
        assert figure.reproduced, id
        assert figure.exact == figure.compared > 0
        assert (figure.within_1_percent, figure.off, figure.worst) == (0, 0, ())
        assert figure.token_ids_agree is True
        assert sum(row.compared for row in figure.by_row) == figure.compared


def test_how_many_numbers_a_figure_has(subjects: dict[str, Subject]) -> None:
    figures, same = by_id(subjects["same"], subjects["origin"]), subjects["same"]
    assert figures["watch_doctor"].compared == tiny.LAYERS * 2
    assert figures["top10_ones"].compared == tiny.LAYERS * 10
    saliency = same.answer(SaliencyOf.of_figure("saliency_ones"), "none")
    first, count = saliency.n_input, len(saliency.shares)
    assert figures["saliency_ones"].compared == sum(range(first, first + count))
    assert figures["saliency_ones"].by_row[1].compared == first + 1


@pytest.mark.parametrize("block", [0, 2])
def test_one_perturbed_block_shows_and_from_which_layer_on(
    subjects: dict[str, Subject], block: int
) -> None:
    figures = by_id(subjects[f"off {block}"], subjects["origin"])
    assert not any(figure.reproduced for figure in figures.values())
    for id in BY_LAYER:
        figure = figures[id]
        assert figure.first_layer_off == block, id
        assert all(row.exact == row.compared for row in figure.by_row[:block])
        assert figure.by_row[block].off > 0
        assert {number.row for number in figure.worst} <= set(range(block, tiny.LAYERS))
    assert figures["saliency_ones"].first_layer_off is None
    assert figures["saliency_ones"].off > 0
    assert figures["factors_counting_two"].off > 0
    assert min(figures["factors_counting_two"].correlations or ()) < 1


def test_numbers_of_other_layers_or_tokens_are_not_compared(subjects: dict[str, Subject]) -> None:
    figures = by_id(subjects["same"], Published())
    reasons = {id: figure.not_comparable for id, figure in figures.items()}
    for id in BY_LAYER:
        assert reasons[id] == "the figure has 6 layers, same has 4"
    assert "tokens, measured: " in str(reasons["factors_counting_two"])
    for figure in figures.values():
        assert not figure.reproduced
        assert (figure.compared == 0) == (figure.rows is None) == bool(figure.not_comparable)


def test_numbers_of_other_token_ids_are_not_reproduced(subjects: dict[str, Subject]) -> None:
    """The tiny tokenizer cuts the ones as GPT-2's does, but numbers its tokens otherwise."""
    figures = by_id(subjects["same"], Published())
    figure = figures["saliency_ones"]
    assert figure.compared > 0
    assert (figure.token_ids_agree, figure.first_token_off) == (False, 0)
    assert not figure.model_copy(update={"off": 0}).reproduced
    assert figures["watch_doctor"].token_ids_agree is None


def table(published: list[list[float]], measured: list[list[float]], rounding: float) -> Tables:
    tokens = (tuple("abcdef"[: len(published[0])]),) * len(published)
    return Tables("layer", np.array(published, float), np.array(measured, float), tokens, rounding)


def test_ranks_worked_by_hand() -> None:
    made = table([[1, 100, 200], [7, 1000, 50]], [[1, 101, 203], [8, 990, 50]], 0.0)
    assert made.exact.tolist() == [[True, False, False], [False, False, True]]
    assert made.off.tolist() == [[False, False, True], [True, False, False]]
    counts = made.counts()
    assert (counts.compared, counts.exact, counts.within_1_percent, counts.off) == (6, 2, 2, 2)
    assert [row.exact for row in made.by_row()] == [1, 1]
    worst = [(n.row, n.column, n.token, n.published, n.measured) for n in made.worst()]
    assert worst == [(1, 0, "a", 7, 8), (0, 2, "c", 200, 203)]
    assert made.first_layer_off == 0


def test_one_percent_more_or_less_of_a_rank() -> None:
    published = [[99.0, 100, 101, 300, 300]]
    assert table(published, [[100.0, 99, 102, 297, 304]], 0.0).off.tolist() == [
        [True, False, False, False, True]
    ]


@pytest.mark.parametrize(
    ("published", "measured", "exact", "off"),
    [
        (0.5979, 0.59795, True, False),  # at the edge of what prints as 59.79 or 59.80
        (0.5979, 0.59785, True, False),
        (0.5979, 0.597951, False, False),
        (0.5979, 0.603879, False, False),  # 1 % more
        (0.5979, 0.603881, False, True),
        (0.0003, 0.00035, True, False),  # the rounding is more than 1 % of so little
        (0.0003, 0.000351, False, True),
        (0.0, 0.00005, True, False),
        (0.0, 0.00006, False, True),
    ],
)
def test_rounding_of_what_was_printed(
    published: float, measured: float, exact: bool, off: bool
) -> None:
    made = table([[published]], [[measured]], 0.00005)
    assert (made.exact.item(), made.off.item()) == (exact, off)


def test_no_more_than_the_worst_few_are_listed_and_missing_ones_first() -> None:
    made = table([[1, 1, 1, 1, 1, 1]], [[2, 9, 4, np.nan, 1, 3]], 0.0)
    assert [n.measured for n in made.worst()] == [None, 9, 4, 3, 2]
    made = table([[1, 1, 1, 1, 1, 1]], [[2, 9, 4, 8, 7, 3]], 0.0)
    assert [n.measured for n in made.worst()] == [9, 8, 7, 4, 3]


def test_places_without_a_number_do_not_count() -> None:
    made = table([[1, np.nan]], [[1, 5]], 0.0)
    assert (made.counts().compared, made.counts().off) == (1, 0)


def test_tables_of_another_shape_are_refused() -> None:
    made = table([[1, 2]], [[1, 2]], 0.0)
    with pytest.raises(ValueError, match=r"tokens for 2 x 2 numbers: expected 1 x 2"):
        replace(made, tokens=(("a", "b"), ("c", "d")))


def test_top_tokens_are_found_again_by_their_text() -> None:
    published = published_top_tokens("top10_ones")
    tokens = [list(row) for row in published.tokens]
    probabilities = published.probabilities.copy()
    tokens[1][0], tokens[1][1] = tokens[1][1], tokens[1][0]
    probabilities[1, [0, 1]] = probabilities[1, [1, 0]]
    tokens[2][9] = "another"
    measured = replace(published, tokens=tuple(map(tuple, tokens)), probabilities=probabilities)
    made = tables(published, measured)
    assert made.counts().exact == 59
    (number,) = made.worst()
    assert (number.row, number.column, number.token) == (2, 9, published.tokens[2][9])
    assert number.measured is None
    one = replace(published, tokens=published.tokens[:1], probabilities=probabilities[:1])
    assert tables(one, one).counts().exact == 10


def test_factors_are_matched_in_any_order_and_compared_in_their_scale() -> None:
    published = published_factors("factors_counting_five")
    turned = replace(published, activity=published.activity[[3, 0, 4, 2, 1]])
    assert tables(published, turned).counts().exact == published.activity.size
    doubled = replace(published, activity=2 * turned.activity)
    made = tables(published, doubled)
    assert made.correlations == pytest.approx([1] * 5)
    assert made.counts().exact == (published.activity <= 5e-7).sum()
    nothing = replace(published, activity=np.zeros_like(published.activity))
    assert tables(published, nothing).correlations == (0,) * 5


def test_factors_are_alike_whatever_the_level_and_scale_of_each() -> None:
    """Correlations are numpy's, factor by factor: a level or a scale of its own changes none."""
    published = published_factors("factors_counting_two")
    random = np.random.default_rng(0)
    activity = random.random(published.activity.shape)
    first, second = replace(published, activity=activity), np.array([[9.0, 3], [0.5, 70]])
    moved = replace(published, activity=(activity * second[:, :1] + second[:, 1:])[::-1])
    assert tables(first, moved).correlations == pytest.approx([1, 1])
    other = replace(
        published, activity=activity * second[:, :1] + 2 * random.random(activity.shape)
    )
    table = np.corrcoef(activity, other.activity)[:2, 2:]
    best = max((table[0, 0], table[1, 1]), (table[0, 1], table[1, 0]), key=sum)
    assert tables(first, other).correlations == pytest.approx(best)


@pytest.mark.parametrize(("scale", "level"), [(3, 1), (-3, 4)])
def test_the_last_bit_takes_no_correlation_out_of_its_range(scale: int, level: int) -> None:
    published, random = published_factors("factors_counting_two"), np.random.default_rng(0)
    for row in random.random((30, 1, published.activity.shape[1])):
        one, other = (replace(published, activity=made) for made in (row, level + scale * row))
        (found,) = tables(one, other).correlations or ()
        assert found == pytest.approx(np.sign(scale))
        assert -1 <= found <= 1


def test_tokens_of_one_text_are_told_apart_by_their_place() -> None:
    """Halves of characters print alike; the one in the same place is the same one."""
    published = published_top_tokens("top10_ones")
    alike = replace(published, tokens=(("\ufffd",) * 10, *published.tokens[1:]))
    assert tables(alike, alike).counts().exact == 60
    turned = replace(
        alike, tokens=(("a", *alike.tokens[0][1:]), *alike.tokens[1:])
    )  # the first place holds another token: the first of the same text stands for it
    assert tables(alike, turned).published[0, 0] == alike.probabilities[0, 0]
    assert tables(alike, turned).measured[0, 0] == alike.probabilities[0, 1]


def test_how_exactly_numbers_were_printed() -> None:
    """Percentages to two decimals, JSON to six as it is read here; whole ranks to the unit."""
    top, factors = published_top_tokens("top10_ones"), published_factors("factors_counting_two")
    for by, exact in ((0.00004, 60), (0.00007, 0)):
        moved = replace(top, probabilities=top.probabilities + by)
        assert tables(top, moved).counts().exact == exact
    for by, exact in ((4e-7, factors.activity.size), (7e-7, 0)):
        assert (
            tables(factors, replace(factors, activity=factors.activity + by)).counts().exact
            == exact
        )
    assert tables(published_ranks("ranks_ones"), published_ranks("ranks_ones")).rounding == 0


def test_texts_of_tokens_must_agree_unless_their_ids_do() -> None:
    published = published_ranks("ranks_ones")
    other = replace(published, tokens=(" 1", ",", "1"))
    with pytest.raises(NotTestable, match="token 2 is ' 1' as published, measured '1'"):
        tables(published, other)
    assert tables(published, other, same_ids=True).counts().exact == published.ranks.size


def test_results_of_two_kinds_are_refused() -> None:
    with pytest.raises(TypeError, match=r"RankGrid.* cannot be compared with .*TopTokens"):
        tables(published_ranks("ranks_ones"), published_top_tokens("top10_ones"))


def test_ids_are_compared_to_the_end_of_the_longer_text() -> None:
    assert comparison._first_difference((1, 2, 3), (1, 2, 3)) is None
    assert comparison._first_difference((1, 2, 3), (1, 5, 3)) == 1
    assert comparison._first_difference((1, 2), (1, 2, 3)) == 2


def test_every_published_figure_is_read_on_some_model() -> None:
    read = {name: readings(name) for name in comparison.paper_models()}
    assert set().union(*read.values()) == set(experiments.published_ids())
    assert read["gpt2"]["ranks_eu_gpt2"] == "shown"
    assert read["gpt2-large"]["ranks_eu_gpt2"] == "labelled"
    for id in experiments.published_ids():
        shown = [name for name, figures in read.items() if figures.get(id) == "shown"]
        assert len(shown) == (experiments.experiment(id).paper_model is not None), id
    with pytest.raises(ValueError, match="no published figure is of 'smollm2': expected one of di"):
        readings("smollm2")


def test_without_weights_the_reason_is_said_and_the_depth_is_compared_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> LanguageModel:
        raise WeightsError(f"{name} is not in the cache")

    monkeypatch.setattr(loading, "load", load)
    report = comparison.report(["distilgpt2", "gpt2-large"], tmp_path / "none.json")
    small, large = report.models
    assert (small.missing, small.figures) == ("distilgpt2 is not in the cache", ())
    (figure,) = large.figures
    assert figure.not_comparable == "the figure has 12 layers, gpt2-large has 36"
    shown = text.as_text(report)
    assert "distilgpt2: not measured: distilgpt2 is not in the cache\n" in shown
    assert "named by the label; not comparable: the figure has 12 layers" in shown
    comparison.write(report, tmp_path / "made" / "paper.json")
    written = (tmp_path / "made" / "paper.json").read_text("utf-8")
    assert PaperReport.model_validate_json(written) == report
    with pytest.raises(ValueError, match="'gemma3'"):
        comparison.report(["gemma3"], tmp_path)


def finding(claim: str, subject: str, norm: str, verdict: Verdict) -> Finding:
    return Finding.model_validate(
        {
            "claim": claim,
            "subject": subject,
            "kind": "published",
            "model": "",
            "revision": "",
            "weights": "",
            "start_token": "none",
            "norm": norm,
            "verdict": verdict,
            "holds": None,
            "core_holds": None,
            "measured": "",
            "margin": None,
            "margin_unit": None,
            "parts": (),
        }
    )


FINDINGS = Findings(
    environment=environment(),
    complete=True,
    claims=(
        record("EX-20", "ranks_ones"),
        record("HS-01", "ranks_ones"),
        record("HS-10", "ranks_eu_gpt2"),
        record("HS-14", "watch_doctor"),
    ),
    findings=(
        finding("HS-01", "published", "none", "replicated"),
        finding("HS-01", "distilgpt2", "none", "replicated"),
        finding("HS-01", "distilgpt2", "final", "not_replicated"),
        finding("HS-14", "published", "either", "replicated"),
        finding("HS-14", "distilgpt2", "either", "partially"),
        finding("HS-10", "published", "none", "replicated"),
        finding("HS-10", "distilgpt2", "none", "replicated"),  # gpt2's figure
        finding("EX-20", "distilgpt2", "none", "replicated"),  # never published
    ),
    controls=(),
)


def test_verdicts_are_those_of_the_articles_method_on_the_models_own_figures() -> None:
    found = compare_findings(FINDINGS, "distilgpt2")
    assert [(f.claim, f.published, f.measured) for f in found] == [
        ("HS-01", "replicated", "replicated"),
        ("HS-14", "replicated", "partially"),
    ]
    assert compare_findings(FINDINGS, "gpt2") == ()


def test_the_text_says_what_is_reproduced_and_what_is_worst(subjects: dict[str, Subject]) -> None:
    models = [compare(subjects[name], FIGURES, subjects["origin"]) for name in ("same", "off 2")]
    found = compare_findings(FINDINGS, "distilgpt2")
    judged = models[1].model_copy(update={"findings": found})
    report = PaperReport(environment=environment(), models=(models[0], judged))
    shown = text.as_text(report)
    assert "same: 6 of its 6 figures reproduced" in shown
    assert "off 2: 0 of its 6 figures reproduced" in shown
    worst = judged.figures[0].worst[0]
    line = f"layer {worst.row}, token {worst.column} {worst.token!r}: published {worst.published:g}"
    assert line in shown
    exact = " ".join(str(row.exact) for row in judged.figures[0].by_row)
    assert f"ranks_ones, exact in each layer: {exact}\n" in shown
    assert "no findings on it: judge them with `pytest claims --subject same`" in shown
    assert "verdicts as on the published numbers: 1 of 2 claims" in shown
    assert "HS-14  published ✓, measured ~" in shown


def test_one_figure_may_be_compared_alone(subjects: dict[str, Subject]) -> None:
    figure = compare_figure("ranks_ones", "not stated", subjects["origin"], subjects["same"])
    assert (figure.reading, figure.rows) == ("not stated", "layer")
    assert figure.figure == experiments.published_figure("ranks_ones").figure
