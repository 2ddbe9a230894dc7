"""What the server answers, and to whom; asked without a browser, as any program can."""

import json
import re
from base64 import b64decode
from threading import Barrier, Thread
from typing import Any

import psutil
import pytest
from served import PATIENCE, ROOT, Served, serve, served

from replication.pages.live.jobs import ENDED
from replication.pages.live.settings import Settings

KEYS = Settings("The keys to the cabinet", generate=0, words=(" is", " are"), show=("ranks",))
LONG = Settings("1, 2, 3, 4, 5, 6, 7, 8, 9, " * 12, generate=50, show=("saliency",)).query
SITE = "http://evil.example"


def test_it_listens_on_this_machine_alone(site: Served) -> None:
    listening = [
        one.laddr.ip
        for one in psutil.Process(site.process.pid).net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.parametrize("path", ["/", "/page.js", "/nothing"])
@pytest.mark.parametrize(
    "name",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "[::1]", "0.0.0.0", ""],
)
def test_a_foreign_host_is_refused(site: Served, name: str, path: str) -> None:
    with site.asked("GET", path, host=f"{name}:{site.port}") as response:
        assert response.status == 400
        assert b"<" not in response.read()


def test_nor_can_a_foreign_host_ask(site: Served) -> None:
    host = f"evil.example:{site.port}"
    with site.asked("POST", "/answers", KEYS.query, host=host, origin=f"http://{host}") as response:
        assert response.status == 400


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_this_machines_names_are_answered(site: Served, name: str) -> None:
    with site.asked("GET", "/", host=f"{name}:{site.port}") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": SITE},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_what_another_site_sends_is_refused(site: Served, headers: dict[str, str]) -> None:
    with site.asked("POST", "/answers", KEYS.query, **headers) as response:
        assert response.status == 403
        assert response.read() == b"this page takes nothing from other sites"


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/page.js", 200), ("/nothing", 404), ("/?model=x", 400)]
)
def test_every_answer_has_a_strict_policy(site: Served, path: str, status: int) -> None:
    with site.asked("GET", path) as response:
        assert response.status == status
        policy = dict(
            part.strip().split(" ", 1)
            for part in response.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["access-control-allow-origin"] is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("prompt=", "the prompt is empty: type at least one character"),
        (f"prompt={'a' * 100_000}", "the prompt has 100,000 characters: expected at most 4,000"),
        (f"prompt={'a' * 2_000_000}", "more than 2,000,000 bytes were sent: shorten the text"),
        ("prompt=a&model=gpt5", "the model 'gpt5' is not here: expected one of smollm2"),
        ("prompt=a&layers=x", "cannot read 'x': expected a number or a range, such as 3-7"),
    ],
)
def test_what_cannot_be_asked_is_told(site: Served, query: str, told: str) -> None:
    with site.asked("POST", "/answers", query) as response:
        assert response.status == 400
        assert response.read().decode().startswith(told)


def test_answers_are_the_figures_numbers(site: Served) -> None:
    *_, last = site.messages(KEYS.query, "/answers?format=json&id=ranks-0")
    panels = json.loads(b64decode(last["file"]))["panels"]
    figure = json.loads((ROOT / "figures" / "smollm2" / "agreement.json").read_text("utf-8"))
    expected = [
        panel
        for panel in figure["panels"]
        if panel["question"]["published"] == "watch_keys_cabinet"
        and (panel["provenance"]["norm"], panel["provenance"]["kind"]) != ("none", "registry")
    ]
    assert len(panels) == 2
    assert [one["ranks"] for one in panels] == [one["ranks"] for one in expected]
    assert [one["provenance"] for one in panels] == [one["provenance"] for one in expected]


def test_answers_come_in_their_order_with_what_is_worked_on(site: Served) -> None:
    settings = Settings("The keys", factors=2)
    plan, *messages = site.messages(settings.query)
    assert plan["link"] == f"/?{settings.query}"
    places = [f"{kind}-0" for kind in settings.show]
    assert re.findall(r'<article id="([^"]+)"', plan["plan"]) == places
    assert messages.pop() == {"done": True}
    told = [one.get("doing") or one["id"] for one in messages]
    assert told == ["ranks-0", *places[:1] * 2, *(each for each in places[1:] for _ in range(2))]
    assert ["html" in one for one in messages] == ["doing" not in one for one in messages]


