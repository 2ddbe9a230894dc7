"""Pages of attention, as a reader with a browser and no network sees them."""

import hashlib
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from browser import Opened, opened

from replication.pages import attention
from replication.pages.attention import head_view, model_view, neuron_view
from replication.results.attention import Attention, QueriesAndKeys
from replication.results.provenance import Provenance

TOKENS = (
    "",
    " keys",
    "</script>",
    "<b>bold</b>",
    "<!--<script",
    "\"'`&lt;",
    "\\n",
    "\n",
    "שלום",
    "\u202e",
    " Ġ</w>",
    "uncharacteristically",
)
READABLE = [
    "<start>",
    "␣keys",
    "</script>",
    "<b>bold</b>",
    "<!--<script",
    "\"'`&lt;",
    "\\n",
    "\\n",
    "שלום",
    "\\u202e",
    "␣Ġ</w>",
    "uncharacter…",
]
LAYERS, HEADS, SIZE, SCALING = 4, 3, 8, 0.5
INJECTED = '</code></script><script>window.injected = 1</script><img src="https://example.com/x">'
Colours = Literal["light", "dark"]


def vectors_of(tokens: tuple[str, ...], layers: int = LAYERS) -> QueriesAndKeys:
    """Random vectors, and the attention that they make."""
    drawn = np.random.default_rng(0).normal(size=(2, layers, HEADS, len(tokens), SIZE))
    queries, keys = drawn.round(2)
    powers = np.tril(np.exp(SCALING * queries @ keys.swapaxes(-1, -2)))
    model = f"toy{INJECTED}"
    source = Provenance("toy", "control", model, "random", "0", None, "<start>", INJECTED)
    attention = Attention(powers / powers.sum(axis=-1, keepdims=True), tokens, source)
    return QueriesAndKeys(queries, keys, np.full(layers, SCALING), attention)


VECTORS = vectors_of(TOKENS)
VIEWS: dict[str, Callable[..., str]] = {
    "head": lambda **chosen: head_view(VECTORS.attention, **chosen),
    "model": lambda **chosen: model_view(VECTORS.attention, **chosen),
    "neuron": lambda **chosen: neuron_view(VECTORS, **chosen),
}


def written(folder: Path, html: str) -> Path:
    path = folder / "view.html"
    path.write_text(html, "utf-8")
    return path


def drawn(page: Opened) -> None:
    page.do(lambda page: page.wait_for_selector("#vis svg"))


def open_cell(page: Opened, which: int) -> None:
    """Click a cell of the model view."""
    page.do(lambda page: page.locator(".attn_background").nth(which).click(force=True))


def texts(page: Opened, selector: str) -> list[str]:
    return page.script("s => [...document.querySelectorAll(s)].map(e => e.textContent)", selector)


def styles(page: Opened, selector: str, name: str) -> list[str]:
    return page.script(
        "([s, n]) => [...document.querySelectorAll(s)].map(e => getComputedStyle(e)[n])",
        [selector, name],
    )


def numbers(page: Opened, selector: str, name: str) -> list[float]:
    """The values of an attribute."""
    return page.script(
        "([s, n]) => [...document.querySelectorAll(s)].map(e => +e.getAttribute(n))",
        [selector, name],
    )


def brightness(colour: str) -> int:
    """Of ``rgb(...)``: from 0, black, to 765, white."""
    return sum(map(int, re.findall(r"\d+", colour)))


@pytest.mark.parametrize("view", list(VIEWS))
def test_a_page_names_nothing_to_fetch(view: str) -> None:
    html = VIEWS[view]()
    own = html.replace(INJECTED, "")
    assert not re.search(r"<(script|link|img|iframe|source)\b[^>]*\b(src|href)\s*=", own)
    assert "cdnjs" not in html
    assert INJECTED not in html
    assert html == VIEWS[view]()
    for holder in ("Mike Bostock", "OpenJS", "Copyright jQuery Foundation", "Apache License"):
        assert holder in html


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_view_draws_offline_and_can_be_read(view: str, colours: Colours, tmp_path: Path) -> None:
    with opened(written(tmp_path, VIEWS[view]()), colours=colours) as page:
        drawn(page)
        if view == "model":
            open_cell(page, 4)
        assert page.count("#vis svg line") >= HEADS * len(TOKENS)
        shown = texts(page, "#vis svg text")
        assert all(shown.count(token) >= 2 for token in READABLE)
        assert page.script("window.injected") is None
        assert page.count("#vis b, img") == 0
        assert INJECTED in page.text(".source code")
        inks = set(map(brightness, styles(page, "#vis svg text", "fill")))
        (paper,) = map(brightness, styles(page, ":root", "backgroundColor"))
        assert all(abs(ink - paper) > 400 for ink in inks)
        assert (paper < 100) == (colours == "dark")
        assert page.errors == []
        assert page.requests == []


