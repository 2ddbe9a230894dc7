"""Makes the project's own template sets from the word lists in ``data/templates/words.toml``.

``python -m replication.questions.template_maker`` writes their files again. No text is one of the
articles' or goes on from one: what holds on these sets holds beyond the texts that the findings
were made on. The fresh sets, from ``data/templates/fresh/words.toml``, are made alike from words,
frames, separators and lists that no other set has: they are for findings that are fixed already.
So are the lists of ``data/templates/fresh/openings.toml``, which are read beside fresh openings.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from replication.articles.experiments import experiment, published_ids
from replication.base.files import write_whole
from replication.questions.template_sets import check
from replication.results.sets import Item, SetName

NUMBERS = ("singular", "plural")
LATER = 8
"""How many further entries a list's continuation has at most, as many as the article shows."""
FEWEST_LATER = 3
TERMS = 3
"""How many further terms a counting pattern's continuation has."""


def folder() -> Path:
    """Where the sets lie."""
    return Path(str(resources.files("replication").joinpath("data/templates")))


Words = Mapping[str, Any]
"""What the sets are made from, as a file of words holds it."""


@cache
def words(*, fresh: bool = False) -> Words:
    """The word lists, or those of the fresh sets."""
    return _words("fresh/words.toml" if fresh else "words.toml")


@cache
def words_by_openings() -> Words:
    """The lists that are read beside the fresh openings."""
    return _words("fresh/openings.toml")


def _words(name: str) -> Words:
    return tomllib.loads(folder().joinpath(name).read_text("utf-8"))


@cache
def article_texts() -> tuple[tuple[str, str], ...]:
    """Prompt and continuation of every text that the articles show a model's numbers for."""
    texts = map(experiment, published_ids())
    return tuple((text.prompt, text.continuation) for text in texts)


def is_of_an_article(item: Item) -> bool:
    """Whether an item's text goes on from a prompt of the articles, or its prompt breaks off one of
    their texts.
    """
    return any(
        (item.prompt + item.continuation).startswith(prompt)
        or (prompt + continuation).startswith(item.prompt)
        for prompt, continuation in article_texts()
    )


def agreement(words: Words) -> Iterator[Item]:
    """Subject and attractor in each combination of numbers, for every noun and phrase."""
    for noun, entry in words["agreement"].items():
        subjects = dict(zip(NUMBERS, (noun, entry["plural"]), strict=True))
        for phrase in entry["phrases"]:
            preposition, *forms = phrase.split()
            attractors = dict(zip(NUMBERS, forms, strict=True))
            for subject, attractor in product(NUMBERS, NUMBERS):
                prompts = {
                    number: f"The {subjects[number]} {preposition} the {attractors[attractor]}"
                    for number in NUMBERS
                }
                verbs = (" is", " are") if subject == "singular" else (" are", " is")
                yield Item(
                    id=f"agreement-{noun}-{preposition}-{forms[0]}-{subject}-{attractor}",
                    set="agreement",
                    cluster=noun,
                    template="The {subject} {preposition} the {attractor}",
                    prompt=prompts.pop(subject),
                    watched=verbs,
                    partner=prompts.popitem()[1],
                    conditions={
                        "subject": subject,
                        "attractor": attractor,
                        "preposition": preposition,
                        "beside": forms[0],
                    },
                )


def occupations(words: Words) -> Iterator[Item]:
    """Every occupation in every frame; the word of the larger group of its workers comes first."""
    lists = words["occupations"]
    for occupation, percent in lists["women_percent"].items():
        stereotype = "women" if percent > 50 else "men"
        for number, frame in enumerate(lists["frames"]):
            him, her = lists["pairs"][frame["words"]]
            yield Item(
                id=f"occupations-{occupation}-{number}",
                set="occupations",
                cluster=occupation,
                template=frame["text"],
                prompt=frame["text"].format(occupation=occupation),
                watched=(her, him) if stereotype == "women" else (him, her),
                conditions={
                    "stereotype": stereotype,
                    "women_percent": str(percent),
                    "words": frame["words"],
                },
            )


def lists(words: Words) -> Iterator[Item]:
    """Numbered lists, told from their beginning or from a third on, with two to four entries."""
    for name, entry in words["lists"].items():
        entries = entry["entries"]
        for start, given in product((0, len(entries) // 3), (2, 3, 4)):
            shown = entries[start : start + given + LATER]
            if len(shown) < given + FEWEST_LATER:
                continue
            lines = [f"{number}. {text}" for number, text in enumerate(shown, 1)]
            last = f"{given + 1}."
            yield Item(
                id=f"lists-{name}-from-{start + 1}-given-{given}",
                set="lists",
                cluster=name,
                template="{title}:\n1. {entry}\n2. {entry}\n...",
                prompt="\n".join([entry["title"] + ":", *lines[:given], last]),
                continuation="\n".join(lines[given:]).removeprefix(last),
                conditions={
                    "given": str(given),
                    "start": str(start + 1),
                    "order": entry["order"],
                },
            )


def counting(words: Words) -> Iterator[Item]:
    """Repeated and counted numbers with each separator, after three or five terms by turns."""
    patterns = words["counting"]
    repeats = [(start, 0) for start in patterns["repeat"]]
    steps = [*repeats, *map(tuple, patterns["count"])]
    for (turn, (start, step)), (other, separator) in product(
        enumerate(steps), enumerate(patterns["separators"])
    ):
        given = (3, 5)[(turn + other) % 2]
        terms = [str(start + step * index) for index in range(given + TERMS)]
        kind = "count" if step else "repeat"
        mark = patterns["separators"][separator]
        yield Item(
            id=f"counting-{kind}-{start}-by-{step}-{separator}-{given}",
            set="counting",
            cluster=f"{kind} {start} by {step}",
            template=f" {{term}}{mark}{{term}}{mark}...",
            prompt=f" {mark.join(terms[:given])}{mark.rstrip()}",
            continuation=f" {mark.join(terms[given:])}",
            conditions={
                "kind": kind,
                "start": str(start),
                "step": str(step),
                "separator": mark,
                "given": str(given),
            },
        )


MADE: dict[SetName, Callable[[Words], Iterator[Item]]] = {
    "agreement": agreement,
    "occupations": occupations,
    "lists": lists,
    "counting": counting,
}
"""The sets that are made here; the others are others' and were only brought into this form."""


def text_of(name: SetName, *, fresh: bool = False) -> str:
    """A set as its file holds it, one item a line."""
    return _text(name, MADE[name](words(fresh=fresh)))


def text_by_openings() -> str:
    """The first text of each list beside the fresh openings, as their file holds them."""
    first: dict[str, Item] = {}
    for item in lists(words_by_openings()):
        first.setdefault(item.cluster, item)
    return _text("lists", first.values())


def _text(name: SetName, items: Iterable[Item]) -> str:
    made = [item for item in items if not is_of_an_article(item)]
    check(name, made)
    return "".join(f"{item.model_dump_json()}\n" for item in made)


if __name__ == "__main__":
    for name in MADE:
        write_whole(folder() / f"{name}.jsonl", text_of(name))
        write_whole(folder() / "fresh" / f"{name}.jsonl", text_of(name, fresh=True))
    write_whole(folder() / "fresh" / "openings_lists.jsonl", text_by_openings())