@pytest.mark.parametrize(
    ("settings", "place", "told"),
    [
        (
            Settings("The keys", words=(" is", " unbelievably so")),
            "ranks-0",
            "' unbelievably so' is 4 tokens for smollm2",
        ),
        (Settings("\U00012000" * 500), "ranks-0", "and this page reads up to 512: shorten it"),
        (Settings("The", factors=20), "factors-0", "20 factors"),
        (Settings("The", layers="3-99"), "factors-0", "layers"),
    ],
)
def test_an_answer_that_cannot_be_given_says_why(
    site: Served, settings: Settings, place: str, told: str
) -> None:
    answers = site.answers(settings.query)
    assert told in answers[place]["fault"]
    assert "Traceback" not in json.dumps(answers)


def test_an_answer_that_is_not_asked_for_is_told(site: Served) -> None:
    *_, last = site.messages(KEYS.query, "/answers?format=svg&id=top-0")
    assert last == {"fault": "no answer 'top-0': expected one of ranks-0", "done": True}
    *_, last = site.messages(KEYS.query, "/answers?format=exe&id=ranks-0")
    assert last == {"fault": "no format 'exe': expected one of png, svg, json, html", "done": True}


def working(site: Served) -> tuple[Any, psutil.Process]:
    """A long answer that is being worked out, and the process that does it."""
    others = site.workers()
    messages = site.messages(LONG)
    assert "plan" in next(messages)
    assert next(messages) == {"doing": "saliency-0"}
    (worker,) = (one for one in site.workers() if one not in others)
    return messages, worker


def test_whoever_goes_away_stops_the_work(site: Served) -> None:
    messages, worker = working(site)
    assert worker.is_running()
    messages.close()
    worker.wait(PATIENCE)
    assert site.answers(KEYS.query)["ranks-0"]["html"]


def test_a_process_that_dies_is_told(site: Served) -> None:
    messages, worker = working(site)
    worker.kill()
    assert list(messages) == [{"fault": ENDED, "done": True}]
    assert site.answers(KEYS.query)["ranks-0"]["html"]


def test_those_who_ask_at_once_get_their_own(site: Served) -> None:
    """Both are at work at the same time, each in a process of its own."""
    prompts = ("The keys to the cabinet", "One, two, three,")
    met, found = Barrier(2, timeout=PATIENCE), {}

    def ask(prompt: str) -> None:
        messages = site.messages(Settings(prompt, show=("ranks", "saliency", "top")).query)
        next(messages)
        assert next(messages) == {"doing": "ranks-0"}
        met.wait()
        shown = {one["id"]: one["html"] for one in messages if "id" in one}
        found[prompt] = "".join(shown.values())

    threads = [Thread(target=ask, args=[prompt]) for prompt in prompts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for prompt in prompts:
        (other,) = set(prompts) - {prompt}
        assert found[prompt].count(f'class="prompt">{prompt}<') == 3
        assert other not in found[prompt]


@pytest.mark.parametrize("kill", [True, False])
def test_no_process_is_left(kill: bool) -> None:
    """Whether it is ended by Ctrl-C or killed, and also while it works."""
    own = served()
    messages, worker = working(own)
    left = [worker, *own.keepers()]
    if kill:
        own.process.kill()
        own.process.wait()
    else:
        assert own.end() == 0
    messages.close()
    for process in left:
        process.wait(PATIENCE)
    assert own.process.stderr is not None
    assert "Traceback" not in own.process.stderr.read()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "gpt5"], "unknown model 'gpt5'"),
        (["--model", "dialogpt-large"], "dialogpt-large"),
        (["--verdicts", "README.md"], "README.md has no table of verdicts"),
    ],
)
def test_what_cannot_be_served_is_told(arguments: list[str], told: str) -> None:
    process = serve("--port", "0", *arguments)
    out, error = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert error.startswith("replicate: ")
    assert told in error
    assert len(error.splitlines()) == 1


def test_a_port_that_is_taken_is_told(site: Served) -> None:
    process = serve("--port", str(site.port))
    _, error = process.communicate()
    assert process.returncode == 1
    assert error.startswith(f"replicate: cannot listen on port {site.port}")
    assert error.rstrip().endswith("choose another one")
