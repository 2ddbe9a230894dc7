"""Results as views, used in a browser without a network: they show the results' numbers."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
import tiny
from browser import Opened, opened
from matplotlib.colors import LogNorm, to_hex, to_rgb
from measures.test_circuit import pairs_of
from PIL import Image
from results.test_data import BY_HAND, QUESTIONS, TEXT

from replication import results
from replication.figures.drawing.cells import RANK_COLOURS, needs_light
from replication.figures.drawing.sparklines import FACTOR_COLOURS
from replication.measures.circuit import circuit
from replication.measures.curves import circuit_map
from replication.pages.templating import percent, readable
from replication.pages.viewing import factors as viewed_factors
from replication.pages.viewing.attention import MOST
from replication.pages.viewing.heat import MOST_TOLD
from replication.pages.views import MOST_CELLS, ROWS, view_html
from replication.questions.layers import ContributionsOf, LensCostOf
from replication.questions.norm_parts import NormPartsOf
from replication.questions.question import Question
from replication.questions.reader import Reader
from replication.results.attention import Attention
from replication.results.erasure import ErasureSet
from replication.results.factors import Factors
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.sets import WatchedSet
from replication.results.untestable import Untestable

HOSTILE = (
    *("<b id=injected>", "</script><script>window.hit=1</script>", "'\"", "\n", "שלום", "]]>", "`"),
    *("$x$", "&amp;", "{{ 7*7 }}", " a", "\u202e", "", "<!--", "</style><style>*{display:none}"),
    *('" onmouseover="window.hit=1', "x" * 300),
)
COUNT = len(HOSTILE)
SOURCE = Provenance("tiny", "registry", "Tiny <i>", "float32", "0", "final", "<bos>", "p <b>\nשלום")
RANDOM = np.random.default_rng(0)
LARGEST = 200_000
"""Characters of a view."""


def grid_of(layers: int, tokens: tuple[str, ...] = HOSTILE) -> RankGrid:
    ranks = RANDOM.integers(1, 50001, (layers, len(tokens)))
    ranks[-1] = 1
    return RankGrid(ranks, tokens, "continuation", 50000, SOURCE)


def saliency_of(n_input: int) -> Saliency:
    shares = np.tril(RANDOM.random((COUNT - n_input, COUNT - 1)) + 0.01, n_input - 1)
    shares /= shares.sum(axis=1, keepdims=True)
    return Saliency(shares, HOSTILE, n_input, "gradient x input", "logit", SOURCE)


def attention_of(layers: int, heads: int, tokens: tuple[str, ...]) -> Attention:
    weights = np.tril(RANDOM.random((layers, heads, len(tokens), len(tokens))) + 0.01)
    return Attention(weights / weights.sum(axis=-1, keepdims=True), tokens, SOURCE)


GRID = grid_of(4)
DETAILS = TopGrid(
    tokens=(((" best", "</td><b id=injected>"),) * COUNT,) * 3 + (((HOSTILE[1], "\n"),) * COUNT,),
    probabilities=np.sort(RANDOM.random((4, COUNT, 2)) / 2)[..., ::-1],
    provenance=SOURCE,
)
SALIENCY = saliency_of(n_input=9)
FACTORS = Factors(RANDOM.random((3, COUNT)), HOSTILE, COUNT - 2, (0,), None, SOURCE)
HEADS = attention_of(3, 2, HOSTILE)
TOP = TopTokens((HOSTILE[:3], HOSTILE[3:6]), np.array([[0.5, 0.1, 0.0], [1, 0, 0]]), "<b>", SOURCE)
SHOWN: tuple[tuple[Any, TopGrid | None], ...] = (
    (GRID, DETAILS),
    (SALIENCY, None),
    (FACTORS, None),
    (HEADS, None),
    (TOP, None),
    *((answer, None) for answer in BY_HAND),
)
NAMES = [readable(token) for token in HOSTILE]
RANKS, STRIP, SPARKS, MOSAIC = (f".result-view >> nth={number} >> " for number in range(4))
PAGE = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="
PAGE += "'width=device-width'><title>All</title><style>:root{color-scheme:light dark}</style>"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page with every view."""
    path = tmp_path_factory.mktemp("page") / "views.html"
    path.write_text(PAGE + "\n".join(view_html(*each) for each in SHOWN), "utf-8")
    return path


@pytest.fixture(scope="module")
def views(written: Path) -> Iterator[Opened]:
    with opened(written) as seen:
        yield seen
        assert seen.errors == []
        assert seen.requests == []


