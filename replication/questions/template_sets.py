"""Sets of texts on which a finding of the articles is asked again, many times over.

Each item is one text, with the words that compete after it or the continuation that is ranked. As
an experiment does, it carries no token positions and no ids, so every tokenizer can be asked.
``data/templates/README.md`` says where the sets come from and under which licences.
"""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import chain, islice

from replication.results.patching import Pair
from replication.results.sets import SETS, Item


@cache
def items(name: str, *, fresh: bool = False) -> tuple[Item, ...]:
    """All items of a set, in the order of its file; or of the fresh set that was made alike.

    Raises ``ValueError``, with the sets there are, for an unknown one, and for a set whose items
    do not hold together (``check``).
    """
    if name not in SETS:
        raise ValueError(f"no template set {name!r}: expected one of {', '.join(SETS)}")
    return _read(name, f"{'fresh/' if fresh else ''}{name}.jsonl")


@cache
def lists_by_fresh_openings() -> tuple[Item, ...]:
    """The lists that are read beside the fresh openings, one text of each."""
    return _read("lists", "fresh/openings_lists.jsonl")


def _read(name: str, path: str) -> tuple[Item, ...]:
    file = resources.files("replication").joinpath(f"data/templates/{path}")
    read = tuple(Item.model_validate_json(line) for line in file.read_text("utf-8").splitlines())
    check(name, read)
    return read


def check(name: str, read: Iterable[Item]) -> None:
    """Raise ``ValueError`` unless these are items of one set, with ids of their own and partners.

    A partner is an item of the same cluster and the same watched words, and names this one back.
    """
    by_id: dict[str, Item] = {}
    for item in read:
        if item.set != name:
            raise ValueError(f"{item.id} is of the set {item.set!r}: expected {name!r}")
        if item.id in by_id:
            raise ValueError(f"the id {item.id} occurs twice in {name!r}: ids must be unique")
        by_id[item.id] = item
    pairs = {
        (item.cluster, frozenset(item.watched), item.prompt, item.partner)
        for item in by_id.values()
    }
    for item in by_id.values():
        back = (item.cluster, frozenset(item.watched), item.partner, item.prompt)
        if item.partner and back not in pairs:
            raise ValueError(
                f"{item.id} names the partner {item.partner!r}, which is no item of its cluster "
                f"{item.cluster!r} that names it back"
            )


def agreement_pairs(per_cluster: int, *, fresh: bool = False) -> tuple[Pair, ...]:
    """So many pairs of each noun, the subject in the plural and in the singular in turn; the first
    pair of the next noun has the other number.

    The noun beside the verb has the other number each time, as in "The keys to the cabinet", so
    that the verb cannot be taken from it. Read with the other number of the subject, the prompt
    is the corrupted one.
    """
    found: dict[str, dict[str, list[Item]]] = {}
    for item in items("agreement", fresh=fresh):
        subject, attractor = item.conditions["subject"], item.conditions["attractor"]
        if subject != attractor:
            of_noun = found.setdefault(item.cluster, {"plural": [], "singular": []})
            of_noun[subject].append(item)
    chosen: list[Item] = []
    for place, of_noun in enumerate(found.values()):
        first, second = list(of_noun.values())[:: -1 if place % 2 else 1]
        in_turn = chain.from_iterable(zip(first, second, strict=True))
        chosen += islice(in_turn, per_cluster)
    return tuple(_pair(item) for item in chosen)


def _pair(item: Item) -> Pair:
    right, wrong = item.watched
    return Pair(item.prompt, item.partner, right, wrong, item.cluster)
