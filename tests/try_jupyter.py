"""Try the views in JupyterLab and in a page of nbconvert: ``python tests/try_jupyter.py JUPYTER``.

``make lab`` runs it with a JupyterLab in an environment of its own. A notebook is run, opened again
without trust, turned dark and converted; pictures of all that go to ``build/jupyter``.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
from browser import program
from playwright.sync_api import Page, expect, sync_playwright

PICTURES = Path("build/jupyter")
PATIENCE = 120
"""Seconds for JupyterLab to start, and for each step in it."""
HOSTILE = """
tokens = (" 1", "<b id=injected>", "</script><script>window.hit=1</script>", "'\\"`", "\\u202e")
tokens += ("]]>", "<img src=x onerror=window.hit=1>", '" onmouseover="window.hit=1', "</style>")
tokens += ("שלום",)
"""
CELLS = (
    "import numpy as np\n"
    "from replication.results.provenance import Provenance\n"
    "from replication.results.ranks import RankGrid\n"
    "from replication.results.saliency import Saliency\n"
    "from replication.results.factors import Factors\n"
    "from replication.results.attention import Attention\n"
    "source = Provenance('toy', 'control', 'a toy <i>', 'by hand', '0', 'final', 'none', 'a <b>')\n"
    "rng = np.random.default_rng(0)" + HOSTILE,
    "RankGrid(rng.integers(1, 50000, (12, 10)), tokens, 'continuation', 50000, source)",
    "shares = np.tril(rng.random((4, 9)) + .01, 5)\n"
    "shares /= shares.sum(1, keepdims=True)\n"
    "Saliency(shares, tokens, 6, 'gradient x input', 'logit', source)",
    "Factors(rng.random((3, 10)), tokens, 7, (0,), None, source)",
    "weights = np.tril(rng.random((4, 3, 10, 10)) ** 6 + 1e-3)\n"
    "Attention(weights / weights.sum(-1, keepdims=True), tokens, source)",
    "print(RankGrid(np.ones((12, 10), int), tokens, 'continuation', 9, source))",
)


@contextmanager
def server(jupyter: str, folder: Path) -> Iterator[str]:
    """JupyterLab on loopback, whose kernels are this Python's."""
    spec = folder / "share" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "here", "language": "python"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (f"--port={port}", "--no-browser", "--allow-root", "--IdentityProvider.token=")
    more = ("--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}")
    process = subprocess.Popen(
        [jupyter, "lab", *options, *more],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "JUPYTER_PATH": str(folder / "share")}
        | {"PYTHONPATH": ":".join(sys.path)},
        stderr=(folder / "log").open("w"),
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(PATIENCE):
            try:
                urlopen(f"{address}/api").close()
                break
            except URLError:
                time.sleep(1)
        yield address
    finally:
        process.terminate()
        process.wait()


def look(page: Page, name: str, *, styled: bool = True) -> None:
    """Whether one can point at every view, and nothing of a token runs."""
    expect(page.locator(".result-view").nth(3)).to_be_attached()
    cell = page.locator(".result-view td[title]").nth(14)
    cell.scroll_into_view_if_needed()
    cell.hover()
    assert "rank" in str(cell.get_attribute("title"))
    assert cell.evaluate("e => e.style.background") != ""
    if styled:
        assert "rank" in cell.evaluate("e => getComputedStyle(e, '::after').content")
    page.screenshot(path=PICTURES / f"{name}.png")
    if styled:
        label = page.locator(".result-view .strip label").nth(2)
        label.hover()
        token = page.locator(".result-view .strip .t0").first
        assert float(token.evaluate("e => getComputedStyle(e).getPropertyValue('--s')")) > 0
        page.screenshot(path=PICTURES / f"{name}-saliency.png")
        page.locator(".result-view .mosaic td").nth(4).hover()
        page.screenshot(path=PICTURES / f"{name}-attention.png")
    assert page.locator("#injected").count() == 0
    assert page.evaluate("window.hit") is None


def opened_in_lab(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/lab/tree/{name}?reset")
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()


def menu(page: Page, *names: str) -> None:
    """Choose from the menus of JupyterLab."""
    for name in names:
        page.locator(".lm-MenuBar-item, .lm-Menu-item").get_by_text(name, exact=True).last.click()


def main(jupyter: str) -> None:
    """Try all that was said above; an ``AssertionError`` for what is not so."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "here"}
    with TemporaryDirectory() as made, sync_playwright() as started:
        folder = Path(made)
        nbformat.write(notebook, folder / "views.ipynb")
        browser = started.chromium.launch(executable_path=program(), args=["--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE * 1000)
        for question in ("Select Kernel", "No"):  # what JupyterLab may ask
            button = page.get_by_role("button", name=question, exact=True)
            page.add_locator_handler(button, lambda found: found.click())
        expect.set_options(timeout=PATIENCE * 1000)
        with server(jupyter, folder) as address:
            opened_in_lab(page, address, "views.ipynb")
            menu(page, "Run", "Run All Cells")
            look(page, "trusted")
            menu(page, "Settings", "Theme", "JupyterLab Dark")
            page.wait_for_selector("body[data-jp-theme-light=false]")
            look(page, "dark")
            menu(page, "Settings", "Theme", "JupyterLab Light")
            menu(page, "File", "Save Notebook")
            page.wait_for_timeout(2000)
            run = nbformat.read(folder / "views.ipynb", 4)
            for cell in run.cells:
                cell.metadata.pop("trusted", None)
                cell.source += "  # another notebook than the one that is trusted"
            nbformat.write(run, folder / "untrusted.ipynb")
            opened_in_lab(page, address, "untrusted.ipynb")
            look(page, "untrusted", styled=False)
        convert = [jupyter, "nbconvert", "--to", "html", str(folder / "untrusted.ipynb")]
        subprocess.run(convert, check=True, capture_output=True)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            page.goto((folder / "untrusted.html").as_uri())
            look(page, f"converted-{colours}")
    print(f"pictures are in {PICTURES}")


if __name__ == "__main__":
    main(sys.argv[1])
