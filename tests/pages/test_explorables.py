"""The interactive views, used in a browser without a network: they show their results' numbers."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Opened, opened
from matplotlib.colors import LogNorm, to_rgb

from replication.figures.drawing.cells import RANK_COLOURS, percent
from replication.pages.explorables import (
    factors_fragment,
    rank_grid_fragment,
    saliency_fragment,
)
from replication.pages.fragments import MOST_CELLS, Fragment, page, readable
from replication.results.factors import Factors
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopGrid
from replication.results.saliency import Saliency

HOSTILE = (
    *("<b id=injected>", "</script><script>window.hit=1</script>", "'\"", "\n", "שלום"),
    *("$x$", "&amp;", "{{ 7*7 }}", " a", "\u202e", "", "<!--", "x" * 300),
)
COUNT = len(HOSTILE)
SOURCE = Provenance("tiny", "registry", "Tiny <i>", "float32", "0", "final", "<bos>", "p <b>\nשלום")
RANDOM = np.random.default_rng(0)


def grid_of(layers: int, tokens: tuple[str, ...] = HOSTILE) -> RankGrid:
    ranks = RANDOM.integers(1, 50001, (layers, len(tokens)))
    ranks[-1] = 1
    return RankGrid(ranks, tokens, "continuation", 50000, SOURCE)


def saliency_of(n_input: int) -> Saliency:
    shares = np.tril(RANDOM.random((COUNT - n_input, COUNT - 1)) + 0.01, n_input - 1)
    shares /= shares.sum(axis=1, keepdims=True)
    return Saliency(shares, HOSTILE, n_input, "gradient x input", "logit", SOURCE)


GRID = grid_of(4)
DETAILS = TopGrid(
    tokens=(((" best", "</td><b id=injected>"),) * COUNT,) * 3 + (((HOSTILE[1], "\n"),) * COUNT,),
    probabilities=np.sort(RANDOM.random((4, COUNT, 2)) / 2)[..., ::-1],
    provenance=SOURCE,
)
SALIENCY = saliency_of(n_input=9)
FACTORS = Factors(RANDOM.random((3, COUNT)), HOSTILE, COUNT - 2, (0,), None, SOURCE)
EVERY_VIEW = [rank_grid_fragment(GRID, DETAILS), saliency_fragment(SALIENCY)]
EVERY_VIEW += [factors_fragment(FACTORS), factors_fragment(replace(FACTORS, n_input=COUNT))]
NAMES = [readable(token) for token in HOSTILE]
RANKS, STRIP, FACTOR_VIEW = (f".explorable >> nth={number} >> " for number in range(3))


def json_of(fragment: Fragment) -> dict[str, Any]:
    """What a view's script reads."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', fragment.html, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page with every view."""
    path = tmp_path_factory.mktemp("page") / "views.html"
    path.write_text(page(EVERY_VIEW, "All <b id=injected>"), "utf-8")
    return path


@pytest.fixture(scope="module")
def views(written: Path) -> Iterator[Opened]:
    with opened(written) as seen:
        ready(seen)
        yield seen
        assert seen.errors == []
        assert seen.requests == []


def ready(seen: Opened) -> None:
    """Wait until all views of a page are drawn."""
    waiting = "document.querySelectorAll('.explorable:not([data-ready])').length"
    seen.do(lambda page: page.wait_for_function(f"{waiting} == 0"))


def marks(view: str, layer: int) -> str:
    """The marks of one layer of a view's chart."""
    return f"{view}[class$='_{layer}_marks']"


def texts(seen: Opened, selector: str) -> list[str]:
    return seen.do(lambda page: page.locator(selector).all_inner_texts())


def shading(seen: Opened, view: str) -> list[float]:
    """How strongly each token of a strip is shaded, 0 to 1."""
    read = "tokens => tokens.map(t => Number(t.style.getPropertyValue('--share')))"
    return seen.do(lambda page: page.locator(f"{view}.strip .token").evaluate_all(read))


