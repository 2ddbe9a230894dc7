"""The page's server: what is answered, to whom, and what is refused.

It listens on this machine alone, and answers only to the names of this machine. So a page of
another site can ask nothing here, even where a name of that site is made to lead here.
"""

import json
import socket
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from functools import partial
from importlib import resources
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from replication.pages.live.jobs import Jobs
from replication.pages.live.rendering import Rendering

ADDRESS = "127.0.0.1"
NAMES = (ADDRESS, "localhost")
LONGEST_BODY = 2_000_000
"""Bytes of a request; how long a text may be is told by its settings."""
HEADERS = {
    # Views have their styles with them; of scripts there is the page's own alone.
    "content-security-policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
OWN = {"page.js": "text/javascript", "page.css": "text/css"}


class Guard:
    """Adds ``HEADERS`` to every answer, and refuses what the page of another site sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may be."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        app = self._app
        if scope["type"] == "http" and scope["method"] == "POST" and not _is_own(scope):
            app = PlainTextResponse("this page takes nothing from other sites", 403)
        await app(scope, receive, with_headers)


def _is_own(scope: Scope) -> bool:
    """Whether a request is of this page, or of no page at all."""
    headers = Headers(scope=scope)
    own = f"http://{headers.get('host')}"
    site = headers.get("sec-fetch-site", "same-origin")
    return headers.get("origin", own) == own and site == "same-origin"


def application(jobs: Jobs, rendering: Rendering) -> Starlette:
    """The page, and what it is told when it asks."""

    async def page(request: Request) -> Response:
        try:
            settings, fault = rendering.settings(request.url.query), ""
        except ValueError as error:
            settings, fault = rendering.settings(""), str(error)
        return HTMLResponse(rendering.page(settings, fault), 400 if fault else 200)

    async def answers(request: Request) -> Response:
        try:
            settings = rendering.settings(await _body(request))
            settings.check_prompt()
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        asked = {**request.query_params, "query": settings.query}
        plan = rendering.plan(settings) if "format" not in asked else {}
        lines = _lines(jobs, settings.model, asked, plan)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    own = [Route(f"/{name}", partial(_own_file, name)) for name in OWN]
    return Starlette(
        routes=[Route("/", page), Route("/answers", answers, methods=["POST"]), *own],
        middleware=[
            Middleware(Guard),
            Middleware(TrustedHostMiddleware, allowed_hosts=NAMES, www_redirect=False),
        ],
    )


async def _own_file(name: str, _request: Request) -> Response:
    file = resources.files("replication.pages").joinpath("templates/live", name)
    return Response(file.read_bytes(), media_type=OWN[name])


async def _body(request: Request) -> str:
    """What was sent, as text; ``ValueError`` for too much."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise ValueError(f"more than {LONGEST_BODY:,} bytes were sent: shorten the text")
    return body.decode("ascii", "replace")  # the rest is written with percent signs


async def _lines(
    jobs: Jobs, model: str, asked: dict[str, str], plan: dict[str, str]
) -> AsyncIterator[bytes]:
    """What is to come, then each message; stopped where nobody reads any more."""
    async with aclosing(jobs.run(model, asked)) as messages:
        yield _line(plan)
        async for message in messages:
            yield _line(message)


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


class Server(uvicorn.Server):
    """Stops what still runs when it is to end, and does not wait for it."""

    def __init__(self, app: Starlette, jobs: Jobs) -> None:
        super().__init__(
            uvicorn.Config(
                app, log_level="warning", server_header=False, timeout_graceful_shutdown=2
            )
        )
        self._jobs = jobs

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; uvicorn calls it at Ctrl-C."""
        self._jobs.close()
        await super().shutdown(sockets)


def serve(model: str, port: int, verdicts: Path | None, opened: bool) -> None:
    """Answer until Ctrl-C; ``port`` 0 takes any that is free.

    ``ValueError`` for an unknown model, a file without verdicts and a port that is taken.
    """
    jobs = Jobs()
    server = Server(application(jobs, Rendering(model, verdicts)), jobs)
    try:
        listening = socket.create_server((ADDRESS, port))
    except OSError as error:
        raise ValueError(f"cannot listen on port {port} ({error}): choose another one") from error
    address = f"http://{ADDRESS}:{listening.getsockname()[1]}/"
    print(f"{address} answers until Ctrl-C", flush=True)
    if opened:
        Thread(target=webbrowser.open, args=[address], daemon=True).start()
    jobs.warm(model)
    with listening, suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