class Nesting(HTMLParser):
    """Raises for an element that is closed where another one is open, or not at all."""

    ALONE = ("input", "br", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [] if tag in self.ALONE else [tag]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(html: str) -> None:
    """Whether a view needs nothing else, is well-formed and not too large."""
    Nesting(html)
    assert len(html) < LARGEST
    assert "<script" not in html
    assert not re.search(r"https?:|@import|url\((?!data:)", html)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(tiny.model("gpt2"))


MORE: tuple[Question[Any], ...] = (
    ContributionsOf(TEXT),
    LensCostOf(TEXT),
    NormPartsOf(TEXT, (" man", " are")),
)


@pytest.mark.parametrize(
    "question", [*QUESTIONS, *MORE], ids=lambda question: type(question).__name__
)
def test_every_answer_shows_itself(question: Question[Any], reader: Reader) -> None:
    answer = question.measure(reader, "final")
    check(answer._repr_html_())
    assert answer._repr_html_() == view_html(answer)
    told = repr(answer).splitlines()
    assert told[0].startswith(type(answer).__name__)
    assert 2 < len(told) <= ROWS + 6
    assert max(map(len, told[1:])) < 150


def test_circuits_show_themselves(reader: Reader) -> None:
    found = circuit(reader.model, pairs_of(reader.model), by_layer=True)
    mapped = circuit_map(found)
    for result in (found, mapped, found.attribution, found.heads):
        check(view_html(result))
        assert repr(result).startswith(type(result).__name__)
    assert "clean into corrupted" in view_html(found)
    assert f"<td>{mapped.written[1, 0]:.3g}</td>" in plain(view_html(mapped))


def plain(html: str) -> str:
    """Without what cells look like, and what more they tell."""
    return re.sub(r' (style|title)="[^"]*"', "", html)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: type(shown[0]).__name__)
def test_views_are_whole(shown: tuple[Any, TopGrid | None]) -> None:
    check(view_html(*shown))
    assert "\x1b" not in repr(shown[0])


def test_every_type_of_a_result_shows_itself() -> None:
    modules = [
        import_module(f"{results.__name__}.{m.name}") for m in iter_modules(results.__path__)
    ]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
    }
    answers = {kind for kind in kinds if "provenance" in {field.name for field in fields(kind)}}
    assert len(answers) > 30
    assert [kind for kind in answers if "_repr_html_" not in vars(kind)] == []


def told(seen: Opened, selector: str, which: int = 0) -> str:
    """What stands under the pointer on an element."""
    seen.hover(selector, which)
    found = seen.do(
        lambda page: (
            page.locator(selector)
            .nth(which)
            .evaluate("e => [getComputedStyle(e, '::after').content, e.title]")
        )
    )
    said, title = found
    assert said.startswith('"')
    return str(title)


@pytest.mark.parametrize(("layer", "column"), [(0, 0), (1, 2), (2, 4), (3, COUNT - 1), (3, 1)])
def test_a_cell_tells_what_it_holds(views: Opened, layer: int, column: int) -> None:
    best = zip(DETAILS.tokens[layer][column], DETAILS.probabilities[layer, column], strict=True)
    assert told(views, f"{RANKS}tbody td", layer * COUNT + column).split("\n") == [
        f"{NAMES[column]}, layer {layer}: rank {GRID.ranks[layer, column]:,}",
        *(f"{readable(token)} {percent(share)}" for token, share in best),
    ]


def test_what_is_told_stands_beside_the_cell_and_within_the_page(written: Path) -> None:
    box = "e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e, '::after');"
    box += "return [r.top, r.bottom, innerHeight, parseFloat(s.top), parseFloat(s.height)]; }"
    with opened(written) as seen:
        seen.hover(f"{RANKS}tbody td", COUNT + 3)
        cell = seen.do(lambda page: page.locator(f"{RANKS}tbody td").nth(COUNT + 3).evaluate(box))
        figure = seen.do(lambda page: page.locator(".result-view").first.bounding_box())
        assert figure
        assert abs(figure["y"] + cell[3] - cell[1]) < 3
        assert figure["y"] + cell[3] + cell[4] < cell[2]


def test_cells_have_the_figures_colours_and_a_readable_number(views: Opened) -> None:
    def colours(name: str) -> np.ndarray:
        style = "(cells, name) => cells.map(cell => getComputedStyle(cell)[name])"
        where = f"{RANKS}tbody td"
        found = views.do(lambda page: page.locator(where).evaluate_all(style, name))
        return np.array([[*map(int, re.findall(r"\d+", fill)[:3])] for fill in found]) / 255

    expected = RANK_COLOURS(LogNorm(1, 50000)(GRID.ranks.ravel()))
    np.testing.assert_allclose(colours("backgroundColor"), expected[:, :3], atol=0.07)
    light = needs_light(colours("backgroundColor"))
    np.testing.assert_array_equal(colours("color"), np.where(light[:, None], np.ones(3), 0.0))
    assert (colours("color")[GRID.ranks.ravel() == 1] == to_rgb("white")).all()


