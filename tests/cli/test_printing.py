"""Answers as text and as JSON: every number, however wide, and nothing taken for markup."""

import json
import re
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
import tiny
from measures.test_patching import worded

from replication.base.norms import NORMS, Norm
from replication.cli import printing
from replication.models.language_model import LanguageModel
from replication.pages.tables import table_of
from replication.questions.lens import (
    FormulasOf,
    PositionsOf,
    RanksOf,
    TopTokensOf,
    WatchedRanksOf,
    WordsOf,
)
from replication.questions.neurons import FactorsOf, SparsityOf
from replication.questions.patching import PatchingOf
from replication.questions.precision import RankChangesOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.results.data import as_data
from replication.results.factors import Factors
from replication.results.lens import PositionGrid, WordProbabilities
from replication.results.neurons import Sparsity
from replication.results.patching import PatchingEffects
from replication.results.precision import RankChanges
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.tuned import LensQuality
from replication.results.untestable import Untestable

TEXT = Text("The keys", " to the cabinet")
HOSTILE = ("[bold red]x[/]", "a\nb", "\x1b[31m", ":smile:", "'\"", "\\", " ", "…|")
SOURCE = Provenance("toy", "control", "a [b]toy[/b]", "by hand", "0", "none", "none", "[i]a[/i]\nb")
PAIR = worded(tiny.model("gpt2"), "The keys", "The man")[:4]
QUESTIONS: tuple[Question[Any], ...] = (
    RanksOf(TEXT),
    WatchedRanksOf(TEXT, (" man", " are")),
    TopTokensOf(TEXT, 3),
    WordsOf(TEXT, (" man", " are"), sublayers=True),
    PositionsOf(TEXT, sublayers=True),
    SaliencyOf(TEXT),
    FactorsOf(TEXT, 2),
    SparsityOf(TEXT),
    PatchingOf(*PAIR),
    RankChangesOf(TEXT),
)


def asked(question: Question[Any], architecture: str = "gpt2", norm: Norm = "final") -> Any:
    return question.measure(Reader(tiny.model(architecture)), norm)


def hostile_answers() -> list[Any]:
    """An answer of every type that is printed, with tokens that would spoil a careless table."""
    count = len(HOSTILE)
    words, best = asked(WordsOf(TEXT, (" man",))), asked(PositionsOf(TEXT))
    ranks = RankGrid(np.ones((2, count), int), HOSTILE, "continuation", 50257, SOURCE)
    shares = np.tril(np.full((count - 1, count - 1), 1.0))
    return [
        ranks,
        TopTokens((HOSTILE,) * 2, np.full((2, count), 0.1), " 1", SOURCE),
        replace(
            words,
            words=HOSTILE,
            ranks=np.ones((len(words.stages), count), int),
            probabilities=np.full((len(words.stages), count), 0.5),
        ),
        replace(best, best=tuple((HOSTILE * 9)[: len(row)] for row in best.best)),
        Saliency(
            shares / shares.sum(axis=1, keepdims=True),
            HOSTILE,
            1,
            "gradient x input",
            "logit",
            SOURCE,
        ),
        Factors(np.ones((2, count)), HOSTILE, 1, (0,), None, SOURCE),
        Sparsity(
            np.ones((1, 1), int), np.ones((1, 1), int), HOSTILE[:1], (0,), 9, 0.0, 0.1, SOURCE
        ),
        PatchingEffects(
            np.ones((3, 2, count)), HOSTILE, HOSTILE[::-1], HOSTILE[:2], (1.0, 0.0), SOURCE
        ),
        RankChanges(ranks, ranks, "bfloat16", "states"),
    ]


def test_every_type_that_has_a_table_is_tried() -> None:
    numbers_alone = {object, LensQuality, Untestable}  # the second is tried with its command
    printed = table_of.registry.keys() - numbers_alone
    assert {type(answer) for answer in hostile_answers()} == printed
    assert {type(asked(question)) for question in QUESTIONS} == printed


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_json_is_the_answer_field_by_field(question: Question[Any], norm: Norm) -> None:
    answer = asked(question, norm=norm)
    shown = json.loads(printing.as_json([answer]))
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(answer).__name__).lower()
    assert shown == {
        "provenance": asdict(answer.provenance),
        name: json.loads(json.dumps(as_data(answer))),
    }
    assert shown["provenance"]["norm"] == (norm if question.norm_matters else None)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_tables_say_what_was_read_by_what(question: Question[Any], model: LanguageModel) -> None:
    if isinstance(question, PatchingOf):
        question = PatchingOf(*worded(model, "The keys", "The man")[:4])
    answer = question.measure(Reader(model), "final")
    heading, *others = printing.as_text([answer]).splitlines()
    assert heading.startswith(f"{answer.provenance.prompt!r} read by {model.entry.title} (float32;")
    assert f"start token: {model.entry.start_token or 'none'})" in heading
    assert heading.endswith(", norm: final") == question.norm_matters
    table = table_of(answer)
    rows = others[-len(table.rows) :]
    assert all(row.lstrip().startswith(name) for row, name in zip(rows, table.rows, strict=True))


