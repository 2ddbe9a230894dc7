"""The report as a reader sees it: in a browser, from disk, without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from browser import Opened, opened
from made_findings import make_site
from playwright.sync_api import Page

PAGES = (
    "index.html",
    "claims/HS-06-many.html",
    "claims/HS-04.html",
    "claims/HS-06.html",
    "fresh.html",
    "slips.html",
    "figures.html",
    "models.html",
    "explore.html",
    "numbers.html",
    "speed.html",
)
PALE = """() => {
  // Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, level AA).
  const numbers = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return colour.startsWith("color(") ? [r, g, b, a] : [r / 255, g / 255, b / 255, a];
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [1, 1, 1, 1];
  };
  return [...document.querySelectorAll("body *")].filter((element) => {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility()) return false;
    const style = getComputedStyle(element);
    const ink = element.closest("svg") ? style.fill : style.color;
    const [high, low] = [light(numbers(ink)), light(behind(element))].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05) < 4.5;
  }).map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim()}`);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def start(site: Path) -> Iterator[Opened]:
    with opened(site / "index.html") as page:
        yield page


def go(page: Opened, path: Path) -> None:
    page.do(lambda page: page.goto(path.resolve().as_uri()))


def fill(page: Opened, words: str) -> None:
    page.do(lambda page: page.locator("#search").fill(words))


def choose(page: Opened, **choices: str) -> None:
    def choose_all(page: Page) -> None:
        for name, value in choices.items():
            page.locator(f"select[name={name}]").select_option(value)

    page.do(choose_all)


def seen(page: Opened, selector: str) -> list[str]:
    """The texts of the elements that can be seen."""
    all_of_them = "[...document.querySelectorAll(s)].filter(e => e.checkVisibility())"
    found: list[str] = page.script(f"s => {all_of_them}.map(e => e.innerText)", selector)
    return found


@pytest.mark.parametrize(("width", "colours"), [(400, "dark"), (1280, "light")])
def test_every_page_opens_whole_on_every_screen(
    width: int, colours: Literal["light", "dark"], site: Path
) -> None:
    with opened(site / PAGES[0], width=width, colours=colours) as page:
        for name in PAGES:
            go(page, site / name)
            page.script("() => document.querySelectorAll('details').forEach(d => d.open = true)")
            assert page.script("document.documentElement.scrollWidth") <= width, name
            assert page.script(PALE) == [], name
            # All pictures, also those further down that are loaded when one comes to them.
            page.script(
                "() => Promise.all([...document.images].map(i => (i.loading = '', i.decode())))"
            )
        assert page.errors == []
        folder = site.resolve().as_uri()
        assert page.requests
        assert all(address.startswith(f"{folder}/") for address in page.requests)


def test_rows_and_columns_can_be_chosen(start: Opened) -> None:
    def rows() -> list[str]:
        return seen(start, "#matrix tbody th")

    assert rows() == ["EX-09", "EX-20", "HS-04", "HS-06", "HS-06-many"]
    choose(start, topic="hidden states", level="figure")
    assert rows() == ["HS-04", "HS-06"]
    choose(start, verdict="partially")
    assert rows() == ["HS-04", "HS-06"]
    choose(start, subject="smollm2")
    assert rows() == ["HS-06"]  # HS-04 holds in part on the published numbers only
    assert seen(start, ".firm span") == ["SmolLM2, final: 10/10 · 1 ranks"]
    assert seen(start, "#matrix thead th")[3:] == [
        "SmolLM2, none: generalises?", "SmolLM2, final: generalises?",
    ]  # fmt: skip
    choose(start, norm="none")
    assert seen(start, ".firm span") == []
    assert rows() == []
    assert start.text("#matching") == "0 of 5 claims"
    start.click("#filters button")
    start.do(lambda page: page.wait_for_function("!document.querySelector('#matrix tr[hidden]')"))
    assert start.text("#matching") == "5 of 5 claims"
    assert start.errors == []


def test_claims_figures_and_slips_are_found(start: Opened) -> None:
    fill(start, "over MANY claimed")
    assert seen(start, "#found li a") == ["HS-06-many: What is claimed over many texts."]
    fill(start, "heathrow")
    assert seen(start, "#found li span") == ["figure"]
    fill(start, "labelled")
    assert seen(start, "#found li span") == ["slip"]
    fill(start, "no such thing")
    assert start.text("#found") == "Nothing found."
    start.script("SEARCH_INDEX.push(...SEARCH_INDEX)")  # so that there are more than are shown
    fill(start, "a")
    assert len(seen(start, "#found li")) == 12
    start.press("Escape")
    assert not start.script("document.querySelector('#found').checkVisibility()")


def test_what_is_found_opens_from_any_page(site: Path) -> None:
    with opened(site / "claims" / "HS-04.html") as page:
        fill(page, "HS-06-many")
        page.click("#found a")
        page.do(lambda page: page.wait_for_url("**/claims/HS-06-many.html"))
        assert page.text("h1") == "HS-06-many"
        assert page.errors == []


def test_dark_or_light_is_kept_from_page_to_page(start: Opened, site: Path) -> None:
    def paper() -> Any:
        return start.script("getComputedStyle(document.documentElement).backgroundColor")

    light = paper()
    assert start.text("#theme") == "Dark"
    start.click("#theme")
    dark = paper()
    assert dark != light
    go(start, site / "slips.html")
    assert paper() == dark
    assert start.text("#theme") == "Light"
    start.click("#theme")
    assert paper() == light


def test_the_first_tab_leads_past_the_head(start: Opened) -> None:
    start.press("Tab")
    assert start.script("document.activeElement.textContent") == "Skip to the content"
    assert start.script("document.activeElement.getBoundingClientRect().left") >= 0
    start.press("Enter")
    assert start.script("document.activeElement.id") == "main"


def test_all_is_open_on_paper_and_closed_again(site: Path) -> None:
    with opened(site / "claims" / "HS-06-many.html") as page:
        closed = page.count("details:not([open])")
        assert closed
        page.script("dispatchEvent(new Event('beforeprint'))")
        assert page.count("details:not([open])") == 0
        page.script("dispatchEvent(new Event('afterprint'))")
        assert page.count("details:not([open])") == closed


def test_it_reads_without_scripts_and_on_paper(site: Path) -> None:
    with opened(site / "index.html", scripts=False) as page:
        visible = page.do(
            lambda page: [page.locator(s).is_visible() for s in ("#filters", ".tools", "#matrix")]
        )
        assert visible == [False, False, True]
        page.do(lambda page: page.emulate_media(media="print", color_scheme="dark"))
        shown = page.do(
            lambda page: [page.locator(s).first.is_visible() for s in ("header nav", "#matrix")]
        )
        assert shown == [False, True]
