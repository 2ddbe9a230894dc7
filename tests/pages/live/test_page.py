"""The page in a browser, as someone uses it who never wrote Python."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Opened, opened
from served import PATIENCE, ROOT, Served

from replication.pages.live.menu import experiments
from replication.pages.live.settings import KINDS, Settings

HOSTILE = "</textarea><script>window.hit=1</script><b id=injected onclick=hit()>\n'\"&amp;"
LONG = Settings(
    "Counting: 1, 2, 3,",
    given="".join(f" {number}," for number in range(4, 84)),
    words=(" the",),
    show=("ranks", "saliency"),
)
"""The first is answered soon, the second in a minute."""
AGREEMENT = next(
    one.settings for one in experiments() if one.question.published == "watch_keys_cabinet"
)
Colours = Literal["light", "dark"]


@contextmanager
def seen(
    site: Served, query: str = "", width: int = 1280, colours: Colours = "light"
) -> Iterator[Opened]:
    """The page with the settings of a link; nothing goes wrong in it, or leaves this machine."""
    with opened(f"{site.address}?{query}", width=width, colours=colours) as found:
        yield found
        assert found.errors == []
        assert found.requests == []


def typed(seen: Opened, name: str, text: str) -> None:
    seen.do(lambda page: page.locator(f"[name={name}]").fill(text))


def ticked(seen: Opened, *kinds: str) -> None:
    def tick(page: Any) -> None:
        for box in KINDS:
            page.locator(f"[value={box}]").set_checked(box in kinds)

    seen.do(tick)


def asked(seen: Opened) -> str:
    """What stands in the line of the status once all is worked out."""
    seen.click("#ask")
    return ended(seen)


def ended(seen: Opened) -> str:
    """The same for what is already asked."""
    seen.do(lambda page: page.wait_for_selector("#stop:disabled"))
    return seen.text("#status")


def cells(seen: Opened, place: str) -> list[list[str]]:
    """The numbers of the last view in a place."""
    read = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
    rows = f"#{place} .result-view >> nth=-1 >> table.heat tbody tr"
    return seen.do(lambda page: page.locator(rows).evaluate_all(read))


def panel(norm: str) -> dict[str, Any]:
    """What the figure has of the keys and the cabinet."""
    figure = json.loads((ROOT / "figures" / "smollm2" / "agreement.json").read_text("utf-8"))
    return next(
        one
        for one in figure["panels"]
        if one["question"]["published"] == "watch_keys_cabinet"
        and (one["provenance"]["norm"], one["provenance"]["kind"]) == (norm, "registry")
    )


def test_from_a_prompt_to_its_picture(site: Served) -> None:
    with seen(site) as found:
        typed(found, "prompt", "The keys to the cabinet")
        typed(found, "words", " is\n are")
        ticked(found, "ranks", "top")
        assert asked(found).startswith("2 of 2 answers, in ")
        ranks = [[int(cell) for cell in row if "k" not in cell] for row in cells(found, "ranks-0")]
        expected = [[rank for rank in row if rank < 1000] for row in panel("final")["ranks"]]
        assert ranks == expected
        assert found.count("#top-0 .result-view") == 1
        assert found.count("#saliency-0") == 0
        settings = Settings("The keys to the cabinet", words=(" is", " are"), show=("ranks", "top"))
        link = f"{site.address}?{settings.query}"
        assert found.script("location.href") == link
        assert found.script("document.querySelector('#link').href") == link


def test_a_link_asks_by_itself_and_goes_back(site: Served) -> None:
    with seen(site, AGREEMENT.query) as found:
        assert ended(found).startswith("1 of 1 answers")
        typed(found, "second", "The key to the cabinets")
        assert asked(found).startswith("2 of 2 answers")

        def back(page: Any) -> None:
            with page.expect_event("load"):
                page.go_back()

        found.do(back)
        assert ended(found).startswith("1 of 1 answers")
        assert found.script("document.querySelector('#second').value") == ""


def test_an_experiment_shows_published_and_measured_with_the_verdict(site: Served) -> None:
    with seen(site) as found:
        found.click(".menu summary")
        name = "The keys to the cabinet"
        found.do(lambda page: page.get_by_role("link", name=name, exact=True).click())
        ended(found)
        sources = found.do(lambda page: page.locator("#ranks-0 .source").all_inner_texts())
        assert ["published: " in sources[0], "smollm2: " in sources[1]] == [True, True]
        verdicts = found.text("#answers .verdicts")
        assert "HS-14 After" in verdicts
        assert "✓ holds" in verdicts
        # Another text has no verdict.
        typed(found, "prompt", "The keys to the cabinets of")
        asked(found)
        assert found.count(".verdicts") == 0
        assert found.count("#ranks-0 .result-view") == 1


def test_two_prompts_stand_beside_each_other(site: Served) -> None:
    settings = Settings("The keys", second="The key", words=(" is",), show=("ranks",))
    with seen(site, settings.query) as found:
        assert ended(found).startswith("2 of 2 answers")
        boxes = found.do(
            lambda page: [page.locator(f"#ranks-{each}").bounding_box() for each in (0, 1)]
        )
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
        assert found.text("#ranks-0 h3") == "The keys"
        assert found.text("#ranks-1 .prompt") == "The key"
        assert cells(found, "ranks-0") != cells(found, "ranks-1")


def test_a_long_run_is_stopped(site: Served) -> None:
    others = site.workers()
    with seen(site, LONG.query) as found:
        found.do(lambda page: page.wait_for_selector("#ranks-0 .result-view"))
        assert found.text("#status") == "Working on what each token rests on, 2 of 2."
        (worker,) = (one for one in site.workers() if one not in others)
        found.click("#stop")
        assert ended(found) == "Stopped."
        worker.wait(PATIENCE)
        assert found.text("#saliency-0 .view") == "Not worked out."
        assert found.count("#ranks-0 .result-view") == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("prompt", "", "the prompt is empty: type at least one character"),
        ("prompt", "a" * 100_000, "the prompt has 100,000 characters: expected at most 4,000"),
        ("words", "\n".join("abcdefghij"), "10 words to watch: expected at most 8"),
    ],
)
def test_bad_input_is_told(site: Served, name: str, text: str, told: str) -> None:
    with opened(site.address) as found:
        typed(found, "prompt", "The keys")
        typed(found, name, text)
        assert asked(found) == told
        assert found.script("location.search") == ""
        assert found.count("article") == 0


def test_a_word_of_several_tokens_is_told_and_the_rest_answered(site: Served) -> None:
    settings = Settings("The keys", words=(" unbelievably so",), show=("ranks", "top"))
    with seen(site, settings.query) as found:
        assert ended(found).startswith("1 of 2 answers")
        assert found.text("#ranks-0 .fault").startswith("' unbelievably so' is ")
        assert found.count("#top-0 .result-view") == 1
        assert found.do(lambda page: page.locator("#ranks-0 .save").is_hidden())


def test_a_prompt_stays_text(site: Served) -> None:
    settings = Settings(HOSTILE, second=f"\n {HOSTILE}", words=(" a",), show=("ranks", "top"))
    with seen(site, settings.query) as found:
        assert ended(found).startswith("4 of 4 answers")
        assert found.count("#injected") == 0
        assert found.script("window.hit") is None
        assert found.script("document.querySelector('#prompt').value") == HOSTILE
        assert found.script("document.querySelector('#second').value") == f"\n {HOSTILE}"
        assert found.script("document.querySelector('#ranks-0 h3').textContent") == HOSTILE
        assert repr(HOSTILE) in found.script("document.querySelector('#cell').textContent")


@pytest.mark.parametrize(
    ("format", "begins"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), ("json", b"{"), ("html", b"<!doctype html>")],
)
def test_answers_are_saved(site: Served, tmp_path: Path, format: str, begins: bytes) -> None:
    with seen(site, AGREEMENT.query) as found:
        ended(found)

        def save(page: Any) -> str:
            with page.expect_download() as saved:
                page.locator(f"[data-format={format}]").click()
            saved.value.save_as(tmp_path / "saved.html")
            return str(saved.value.suggested_filename)

        name = "answers.html" if format == "html" else f"ranks-0.{format}"
        assert found.do(save) == name
        assert ended(found) == f"Saved as {name}."
    content = (tmp_path / "saved.html").read_bytes()
    assert content.startswith(begins)
    if format == "html":
        with opened(tmp_path / "saved.html") as kept:
            assert kept.count(".result-view") == 2
            assert kept.errors == kept.requests == []


def test_the_cell_for_a_notebook_is_shown(site: Served) -> None:
    with seen(site, AGREEMENT.query) as found:
        ended(found)
        found.click("#saved summary")
        cell = found.text("#cell")
        assert "case = Case(subject('smollm2'), 'final')" in cell
        assert "Text('The keys to the cabinet'), (' is', ' are'), published=" in cell


def test_it_is_used_by_keyboard(site: Served) -> None:
    with seen(site, Settings(show=("ranks",)).query) as found:
        found.do(lambda page: page.locator(".menu summary").focus())
        found.press("Enter")  # opens the menu, whose links would come first
        assert found.script("document.querySelector('.menu').open")
        found.press("Enter")

        def typed_in_order(page: Any) -> None:
            for text in ("The keys", "", "2", " is"):
                page.keyboard.press("Tab")
                page.keyboard.insert_text(text)

        found.do(typed_in_order)
        focused = "document.activeElement.id"
        assert found.script(focused) == "words"
        while found.script(focused) != "ask":
            found.press("Tab")
        found.press("Enter")
        assert ended(found).startswith("1 of 1 answers")
        assert found.script(focused) == "ask"
        assert found.count("#ranks-0 .result-view") == 1


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(site: Served, width: int, colours: Colours) -> None:
    """Neither in the empty page nor beside answers; and it fits a phone."""
    settings = Settings("The keys", second="The key", factors=2)
    for query in ("", settings.query, AGREEMENT.query):
        with seen(site, query, width, colours) as found:
            if query:
                ended(found)
            assert found.script("document.documentElement.scrollWidth") <= width
            result = found.do(lambda page: Axe().run(page))
            serious = [
                (each["id"], [node["html"] for node in each["nodes"]])
                for each in result.response["violations"]
                if each["impact"] in ("serious", "critical")
            ]
            assert serious == []


def test_without_scripts_it_says_what_it_needs(site: Served) -> None:
    with opened(site.address, scripts=False) as found:
        assert "This page needs scripts" in found.text()