@pytest.mark.parametrize("answer", hostile_answers(), ids=lambda answer: type(answer).__name__)
def test_tokens_are_neither_markup_nor_lines_of_their_own(answer: Any) -> None:
    told = printing.as_text([answer])
    assert "\x1b" not in told
    assert "\U0001f604" not in told
    table = table_of(answer)
    cells = [*table.columns, *table.rows, *table.word_cells, *(c for r in table.cells for c in r)]
    assert all(cell.strip() in told for cell in cells)
    says = 2 + table.says.count("\n") if table.says else 0
    assert len(told.splitlines()) == 2 + says + 1 + len(table.rows)
    (provenance, shown) = json.loads(printing.as_json([answer])).values()
    assert provenance == asdict(answer.provenance)
    assert shown == json.loads(json.dumps(as_data(answer)))


def test_a_type_without_a_table_of_its_own_has_a_row_for_each_field() -> None:
    answer = asked(FormulasOf(TEXT, " man"))
    told = printing.as_text([answer]).splitlines()[-5:]
    assert told[0].split() == ["FormulaVariants", "what", "it", "holds"]
    names = [line.strip().split("  ")[0] for line in told[1:]]
    assert names == ["probabilities", "ranks", "word", "head has bias"]
    low, high = answer.ranks.min(), answer.ranks.max()
    assert told[2].endswith(f"layer {tiny.LAYERS} × formula 3: {low} to {high}")
    assert json.loads(printing.as_json([answer]))["formula_variants"]["word"] == " man"


def test_answers_with_the_same_rows_stand_side_by_side() -> None:
    ranks, best = asked(RanksOf(TEXT)), asked(TopTokensOf(Text("The keys"), 2))
    told = printing.as_text([ranks, best])
    assert told.count("layer") == 2  # in what the ranks are, and over one column
    rows = told.splitlines()[-tiny.LAYERS :]
    for layer, row in enumerate(rows):
        assert row.split()[: 1 + len(ranks.tokens)] == [str(layer), *map(str, ranks.ranks[layer])]
        assert repr(best.tokens[layer][0]) in row
    apart = printing.as_text([asked(FactorsOf(TEXT, 2)), asked(SparsityOf(TEXT))])
    assert len(re.findall(r"^ *(factor|layer) ", apart, re.MULTILINE)) == 2


def test_the_table_of_words_has_every_number_however_wide(model: LanguageModel) -> None:
    singles = [
        text
        for text in model.texts(range(model.entry.vocabulary))
        if len(model.encode(text)) == 1 and text.isprintable()
    ]
    reader = Reader(model)
    words = WordsOf(TEXT, tuple(singles[:60]), sublayers=True).measure(reader, "final")
    best = PositionsOf(TEXT, sublayers=True).measure(reader, "final")
    assert isinstance(words, WordProbabilities)
    assert isinstance(best, PositionGrid)
    told = printing.as_text([words, best])
    rows = told.splitlines()[-2 * tiny.LAYERS :]
    assert "…" not in told
    for row, ranks in zip(rows, words.ranks.tolist(), strict=True):
        assert [int(rank) for rank in re.findall(r"(\d+) \(\d", row)] == ranks
    assert rows[0].startswith("0 attention")
    assert rows[-1].endswith(repr(best.best[-1][-1]))


def test_the_table_of_patching_has_every_number_of_the_residual_stream() -> None:
    long = " 1, 1, 1, man woman" * 3
    model = tiny.model("llama")
    pair = worded(model, "The keys to the cabinet" + long, "The man to the cabinet" + long)
    found = PatchingOf(*pair[:4]).measure(Reader(model), "none")
    told = printing.as_text([found])
    head, *rows = told.splitlines()[-1 - tiny.LAYERS :]
    assert "…" not in told
    assert "' man' → ' keys'" in head
    assert head.count("' woman'") == 3
    for layer, (row, effects) in enumerate(zip(rows, found.of("residual"), strict=True)):
        assert row.split() == [str(layer), *(f"{effect:.2f}" for effect in effects)]
    assert f"{found.differences[0]:.2f} after the clean prompt" in told


def test_saliency_and_factors_name_the_greatest_first() -> None:
    saliency = asked(SaliencyOf(TEXT))
    (row, *_), table = saliency.shares, table_of(saliency)
    first = saliency.tokens[int(np.argmax(row))]
    assert table.word_cells[0].startswith(f"{first!r} {row.max():.1%}")
    factors = asked(FactorsOf(TEXT, 2))
    table = table_of(factors)
    assert all("100.0%" in cell.split("  ")[0] for cell in table.word_cells)
    assert factors.energy is not None
    assert [cell for (cell,) in table.cells] == [f"{share:.1%}" for share in factors.energy]


def test_published_answers_are_printed_too() -> None:
    told = printing.as_text([RanksOf.of_figure("ranks_heathrow").look_up()])
    assert (
        "read by distilgpt2 (as published; start token: none), norm: none" in told.splitlines()[0]
    )
