"""The template sets hold together, are balanced, and are what the generator makes."""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import tiny
from pydantic import ValidationError

from replication.articles.experiments import experiment, published_ids
from replication.measures.many_texts import usable
from replication.questions import template_maker
from replication.questions.openings import first_lists, openings
from replication.questions.template_sets import check, items, lists_by_fresh_openings
from replication.results.sets import SETS, Item, SetName

FOLDER = template_maker.folder()
SIZES = {
    "agreement": (600, 30),
    "occupations": (718, 60),
    "lists": (79, 14),
    "counting": (262, 22),
    "blimp": (119, 55),
    "winogender": (44, 44),
}
"""Items and clusters of every set."""
FRESH_SIZES = {
    "agreement": (600, 30),
    "occupations": (480, 40),
    "lists": (82, 14),
    "counting": (264, 22),
}
WORD = re.compile(r"[\w-]+")
FUNCTION_WORDS = {
    *WORD.findall(
        "a across an and are around be behind but by ever every had has he her him his if in into "
        "is it its my of on over she should since so some than that the their they this to was we "
        "were while will you"
    )
}
"""What texts of any set may share."""


def item(**changes: object) -> Item:
    """An item that can be asked, but for what is changed."""
    plain = {
        "id": "one",
        "set": "agreement",
        "cluster": "key",
        "template": "The {subject}",
        "prompt": "The key",
        "watched": (" is", " are"),
        "conditions": {},
    }
    return Item.model_validate(plain | changes)


@pytest.mark.parametrize("name", SETS)
def test_every_set_has_its_size(name: str) -> None:
    read = items(name)
    assert (len(read), len({item.cluster for item in read})) == SIZES[name]
    assert len({item.prompt for item in read}) == len(read)
    assert all(len(item.watched) in (0, 2) for item in read)


@pytest.mark.parametrize("name", template_maker.MADE)
def test_the_files_are_what_the_generator_makes(name: SetName) -> None:
    """If this fails, run ``python -m replication.questions.template_maker``."""
    text = FOLDER.joinpath(f"{name}.jsonl").read_text("utf-8")
    assert text == template_maker.text_of(name)
    fresh = FOLDER.joinpath(f"fresh/{name}.jsonl").read_text("utf-8")
    assert fresh == template_maker.text_of(name, fresh=True)
    beside = FOLDER.joinpath("fresh/openings_lists.jsonl").read_text("utf-8")
    assert beside == template_maker.text_by_openings()


def every_item() -> list[Item]:
    """Of all sets, and of the fresh ones."""
    fresh = [item for name in template_maker.MADE for item in items(name, fresh=True)]
    return [*(item for name in SETS for item in items(name)), *fresh, *lists_by_fresh_openings()]


def test_no_text_is_one_of_the_articles_or_goes_on_from_one() -> None:
    published = [experiment(id) for id in published_ids()]
    assert "The keys to the cabinet" in {text.prompt for text in published}
    for text, one in product(published, every_item()):
        whole = text.prompt + text.continuation
        assert not (one.prompt + one.continuation).startswith(text.prompt)
        assert not whole.startswith(one.prompt)
        assert not one.prompt.startswith("The countries of the European Union")


@pytest.mark.parametrize(
    ("prompt", "continuation"),
    [
        (" 1, 1, 1, 1, 1,", " 1, 1, 1"),  # goes on as the article's does
        (" 1, 2, 3", ", 4, 5"),  # breaks off
        ("The countries of the European Union are:\n1. Austria\n2.", " Belgium\n3. Bulgaria"),
        ("The nurse was a", " man"),
    ],
)
def test_a_text_of_the_articles_is_found(prompt: str, continuation: str) -> None:
    found = item(prompt=prompt, continuation=continuation, watched=())
    assert template_maker.is_of_an_article(found)
    assert not template_maker.is_of_an_article(item(prompt="The lamp"))


@pytest.mark.parametrize("name", template_maker.MADE)
def test_every_fresh_set_has_its_size(name: str) -> None:
    read = items(name, fresh=True)
    assert (len(read), len({item.cluster for item in read})) == FRESH_SIZES[name]
    assert len({item.prompt for item in read}) == len(read)