def test_factors_have_the_figures_colours() -> None:
    assert tuple(map(to_hex, FACTOR_COLOURS)) == viewed_factors.COLOURS


def shading(seen: Opened, view: str) -> list[float]:
    """How strongly each token of a strip is shaded, 0 to 1."""
    read = "tokens => tokens.map(t => Number(getComputedStyle(t).getPropertyValue('--s')))"
    return seen.do(lambda page: page.locator(f"{view}.strip > *:not(br)").evaluate_all(read))


def written_under(seen: Opened, view: str) -> list[str]:
    read = "tokens => tokens.map(t => getComputedStyle(t, '::after').content.slice(1, -1))"
    return seen.do(lambda page: page.locator(f"{view}.strip > *:not(br)").evaluate_all(read))


@pytest.mark.parametrize("generated", [2, 0, COUNT - 10])
def test_a_generated_token_shades_those_before_it(views: Opened, generated: int) -> None:
    row = SALIENCY.row(generated)
    expected = np.zeros(COUNT)
    expected[: len(row)] = row / row.max()
    views.hover(f"{STRIP}.strip label", generated)
    np.testing.assert_allclose(shading(views, STRIP), expected, atol=0.01)
    assert written_under(views, STRIP)[: len(row)] == [percent(share) for share in row]
    views.hover("figcaption")
    assert shading(views, STRIP) != shading(views, SPARKS)


def test_a_generated_token_is_chosen_by_click_and_by_keyboard(views: Opened) -> None:
    views.click(f"{STRIP}.strip label", 3)
    views.hover("figcaption")
    row = SALIENCY.row(3)
    np.testing.assert_allclose(shading(views, STRIP)[: len(row)], row / row.max(), atol=0.01)
    views.press("ArrowRight")
    row = SALIENCY.row(4)
    np.testing.assert_allclose(shading(views, STRIP)[: len(row)], row / row.max(), atol=0.01)


def test_a_factor_shades_the_text_and_a_bar_tells_its_number(views: Opened) -> None:
    views.click(f"{SPARKS}label", 1)
    views.hover("figcaption")
    row = FACTORS.activity[1] / FACTORS.activity[1].max()
    np.testing.assert_allclose(shading(views, SPARKS), row, atol=0.01)
    value = f"{FACTORS.activity[2, 4]:.3g}"
    assert (
        told(views, f"{SPARKS}.bars td", 2 * COUNT + 4) == f"factor 3, token 5 {NAMES[4]}: {value}"
    )
    heights = "bars => bars.map(b => Number(getComputedStyle(b).getPropertyValue('--h')))"
    found = views.do(lambda page: page.locator(f"{SPARKS}.bars td").evaluate_all(heights))
    highest = FACTORS.activity.max(axis=1, keepdims=True)
    np.testing.assert_allclose(found, (100 * FACTORS.activity / highest).ravel(), atol=0.5)


def test_a_token_marks_its_place_in_every_row(views: Opened) -> None:
    views.hover(f"{SPARKS}.strip span", 7)
    read = "bars => bars.map(b => getComputedStyle(b).outlineStyle != 'none')"
    marked = views.do(lambda page: page.locator(f"{SPARKS}.bars td").evaluate_all(read))
    assert [place for place, one in enumerate(marked) if one] == [7 + COUNT * n for n in range(3)]


def test_a_head_is_shown_large(views: Opened) -> None:
    first = told(views, f"{MOSAIC}.mosaic td", 3).split("\n")[0]
    assert first == "layer 1, head 1"
    read = "e => [getComputedStyle(e).backgroundPosition, e.clientWidth, e.clientHeight]"
    place, wide, high = views.do(lambda page: page.locator(f"{MOSAIC}.place").evaluate(read))
    assert wide == high == COUNT * 20
    assert place == f"-{wide}px -{high}px"


def test_the_picture_has_every_weight() -> None:
    found = re.search(r"data:image/png;base64,([^)]+)\)", view_html(HEADS))
    assert found
    picture = np.asarray(Image.open(BytesIO(base64.b64decode(found[1]))).convert("RGBA"))
    weights = HEADS.weights.transpose(0, 2, 1, 3).reshape(3 * COUNT, 2 * COUNT)
    np.testing.assert_allclose(picture[..., 3] / 255, np.sqrt(weights), atol=0.04)