def test_pointing_at_a_token_of_the_head_view_shows_its_lines(tmp_path: Path) -> None:
    html = head_view(VECTORS.attention, layers=[1, 3], heads=[2, 0])
    assert "heads 2, 0 of the layer" in html
    with opened(written(tmp_path, html)) as page:
        drawn(page)
        assert texts(page, "#layer option") == ["1", "3"]
        assert page.count("#attention line") == 2 * len(TOKENS) ** 2
        assert page.count("line[visibility=visible]") == 0
        page.do(lambda page: page.locator("#layer").select_option("3"))
        page.hover("#left text", 4)
        assert page.count("line[visibility=visible]") == 2 * len(TOKENS)
        assert page.count("line[visibility=visible][left-token-index='4']") == 2 * len(TOKENS)
        boxes = styles(page, "#right .attentionBoxes [head-index='1'] rect", "opacity")
        weights = VECTORS.attention.weights[3, 0, 4]
        np.testing.assert_allclose(np.array(boxes, dtype=float), weights, atol=6e-4)
        assert page.errors == []


def test_clicking_a_cell_of_the_model_view_opens_it(tmp_path: Path) -> None:
    html = model_view(VECTORS.attention, layers=[1, 3], heads=[0, 2])
    with opened(written(tmp_path, html)) as page:
        drawn(page)
        assert page.count(".attn_background") == 4
        assert page.count(".detail") == 0
        open_cell(page, 3)
        assert texts(page, "text.detail") == ["Layer 3, Head 2"]
        lines = numbers(page, ".detail .attn-line-group line", "stroke-opacity")
        weights = VECTORS.attention.weights[3, 2].flatten()
        np.testing.assert_allclose(lines, weights, atol=6e-4)
        page.do(lambda page: page.locator("g.detail .highlight").nth(5).hover(force=True))
        opacities = styles(page, ".attn-line-group", "opacity")
        assert [float(opacity) for opacity in opacities] == [i == 5 for i in range(len(TOKENS))]
        assert page.errors == []


def test_the_neuron_view_shows_what_a_weight_is_made_of(tmp_path: Path) -> None:
    with opened(written(tmp_path, neuron_view(VECTORS, layers=[1, 3], heads=[2]))) as page:
        drawn(page)
        assert texts(page, "#layer option") == ["1", "3"]
        assert texts(page, "#att_head option") == ["2"]
        page.do(lambda page: page.locator("#layer").select_option("3"))
        assert set(styles(page, "#expanded, #queries", "visibility")) == {"hidden"}
        page.hover("#collapsed #leftText .token", 4)
        sign = "#collapsed #leftText g:nth-child(5) .plus-sign + rect"
        page.do(lambda page: page.locator(sign).click())
        page.hover("#expanded #leftText .token", 4)
        assert set(styles(page, "#expanded, #queries, #keys", "visibility")) == {"visible"}
        shown = numbers(page, "#keys .element", "data-value")
        np.testing.assert_allclose(shown, VECTORS.keys[3, 2].flatten(), atol=1e-6)
        products = numbers(page, "#dotproducts rect", "data-value")
        expected = SCALING * VECTORS.keys[3, 2] @ VECTORS.queries[3, 2, 4]
        np.testing.assert_allclose(products, expected, atol=0.02)
        seen = styles(page, "#product .vector", "opacity")
        assert [float(opacity) for opacity in seen] == [i <= 4 for i in range(len(TOKENS))]
        attended = styles(page, "#expanded #rightText .highlight", "opacity")
        weights = VECTORS.attention.weights[3, 2, 4]
        np.testing.assert_allclose(np.array(attended, dtype=float), weights, atol=6e-4)
        assert page.errors == []


def test_a_page_without_scripts_says_so(tmp_path: Path) -> None:
    with opened(written(tmp_path, VIEWS["head"]()), scripts=False) as page:
        assert "does not run" in page.text()


@pytest.mark.parametrize("view", list(VIEWS))
def test_layers_and_heads_that_are_not_there_are_refused(view: str) -> None:
    with pytest.raises(ValueError, match=r"layers \[0, 4\]: expected one or more of 0 to 3"):
        VIEWS[view](layers=[0, 4])
    with pytest.raises(ValueError, match=r"heads \[-1\]: expected one or more of 0 to 2"):
        VIEWS[view](heads=[-1])
    with pytest.raises(ValueError, match=r"layers \[\]"):
        VIEWS[view](layers=[])


def test_more_than_a_browser_draws_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    long = vectors_of((" x",) * 250, layers=1)
    for view in (head_view, model_view):
        with pytest.raises(ValueError, match=r"187500 lines and boxes .* above 150000: choose"):
            view(long.attention)
        assert view(long.attention, heads=[1])
    with pytest.raises(ValueError, match="318500 lines and boxes"):
        neuron_view(long, heads=[1])
    monkeypatch.setattr(attention, "MOST_NUMBERS", 12 * 12)
    assert head_view(VECTORS.attention, layers=[0], heads=[0])
    with pytest.raises(ValueError, match="288 numbers"):
        head_view(VECTORS.attention, layers=[0, 1], heads=[0])
    with pytest.raises(ValueError, match="336 numbers"):
        neuron_view(VECTORS, layers=[0], heads=[0])


def test_libraries_are_the_published_ones() -> None:
    folder = resources.files("replication").joinpath("data/scripts")
    table = folder.joinpath("README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\S+\.js) \|.* ([0-9a-f]{64}) \|$", table, re.MULTILINE))
    files = [file for file in folder.iterdir() if file.name.endswith(".js")]
    assert listed == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    for name in listed:
        assert folder.joinpath(name.replace(".js", ".LICENSE.txt")).is_file()