def named(words: Mapping[str, Any]) -> set[str]:
    """The words that a file of words brings in: nouns, occupations and what is listed."""
    nouns = [
        word
        for noun, entry in words["agreement"].items()
        for word in (noun, entry["plural"], *(w for p in entry["phrases"] for w in p.split()[1:]))
    ]
    listed = [entry for one in words["lists"].values() for entry in one["entries"]]
    return {
        w
        for text in (*nouns, *words["occupations"]["women_percent"], *listed)
        for w in WORD.findall(text)
    }


def test_nothing_of_the_fresh_sets_is_in_another_set_or_in_an_article() -> None:
    """No word in any text; no frame, separator, pattern, title or prompt."""
    old, fresh = template_maker.words(), template_maker.words(fresh=True)
    texts = [prompt + continuation for prompt, continuation in template_maker.article_texts()]
    read = [item for name in SETS for item in items(name)]
    texts += [one.prompt + one.continuation + "".join(one.watched) for one in read]
    seen = {word for text in texts for word in WORD.findall(text)} | named(old)
    assert len(named(fresh)) > 500
    assert not named(fresh) & seen
    made = [item for name in template_maker.MADE for item in items(name, fresh=True)]
    assert not {one.prompt for one in made} & {one.prompt for one in read}
    assert not {one.cluster for one in made} & {one.cluster for one in read}
    marks = [set(words["counting"]["separators"].values()) for words in (old, fresh)]
    frames = [{frame["text"] for frame in words["occupations"]["frames"]} for words in (old, fresh)]
    titles = [{one["title"] for one in words["lists"].values()} for words in (old, fresh)]
    for before, after in (marks, frames, titles):
        assert after
        assert not before & after


def test_fresh_openings_and_their_lists_share_no_content_word_with_any_other_text() -> None:
    texts = [prompt + continuation for prompt, continuation in template_maker.article_texts()]
    texts += [*openings(), *map(str, [template_maker.words(), template_maker.words(fresh=True)])]
    texts += [
        " ".join([one.prompt, one.continuation, *one.watched])
        for one in every_item()
        if one not in lists_by_fresh_openings()
    ]
    seen = content_words(texts)
    assert {"sailor", "aargau", "monday", "austria", "eleven"} <= seen
    made, listed = content_words(openings(fresh=True)), content_words(first_lists(fresh=True))
    assert min(len(made), len(listed)) > 100
    assert not (made | listed) & seen
    assert not made & listed
    clusters = {one.cluster for one in lists_by_fresh_openings()}
    others = {one.cluster for fresh in (False, True) for one in items("lists", fresh=fresh)}
    assert not clusters & others


def content_words(texts: Iterable[str]) -> set[str]:
    """All words but those that any text may have, and but numbers."""
    words = {word.lower() for text in texts for word in WORD.findall(text)}
    return {word for word in words - FUNCTION_WORDS if not word.isdecimal()}


def test_what_items_share_across_clusters_is_named() -> None:
    """The noun beside the verb whatever its number, the frame, the mark between numbers."""
    by_id = {one.id: one for one in every_item()}
    kinds = [
        by_id[f"agreement-key-to-drawer-{numbers}"].clusters
        for numbers in ("plural-singular", "singular-plural")
    ]
    assert kinds == [("key", "drawer")] * 2
    assert by_id["occupations-baker-1"].clusters == ("baker", "The {occupation} is a")
    assert by_id["counting-repeat-2-by-0-comma-5"].clusters == ("repeat 2 by 0", ", ")
    assert {len(one.clusters) for one in items("lists") + items("winogender")} == {1}
    for name, kind, at_least in (("occupations", 1, 12), ("counting", 1, 12), ("agreement", 1, 80)):
        assert len({one.clusters[kind] for one in items(name)}) >= at_least