def test_the_page_has_the_numbers_of_the_results() -> None:
    ranks, shares, factors = (json_of(view) for view in EVERY_VIEW[:3])
    columns = ranks["data"]["values"]
    assert np.array([column["rank"] for column in columns]).T.tolist() == GRID.ranks.tolist()
    shown_probabilities = np.array([column["probability"] for column in columns])
    np.testing.assert_array_equal(shown_probabilities.swapaxes(0, 1), DETAILS.probabilities)
    assert shares["rows"] == [SALIENCY.row(number).tolist() for number in range(COUNT - 9)]
    rows = factors["data"]["values"]
    assert [row["activity"] for row in rows] == FACTORS.activity.tolist()
    assert [row["highest"] for row in rows] == FACTORS.activity.max(axis=1).tolist()


@pytest.mark.parametrize(("layer", "column"), [(0, 0), (1, 2), (2, 4), (3, COUNT - 1), (3, 1)])
def test_a_cell_tells_what_it_holds(views: Opened, layer: int, column: int) -> None:
    views.hover(f"{marks(RANKS, 0)} path", column * GRID.layers + layer)
    views.do(lambda page: page.wait_for_selector("#vg-tooltip-element.visible"))
    told = zip(
        texts(views, "#vg-tooltip-element .key"),
        texts(views, "#vg-tooltip-element .value"),
        strict=True,
    )
    best = zip(DETAILS.tokens[layer][column], DETAILS.probabilities[layer, column], strict=True)
    lines = [f"{readable(token)}   {percent(share)}" for token, share in best]
    rank = f"{GRID.ranks[layer, column]:,}"
    expected = {"token": NAMES[column], "layer": str(layer), "rank": rank}
    assert dict(told) == expected | {"1.": lines[0], "2.": lines[1]}
    said = views.text(f"{RANKS}.said")
    assert said.startswith(f"Layer {layer}, token {column + 1} “{NAMES[column]}”: rank {rank}")
    assert texts(views, f"{RANKS}.said bdi") == [readable(t) for t in DETAILS.tokens[layer][column]]


