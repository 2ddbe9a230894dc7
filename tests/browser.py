"""Pages seen as a reader sees them: in headless Chromium, started once, without a network."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 300
"""Seconds for one step in the browser, however busy the machine is."""
T = TypeVar("T")
# Playwright leaves an event loop running in its thread, and other tests run their own loops. So
# it has a thread to itself, and ends with the process.
_thread = ThreadPoolExecutor(1, "browser")


@dataclass(frozen=True)
class Opened:
    """A page that is open in the browser, with all that went wrong in it so far."""

    page: Page
    errors: list[str] = field(default_factory=list)
    """Errors and warnings of the console, exceptions that no script caught."""
    requests: list[str] = field(default_factory=list)
    """Every address asked for except the page's own, whether there was an answer or not."""

    def do(self, action: Callable[[Page], T]) -> T:
        """Do anything that a Playwright page can, in the browser's thread."""
        return _thread.submit(action, self.page).result()

    def script(self, code: str, argument: Any = None) -> Any:
        """The value of a JavaScript expression, or of a function of the argument."""
        return self.do(lambda page: page.evaluate(code, argument))

    def count(self, selector: str) -> int:
        """How many elements there are."""
        return self.do(lambda page: page.locator(selector).count())

    def hover(self, selector: str, which: int = 0) -> None:
        """Move the mouse over one of the elements."""
        self.do(lambda page: page.locator(selector).nth(which).hover())

    def click(self, selector: str, which: int = 0) -> None:
        """Click one of the elements."""
        self.do(lambda page: page.locator(selector).nth(which).click())

    def press(self, key: str) -> None:
        """Press a key, for example ``Tab`` or ``Enter``."""
        self.do(lambda page: page.keyboard.press(key))

    def text(self, selector: str = "body") -> str:
        """The text that can be read in an element."""
        return self.do(lambda page: page.locator(selector).first.inner_text())

    def screenshot(self, path: Path) -> None:
        """A picture of the whole page, also of what one scrolls to."""
        self.do(lambda page: page.screenshot(path=path, full_page=True))


@contextmanager
def opened(
    where: Path | str,
    *,
    width: int = 1280,
    height: int = 800,
    colours: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Iterator[Opened]:
    """A page in a fresh context of the browser; all is forgotten at the end.

    A file is opened without a network; an address, of a server on this machine, with one.
    """
    browser = _thread.submit(_started).result()
    address = where if isinstance(where, str) else where.resolve().as_uri()

    def start() -> Opened:
        context = browser.new_context(
            offline=isinstance(where, Path),
            viewport={"width": width, "height": height},
            color_scheme=colours,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE * 1000)
        seen = Opened(context.new_page())
        _listen(seen, address)
        return seen

    seen = _thread.submit(start).result()
    try:
        seen.do(lambda page: page.goto(address))
        yield seen
    finally:
        seen.do(lambda page: page.context.close())


def _listen(seen: Opened, own: str) -> None:
    page = seen.page
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on(
        "console",
        lambda said: seen.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda asked: None if _inside(asked.url, own) else seen.requests.append(asked.url),
    )


def _inside(url: str, own: str) -> bool:
    return url.startswith((own.partition("?")[0], "data:", "blob:"))


def program() -> str:
    """Where Chromium is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError(
            f"no Chromium found (looked for {', '.join(NAMES)} on the PATH): "
            f"install it, on Debian with: apt-get install chromium"
        )
    return found


@cache
def _started() -> Browser:
    return (
        sync_playwright()
        .start()
        .chromium.launch(executable_path=program(), args=["--disable-gpu", "--disable-quic"])
    )
