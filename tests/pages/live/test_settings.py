"""Settings are links, and what the page does not take is told in a sentence."""

import re

import pytest

from replication.pages.live.settings import KINDS, Settings
from replication.questions.attention import AttentionOf
from replication.questions.lens import RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.neurons import FactorsOf
from replication.questions.question import Text
from replication.questions.saliency import SaliencyOf

FULL = Settings(
    prompt="\n 1, 2,\n<b>&é שלום ",
    given=" 3",
    generate=7,
    words=(" is", " are"),
    second="+ % ",
    model="gemma3",
    norm="none",
    factors=3,
    layers="3-7",
    show=("ranks", "factors"),
)


@pytest.mark.parametrize("settings", [Settings(), Settings("The keys"), FULL])
def test_a_link_holds_all_settings(settings: Settings) -> None:
    assert Settings.of(settings.query) == settings


def test_a_form_is_read_as_a_link() -> None:
    """Browsers send every field, lines ended as in mail, and a name for each box that is ticked."""
    sent = "prompt=a%0D%0Ab&given=&generate=2&words=+is%0D%0A%0D%0A+are&show=factors&show=ranks"
    expected = Settings("a\nb", generate=2, words=(" is", " are"), show=("ranks", "factors"))
    assert Settings.of(sent) == expected
    assert Settings.of("prompt=a", "gemma3").model == "gemma3"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"prompt={'a' * 100_000}", "the prompt has 100,000 characters: expected at most 4,000"),
        (f"second={'a' * 4_001}", "the second prompt has 4,001 characters"),
        (f"given={'a' * 2_001}", "the continuation has 2,001 characters"),
        ("generate=51", "continue by is 51: expected 0 to 50"),
        ("generate=-1", "continue by is '-1': expected a number"),
        ("factors=0", "the number of factors is 0: expected 1 to 20"),
        ("factors=1e3", "the number of factors is '1e3': expected a number"),
        ("&".join(["words=a"] * 9), "9 words to watch: expected at most 8"),
        (f"words={'a' * 61}", "a word to watch has 61 characters: expected one token"),
        ("norm=loud", "unknown reading 'loud': expected one of none, final, tuned"),
        ("show=ranks&show=<b>", "unknown answer '<b>': expected one of ranks, top"),
        ("show=all", "unknown answer 'all'"),
        ("layers=7-3", "cannot read '7-3': expected a number or a range"),
        ("colour=red", "unknown setting 'colour': expected some of prompt, given"),
        ("prompt=%ff", "expected UTF-8, and at most 40 of them"),
        ("&".join(["words=a"] * 41), "at most 40 of them"),
    ],
)
def test_what_the_page_does_not_take_is_told(query: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Settings.of(query)


def test_nothing_to_read_is_told() -> None:
    with pytest.raises(ValueError, match="the prompt is empty"):
        Settings().check_prompt()


def test_each_kind_asks_of_each_prompt() -> None:
    settings = Settings("a", generate=0, second="b", factors=2, layers="0-1")
    asked = {kind: list(settings.questions(kind)) for kind in KINDS}
    assert asked == {
        "ranks": [RanksOf(Text("a", generate=1)), RanksOf(Text("b", generate=1))],
        "top": [TopTokensOf(Text("a")), TopTokensOf(Text("b"))],
        "saliency": [SaliencyOf(Text("a", generate=1)), SaliencyOf(Text("b", generate=1))],
        "factors": [FactorsOf(Text(one), 2, layers=(0, 1)) for one in "ab"],
        "attention": [AttentionOf(Text("a")), AttentionOf(Text("b"))],
    }
    watched = Settings("a", given=" c", words=(" x",))
    assert list(watched.questions("ranks")) == [WatchedRanksOf(Text("a", " c"), (" x",))]
    assert list(watched.questions("saliency")) == [SaliencyOf(Text("a", " c"))]