def test_cells_have_the_figures_colours_and_a_readable_number(views: Opened) -> None:
    style = "(paths, name) => paths.map(path => getComputedStyle(path)[name])"

    def colours(layer: int, kind: str) -> np.ndarray:
        where = f"{marks(RANKS, layer)} {kind}"
        found = views.do(lambda page: page.locator(where).evaluate_all(style, "fill"))
        return np.array([[*map(int, re.findall(r"\d+", fill)[:3])] for fill in found]) / 255

    ranks = GRID.ranks.T.ravel()
    expected = RANK_COLOURS(LogNorm(1, 50000)(ranks))[:, :3]
    np.testing.assert_allclose(colours(0, "path"), expected, atol=0.03)
    ink = colours(1, "text")
    assert (ink[ranks == 1] == to_rgb("white")).all()
    assert (ink[ranks > 20000] == to_rgb("black")).all()
    short = [f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k" for rank in ranks]
    labels = [str(rank) if rank < 1000 else short[place] for place, rank in enumerate(ranks)]
    written = views.do(lambda page: page.locator(f"{marks(RANKS, 1)} text").all_text_contents())
    assert written == labels


def test_the_grid_is_reached_by_keyboard(views: Opened) -> None:
    views.do(lambda page: page.locator(f"{RANKS}input[name=cell_layer]").focus())
    views.press("Home")
    views.do(lambda page: page.locator(f"{RANKS}input[name=cell_number]").focus())
    views.press("Home")
    views.press("ArrowRight")
    rank = f"{GRID.ranks[0, 1]:,}"
    assert views.text(f"{RANKS}.said").startswith(f"Layer 0, token 2 “{NAMES[1]}”: rank {rank}")


@pytest.mark.parametrize("generated", [2, 0, COUNT - 10])
def test_an_output_token_shades_what_it_owes_to(views: Opened, generated: int) -> None:
    views.hover(f"{STRIP}.token", 9 + generated)
    row = SALIENCY.row(generated)
    later = [0.0] * (COUNT - len(row))
    assert shading(views, STRIP) == pytest.approx([*row / row.max(), *later])
    assert texts(views, f"{STRIP}small") == [*map(percent, row), *[""] * len(later)]
    best = np.argsort(-row)[:3]
    listed = ", ".join(f"“{NAMES[token]}” {percent(row[token])}" for token in best)
    assert views.text(f"{STRIP}.said") == f"“{NAMES[9 + generated]}” owes most to {listed}"


def test_output_tokens_are_reached_by_keyboard_and_by_tap(views: Opened) -> None:
    views.click(f"{STRIP}.token", 10)
    assert shading(views, STRIP)[:10] == pytest.approx(SALIENCY.row(1) / SALIENCY.row(1).max())
    views.press("ArrowRight")
    assert shading(views, STRIP)[:11] == pytest.approx(SALIENCY.row(2) / SALIENCY.row(2).max())
    pressed = f"{STRIP}.token[aria-pressed=true]"
    assert views.count(pressed) == views.count(f"{STRIP}.token[tabindex='0']") == 1
    views.hover(f"{STRIP}.token", 3)  # an input token has nothing to tell
    assert texts(views, f"{pressed} >> bdi") == [NAMES[11]]


@pytest.mark.parametrize(("factor", "place"), [(1, 4), (2, 0), (0, COUNT - 1)])
def test_a_sparkline_lights_up_the_text(views: Opened, factor: int, place: int) -> None:
    views.hover(f"{marks(FACTOR_VIEW, 3)} path", factor * COUNT + place)
    row = FACTORS.activity[factor]
    assert shading(views, FACTOR_VIEW) == pytest.approx(list(row / row.max()))
    told = [str(factor + 1), NAMES[place], f"{row[place]:.3g}"]
    assert texts(views, "#vg-tooltip-element.visible .value") == told
    assert marked(views) == place
    said = f"Factor {factor + 1} at token {place + 1} “{NAMES[place]}”: "
    assert views.text(f"{FACTOR_VIEW}.said").startswith(said)


def marked(views: Opened) -> int:
    """The token whose place is marked on all sparklines."""
    middle = "paths => paths.map(p => p.getBoundingClientRect()).map(b => b.left + b.width / 2)"

    def middles(selector: str) -> list[float]:
        return views.do(lambda page: page.locator(selector).evaluate_all(middle))

    lines = middles(f"{marks(FACTOR_VIEW, 1)} line")
    assert len(lines) == len(FACTORS.activity)
    assert np.ptp(lines) == 0
    places = middles(f"{marks(FACTOR_VIEW, 3)} path")[:COUNT]
    return int(np.abs(np.array(places) - lines[0]).argmin())


def test_a_token_marks_its_place_and_a_factor_is_chosen_by_keyboard(views: Opened) -> None:
    views.hover(f"{FACTOR_VIEW}.token", 7)
    assert marked(views) == 7
    views.click(f"{FACTOR_VIEW}.token", 5)
    views.press("ArrowLeft")
    assert marked(views) == 4
    views.click(f"{FACTOR_VIEW}input[type=radio]", 0)
    views.press("ArrowDown")
    assert shading(views, FACTOR_VIEW) == pytest.approx(
        list(FACTORS.activity[1] / FACTORS.activity[1].max())
    )
    assert marked(views) == 4


def test_views_on_one_page_leave_each_other_alone(views: Opened) -> None:
    other = ".explorable >> nth=3 >> "
    views.click(f"{FACTOR_VIEW}input[type=radio]", 2)
    views.click(f"{other}input[type=radio]", 0)
    assert shading(views, FACTOR_VIEW) != shading(views, other)
    assert views.count(f"{FACTOR_VIEW}input:checked") == views.count(f"{other}input:checked") == 1
    # The first has generated tokens, so a dotted line before them.
    assert views.count(f"{FACTOR_VIEW}line[stroke-dasharray]") == 1
    assert views.count(f"{other}line[stroke-dasharray]") == 0


def test_tokens_stay_text(views: Opened) -> None:
    for view in (STRIP, FACTOR_VIEW):
        assert texts(views, f"{view}.strip bdi") == NAMES
    heads = views.do(lambda page: page.locator(f"{RANKS}th[scope=col]").all_text_contents())
    assert heads == ["layer", *NAMES]
    assert views.text(f"{RANKS}.prompt") == SOURCE.prompt
    assert views.text("h1") == "All <b id=injected>"
    provenance = "tiny: Tiny <i>, float32; norm: final; start token: <bos>"
    assert views.text(f"{RANKS}.provenance") == provenance
    assert views.count("#injected") == 0
    assert views.script("window.hit") is None
    assert views.count("script") == 2 + len(EVERY_VIEW)  # Vega's once, ours once


def test_nothing_moves_under_the_pointer(written: Path) -> None:
    """Else another token comes under it, and the page flickers."""
    places = "tokens => tokens.map(token => [token.offsetLeft, token.offsetTop])"
    with opened(written, width=400) as seen:
        ready(seen)
        before = seen.do(lambda page: page.locator(f"{STRIP}.token").evaluate_all(places))
        for token in range(9, COUNT):
            seen.hover(f"{STRIP}.token", token)
            after = seen.do(lambda page: page.locator(f"{STRIP}.token").evaluate_all(places))
            assert after == before


def test_a_dark_phone_and_paper(written: Path) -> None:
    with opened(written, width=400, colours="dark") as seen:
        ready(seen)
        assert seen.script("document.documentElement.scrollWidth") == 400
        assert seen.script("getComputedStyle(document.querySelector('h1')).color") == (
            seen.script(
                "getComputedStyle(document.querySelector('svg .role-axis-label text')).fill"
            )
        )
        seen.do(lambda page: page.emulate_media(media="print"))
        assert seen.script("document.documentElement.scrollWidth") == 400
        assert seen.errors == []


def test_without_scripts_the_table_has_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page([saliency_fragment(SALIENCY)], "title"), "utf-8")
    with opened(path, scripts=False) as seen:
        seen.click("summary")
        row = texts(seen, "tbody tr >> nth=2 >> td")
    assert row == [percent(share) for share in SALIENCY.row(2)]