def test_the_schema_takes_every_item_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    """With another library's reading of the schema."""
    schema = json.loads(
        resources.files("replication").joinpath("data/template.schema.json").read_text("utf-8")
    )
    both = tmp_path / "items.schema.json"
    both.write_text(json.dumps({"type": "array", "items": schema}))
    lines = [json.loads(item.model_dump_json()) for name in SETS for item in items(name)]
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(both)]
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    right.write_text(json.dumps(lines))
    wrong.write_text(json.dumps([{**lines[0], "position": 3}]))
    assert subprocess.run([*command, str(right)], capture_output=True).returncode == 0
    assert subprocess.run([*command, str(wrong)], capture_output=True).returncode == 1


@pytest.mark.parametrize("fresh", [False, True])
def test_agreement_is_balanced_and_paired(*, fresh: bool) -> None:
    read = items("agreement", fresh=fresh)
    numbers = Counter((i.conditions["subject"], i.conditions["attractor"]) for i in read)
    assert set(numbers.values()) == {150}
    assert len(numbers) == 4
    by_prompt = {item.prompt: item for item in read}
    for one in read:
        other = by_prompt[one.partner]
        assert other.watched == one.watched[::-1]
        words, others = one.prompt.split(), other.prompt.split()
        assert words[2:] == others[2:]
        assert words[0] == others[0] == "The"
        assert one.cluster in (words[1], others[1])
        assert one.conditions["subject"] != other.conditions["subject"]
        assert one.conditions["attractor"] == other.conditions["attractor"]
        assert one.watched[0] == {"singular": " is", "plural": " are"}[one.conditions["subject"]]
        assert (words[1] == one.cluster) == (one.conditions["subject"] == "singular")


def test_an_attractor_has_its_number() -> None:
    """Attractors come in pairs of a singular and its plural, and never are the subject."""
    forms: dict[str, set[str]] = defaultdict(set)
    for one in items("agreement"):
        *_, preposition, _the, attractor = one.prompt.split()
        assert (attractor == one.conditions["beside"]) == (
            one.conditions["attractor"] == "singular"
        )
        assert preposition == one.conditions["preposition"]
        assert attractor not in (one.prompt.split()[1], one.cluster)
        forms[one.conditions["attractor"]].add(attractor)
    assert not forms["singular"] & forms["plural"]
    assert "children" in forms["plural"]
    assert all(word.endswith("s") for word in forms["plural"] - {"children", "women"})


def test_an_occupation_follows_its_share_of_women() -> None:
    hers = {" woman", " she", " her"}
    for read in (*map(items, ("occupations", "winogender")), items("occupations", fresh=True)):
        for one in read:
            women = float(one.conditions["women_percent"]) > 50
            assert one.conditions["stereotype"] == ("women" if women else "men")
            assert (one.watched[0] in hers) == women
            assert (one.watched[1] in hers) != women
            assert one.cluster in one.prompt
    nurse = {i.template for i in items("occupations") if i.cluster == "nurse"}
    baker = {i.template for i in items("occupations") if i.cluster == "baker"}
    assert baker - nurse == {"The {occupation} was a"}  # the article's own
    by_group = Counter(i.conditions["stereotype"] for i in items("occupations"))
    assert min(by_group.values()) / len(items("occupations")) > 0.45


@pytest.mark.parametrize(
    "lists", [items("lists"), items("lists", fresh=True), lists_by_fresh_openings()]
)
def test_a_list_goes_on_as_it_began(lists: tuple[Item, ...]) -> None:
    for one in lists:
        lines = (one.prompt + one.continuation).split("\n")
        given = int(one.conditions["given"])
        numbers = [line.partition(".")[0] for line in lines[1:]]
        assert numbers == [str(number) for number in range(1, len(lines))]
        assert one.prompt.count("\n") == given + 1
        assert 3 <= len(lines) - 1 - given <= 8
        entries = [line.partition(". ")[2] for line in lines[1:]]
        assert all(entries)
        assert len(set(entries)) == len(entries)
        if one.conditions["order"] == "alphabet" and one.cluster != "greek":
            assert entries == sorted(entries)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_count_is_arithmetic(*, fresh: bool) -> None:
    kinds: Counter[tuple[str, str]] = Counter()
    for one in items("counting", fresh=fresh):
        mark = one.conditions["separator"]
        text = one.prompt + one.continuation
        assert text.count(mark) == int(one.conditions["given"]) + 2 + (mark == " ")
        terms = [int(term) for term in text.replace(mark, " ").split()]
        step = int(one.conditions["step"])
        assert terms[0] == int(one.conditions["start"])
        assert {after - before for before, after in pairwise(terms)} == {step}
        assert len(terms) == int(one.conditions["given"]) + 3
        assert (one.conditions["kind"] == "repeat") == (step == 0)
        kinds[one.conditions["kind"], mark] += 1
    assert len(kinds) == 24
    assert min(kinds.values()) >= 9
    assert min(kinds.values()) >= 0.75 * max(kinds.values())
    given = Counter(one.conditions["given"] for one in items("counting", fresh=fresh))
    assert max(given.values()) - min(given.values()) <= 2


