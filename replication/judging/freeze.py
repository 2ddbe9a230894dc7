"""Readings and rules under a hash: whether a verdict was reached by what was fixed beforehand.

The hash is of code and numbers, not of prose: docstrings and comments may be reworded. What was
frozen, and when, stands in ``frozen.toml`` beside the claims, where
``python -m replication.judging.freeze claims "what changed" [BEFORE.md AFTER.json [CLAIM...]]``
puts it. With the table of verdicts from before the change and the findings of a run after it, it is
shown that every verdict is the same, but for claims that are named because they ask something else
now; then what was judged before counts as judged by what was frozen
(``replication.judging.readings``).
"""

import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import tomlkit

from replication.base.files import write_whole
from replication.base.source_code import digest_of
from replication.judging.findings import Findings
from replication.judging.firmness import shares_under_noise
from replication.judging.readings import Freeze, Readings
from replication.judging.saving import complete_only
from replication.judging.verdicts import UNFIRM, as_markdown, read
from replication.judging.written_verdicts import verdicts_in, written_verdicts

FILE = "frozen.toml"

RULES = (
    "replication.articles.thresholds",
    "replication.base.associations",
    "replication.base.intervals",
    "replication.base.resampling",
    "replication.base.significance",
    "replication.judging.collected",
    "replication.judging.comparisons",
    "replication.judging.depth",
    "replication.judging.findings",
    "replication.judging.parts",
    "replication.judging.rates",
    "replication.judging.rules",
    "replication.judging.runner",
    "replication.judging.suite",
    "replication.measures.cluster_roles",
    "replication.measures.depth",
    "replication.measures.occupations",
    "replication.measures.role_scores",
    "replication.models.nulls",
    "replication.questions.openings",
    "replication.questions.sets",
    "replication.results.circuit",
)
"""Modules by which verdicts are reached, beside the claims' own."""


def history(claims: Path) -> list[Freeze]:
    """The freezes of a folder of claims, the first one first; none where there is no such file.

    ``ValueError`` for a file that is not as it should be.
    """
    path = claims / FILE
    if not path.is_file():
        return []
    try:
        tables = tomllib.loads(path.read_text("utf-8"))["freeze"]
        return [Freeze.model_validate(table) for table in tables]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: expected tables [[freeze]], found {error}") from error


def readings(claims: Path) -> Readings:
    """The readings of a folder of claims, and what was frozen of them."""
    return Readings.of(digest(claims), history(claims))


@dataclass(frozen=True)
class Shown:
    """By what it is shown that verdicts stayed as they were."""

    before: Path
    """The table of verdicts as it was written by what was frozen last."""
    after: Path
    """The findings of all claims by the readings as they are now."""
    but: tuple[str, ...] = ()
    """Claims that ask something else now."""


def freeze(claims: Path, changed: str, shown: Shown | None = None) -> Freeze:
    """Write down what the readings are today, after what was frozen before.

    Where verdicts are ``shown`` to be the same, the freeze says so, and the later run is told what
    it was judged by; ``ValueError`` where they are not, and nothing is written.
    """
    path, before = claims / FILE, readings(claims)
    if before.digest in {one.digest for one in history(claims)}:
        raise ValueError(f"{path} has {before.digest[:12]}: nothing has changed since that freeze")
    if shown:
        show_same(before, shown)
    made = Freeze(
        digest=before.digest,
        date=date.today(),
        changed=changed,
        verdicts="same" if shown else None,
        changed_claims=shown.but if shown else (),
    )
    document = tomlkit.parse(path.read_text("utf-8") if path.is_file() else "")
    table = tomlkit.table()
    table.update(made.model_dump(exclude_none=True, exclude_defaults=True))
    document.setdefault("freeze", tomlkit.aot()).append(table)
    write_whole(path, tomlkit.dumps(document))
    if shown:
        write_whole(shown.after, told(shown.after, claims).model_dump_json(indent=1) + "\n")
    return made


def told(run: Path, claims: Path) -> Findings:
    """The findings of a run with what they were judged by, and with what noise does to them, which
    counts again now.
    """
    found, now = read(run), readings(claims)
    noise = shares_under_noise(claims, now)
    firm = [
        one.firmness and one.firmness.model_copy(update={"same_under_noise": noise.get(one.key)})
        for one in found.findings
    ]
    pairs = zip(found.findings, firm, strict=True)
    findings = tuple(one.model_copy(update={"firmness": each}) for one, each in pairs)
    return found.model_copy(update={"readings": now, "findings": findings})


def show_same(now: Readings, shown: Shown) -> None:
    """Whether a run of all claims, by what the readings are now, has the verdicts of the table from
    before, on all that it judged; ``ValueError`` where it does not.
    """
    run = complete_only(read(shown.after))
    if run.readings is None or run.readings.digest != now.digest:
        raise ValueError(
            f"{shown.after} was judged by other readings than those of now: give a run of `pytest "
            "claims/ --anew`"
        )
    old = written_verdicts(shown.before)
    for id, row in verdicts_in(as_markdown(run)).items():
        was = old[id].symbols if id in old else {}
        for on, symbol in row.symbols.items():
            if id in shown.but or on.startswith("nulls of "):
                continue
            if was.get(on, "").rstrip(UNFIRM) != symbol.rstrip(UNFIRM):
                raise ValueError(
                    f"{id}, {on}: was {was.get(on) or 'not judged'} in {shown.before} and is "
                    f"{symbol or 'not judged'} in {shown.after}: name the claim if it asks "
                    "something else now, or freeze without them, and findings judged before count "
                    "as frozen no more"
                )


def digest(claims: Path) -> str:
    """The sha256 of all readings and rules, of the sets, and of a folder's checks."""
    modules = [Path(spec.origin) for name in RULES if (spec := find_spec(name)) and spec.origin]
    code = digest_of([*modules, *sorted(claims.glob("test_*.py"))])
    sets = Path(str(resources.files("replication").joinpath("data/templates"))).glob("*.jsonl")
    data = [sha256(path.read_bytes()).hexdigest() for path in sorted(sets)]
    return sha256(" ".join([code, *data]).encode()).hexdigest()


if __name__ == "__main__":
    folder, sentence, *given = sys.argv[1:]
    by = Shown(Path(given[0]), Path(given[1]), tuple(given[2:])) if given else None
    print(freeze(Path(folder), sentence, by).model_dump_json(indent=1))