def test_of_a_long_text_the_mean_of_heads_is_shown() -> None:
    heads = attention_of(2, 3, ("a",) * 300)
    assert heads.weights.size > MOST
    shown = view_html(heads)
    assert "What 3 heads in each of 2 layers attend to, their mean" in shown
    assert shown.count(' title="layer') == 2


def test_tokens_stay_text(views: Opened) -> None:
    def texts(selector: str) -> list[str]:
        return views.do(lambda page: page.locator(selector).all_text_contents())

    for view in (STRIP, SPARKS):
        assert texts(f"{view}.strip bdi") == NAMES
    assert texts(f"{RANKS}th[scope=col]") == ["layer", *NAMES]
    assert texts(f"{RANKS}.prompt") == [SOURCE.prompt]
    assert "tiny: Tiny <i>, float32; norm: final; start token: <bos>" in views.text(
        f"{RANKS}.source"
    )
    for number in range(views.count("[title]")):
        if number % 40 == 0:
            views.hover("[title]", number)
    assert views.count("#injected") == views.count("script") == 0
    assert views.script("window.hit") is None


def test_a_dark_phone(written: Path) -> None:
    with opened(written, width=390, colours="dark") as seen:
        assert seen.script("document.documentElement.scrollWidth") == 390
        read = "getComputedStyle(document.querySelector('figcaption')).color"
        assert seen.script(read) == "rgb(255, 255, 255)"
        assert seen.errors == []


def test_tables_have_the_numbers(views: Opened) -> None:
    def table(view: str) -> list[list[str]]:
        read = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        return views.do(lambda page: page.locator(f"{view}details tbody tr").evaluate_all(read))

    shares = [percent(share) for share in SALIENCY.row(2)]
    assert table(STRIP)[2] == [NAMES[11], *shares, *[""] * (COUNT - 1 - len(shares))]
    assert [row[2] for row in table(SPARKS)] == [f"{v:.3g}" for v in FACTORS.activity[1]]


def test_articles_grids_fit_a_notebook() -> None:
    """A model of thirty layers, sixty tokens."""
    grid = grid_of(30, (" Luxembourg",) * 60)
    assert grid.ranks.size <= MOST_TOLD
    check(view_html(grid))
    assert " title=" not in view_html(grid_of(30, (" a",) * (MOST_TOLD // 30 + 1)))


def test_of_a_large_array_the_medians_are_shown() -> None:
    items = next(answer for answer in BY_HAND if isinstance(answer, WatchedSet)).items * 40
    lead = RANDOM.normal(size=(2, 40, 30))
    shown = view_html(WatchedSet(lead, items, (), SOURCE))
    assert lead.size > MOST_CELLS
    assert "lead, median over 40 × item" in shown
    assert f"<td>{np.median(lead[1, :, 3]):.3g}</td>" in plain(shown)


def test_axes_have_the_names_of_their_places() -> None:
    erased = ErasureSet(RANDOM.random((3, 2)), RANDOM.random((3, 2, 2)), ("a <b>", "b"), SOURCE)
    shown = view_html(erased)
    for name in ("saliency", "position", "random", "a␣&lt;b&gt;"):
        assert name in shown


def test_that_there_is_no_answer_is_said_in_full() -> None:
    reason = "' zebra' is 2 tokens " * 9
    assert reason.strip() in repr(Untestable(reason, SOURCE)).replace("\n", " ")
    assert "&#39; zebra&#39; is 2 tokens " * 9 in view_html(Untestable(reason, SOURCE))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: view_html(grid_of(3), DETAILS),
            rf"details of shape \(4, {COUNT}, 2\) do not fit",
        ),
        (
            lambda: view_html(GRID, replace(DETAILS, provenance=replace(SOURCE, norm="none"))),
            "but ranks of Provenance",
        ),
        (lambda: replace(DETAILS, tokens=DETAILS.tokens[1:]), "3 layers of"),
        (lambda: replace(DETAILS, tokens=(*DETAILS.tokens[1:], ((),) * COUNT)), "with .0, 2."),
        (lambda: replace(DETAILS, tokens=(*DETAILS.tokens[1:], ())), f"of .0, {COUNT}. tokens"),
        (lambda: replace(DETAILS, probabilities=DETAILS.probabilities + 1), "between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize(
    ("token", "text"),
    [(" Chile", "␣Chile"), ("\n", "\\n"), ("", "(empty)"), ("שלום", "שלום"), ("\u202e", "\\u202e")],
)
def test_tokens_can_be_read(token: str, text: str) -> None:
    assert readable(token) == text