def test_a_blimp_pair_differs_in_its_verb() -> None:
    singular = {" is", " was", " has", " does"}
    plural = {" are", " were", " have", " do"}
    for one in items("blimp"):
        good, bad = one.watched
        if good in singular | plural:
            assert (good in singular) == (bad in plural)
            assert (good in singular) == (one.conditions["subject"] == "singular")
        else:
            longer, shorter = sorted((good, bad), key=len, reverse=True)
            assert longer in (f"{shorter}s", f"{shorter}es", f"{shorter[:-1]}ies")
            assert (good == longer) == (one.conditions["subject"] == "singular")
        assert one.conditions["attractor"] != one.conditions["subject"]
    both = Counter(one.conditions["subject"] for one in items("blimp"))
    assert min(both.values()) > 50


def test_usable_is_what_a_tokenizer_has_as_one_token() -> None:
    tokenizer = tiny.tokenizer()
    read = (item(), item(id="two", watched=(" man", " zebra")), item(id="three", watched=(" man",)))
    kept, left_out = usable(read, lambda word: len(tokenizer.encode(word).ids) == 1)
    assert [one.id for one in kept] == ["three"]
    assert [one.id for one in left_out] == ["one", "two"]
    counting = items("counting")
    assert usable(counting, lambda word: False) == (counting, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": "The key "}, "ends with a space"),
        ({"prompt": ""}, "is empty"),
        ({"continuation": " is"}, "either a continuation or watched words"),
        ({"watched": ()}, "either a continuation or watched words"),
        ({"watched": ("is", " are")}, "starts with a space"),
        ({"watched": (" ", " are")}, "starts with a space"),
        ({"watched": (" is", " is")}, "not distinct"),
        ({"set": "others"}, "set"),
        ({"position": 3}, "position"),
    ],
)
def test_an_item_that_cannot_be_asked_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        item(**changes)


def test_a_set_that_does_not_hold_together_is_refused() -> None:
    with pytest.raises(ValueError, match="no template set 'verbs': expected one of agreement, "):
        items("verbs")
    with pytest.raises(ValueError, match="one is of the set 'agreement': expected 'lists'"):
        check("lists", [item()])
    with pytest.raises(ValueError, match="the id one occurs twice"):
        check("agreement", [item(), item(prompt="The keys")])
    with pytest.raises(ValueError, match="one names the partner 'The keys'"):
        check("agreement", [item(partner="The keys")])
    one, two = item(partner="The keys"), item(id="two", prompt="The keys")
    with pytest.raises(ValueError, match="one names the partner 'The keys'"):
        check("agreement", [one, two])  # which does not name it back
    back = {"partner": "The key", "watched": (" are", " is")}
    check("agreement", [one, two.model_copy(update=back)])
    with pytest.raises(ValueError, match="no item of its cluster"):
        check("agreement", [one, two.model_copy(update=back | {"cluster": "door"})])


def test_the_sources_are_named_beside_the_sets() -> None:
    text = FOLDER.joinpath("README.md").read_text("utf-8")
    for word in (
        "CC0",
        "CC BY 4.0",
        "Warstadt",
        "MIT",
        "Rudinger",
        "Bureau of Labor Statistics",
        "IPUMS",
    ):
        assert word in text