def test_tables_have_the_numbers(views: Opened) -> None:
    def table(view: str) -> list[list[str]]:
        read = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        return views.do(lambda page: page.locator(f"{view}tbody tr").evaluate_all(read))

    assert table(RANKS) == [[str(n), *map(str, row)] for n, row in enumerate(GRID.ranks)]
    assert [row[2] for row in table(FACTOR_VIEW)] == [f"{v:.3g}" for v in FACTORS.activity[1]]


def test_the_scripts_of_charts_come_once_and_only_with_charts() -> None:
    whole = page(EVERY_VIEW, "title")
    assert whole.count("window.vegaEmbed") == 1
    assert len(page([saliency_fragment(SALIENCY)], "title")) < 40_000
    assert "vegaEmbed=" not in page([saliency_fragment(SALIENCY)], "title")
    for part in (rank_grid_fragment(GRID), factors_fragment(FACTORS)):
        made = page([part], "title")
        assert made.count("window.vegaEmbed") == 1
        assert made.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: rank_grid_fragment(grid_of(2, ("a",) * (MOST_CELLS // 2 + 1))),
            "2 x 10001 = 20002",
        ),
        (lambda: rank_grid_fragment(grid_of(2, ())), "2 x 0 = 0 cells, expected 1 to 20000"),
        (lambda: saliency_fragment(saliency_of(COUNT)), "saliency: 0 x"),
        (
            lambda: factors_fragment(
                Factors(np.ones((1, 20001)), ("a",) * 20001, 1, (), None, SOURCE)
            ),
            "factors: 1 x 20001",
        ),
        (
            lambda: rank_grid_fragment(grid_of(3), DETAILS),
            r"details of shape \(4, 13, 2\) do not fit",
        ),
        (
            lambda: rank_grid_fragment(
                GRID, replace(DETAILS, provenance=replace(SOURCE, norm="none"))
            ),
            "but ranks of Provenance",
        ),
        (lambda: replace(DETAILS, tokens=DETAILS.tokens[1:]), "3 layers of"),
        (lambda: replace(DETAILS, tokens=(*DETAILS.tokens[1:], ((),) * COUNT)), "with .0, 2."),
        (lambda: replace(DETAILS, tokens=(*DETAILS.tokens[1:], ())), "of .0, 13. tokens"),
        (lambda: replace(DETAILS, probabilities=DETAILS.probabilities + 1), "between 0 and 1"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize(
    ("token", "text"),
    [(" Chile", "␣Chile"), ("\n", "\\n"), ("", "(empty)"), ("שלום", "שלום"), ("\u202e", "\\u202e")],
)
def test_tokens_can_be_read(token: str, text: str) -> None:
    assert readable(token) == text
