"""Readings and rules under a hash: whether a verdict was reached by what was fixed beforehand.

The hash is of code and numbers, not of prose: docstrings and comments may be reworded. What was
frozen, and when, stands in ``frozen.toml`` beside the claims, where
``python -m replication.judging.freeze claims "what changed" [BEFORE.json AFTER.json]`` puts it.
With the findings of runs before and after the change it is shown that every verdict is the same;
then what was judged before counts as judged by what was frozen (``replication.judging.readings``).
"""

import sys
import tomllib
from datetime import date
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import tomlkit

from replication.base.files import write_whole
from replication.base.source_code import digest_of
from replication.judging.readings import Freeze, Readings
from replication.judging.rules import Verdict
from replication.judging.saving import complete_only
from replication.judging.verdicts import read

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


def freeze(claims: Path, changed: str, runs: tuple[Path, Path] | None = None) -> Freeze:
    """Write down what the readings are today, after what was frozen before.

    ``runs`` are the findings of all claims before the change and after it. If every verdict is the
    same in both, the freeze says so, and the later run is told what it was judged by; otherwise, or
    where they are not those runs, ``ValueError``, and nothing is written.
    """
    path, before = claims / FILE, readings(claims)
    if before.digest in {one.digest for one in history(claims)}:
        raise ValueError(f"{path} has {before.digest[:12]}: nothing has changed since that freeze")
    if runs:
        show_same(before, *runs)
    made = Freeze(
        digest=before.digest, date=date.today(), changed=changed, verdicts="same" if runs else None
    )
    document = tomlkit.parse(path.read_text("utf-8") if path.is_file() else "")
    table = tomlkit.table()
    table.update(made.model_dump(exclude_none=True))
    document.setdefault("freeze", tomlkit.aot()).append(table)
    write_whole(path, tomlkit.dumps(document))
    if runs:
        judged = read(runs[1]).model_copy(update={"readings": readings(claims)})
        write_whole(runs[1], judged.model_dump_json(indent=1) + "\n")
    return made


def show_same(now: Readings, before: Path, after: Path) -> None:
    """Whether two runs of all claims, by what was frozen and by what the readings are now, have the
    same verdicts; ``ValueError`` where they do not.
    """
    frozen = now.later[-1].digest if now.later else now.frozen
    old, new = (
        _verdicts(path, expected) for path, expected in ((before, frozen), (after, now.digest))
    )
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            raise ValueError(
                f"{' '.join(key)} was {old.get(key)} in {before} and is {new.get(key)} in {after}: "
                "freeze without runs, and findings judged before count as frozen no more"
            )


def _verdicts(path: Path, expected: str | None) -> dict[tuple[str, str, str], Verdict]:
    run = complete_only(read(path))
    judged_by = run.readings.digest if run.readings else None
    if judged_by != expected or not expected:
        raise ValueError(
            f"{path} was judged by {judged_by}, expected {expected}: give a run by what was frozen "
            "last, and one by the readings as they are now"
        )
    return {finding.key: finding.verdict for finding in run.findings}


def digest(claims: Path) -> str:
    """The sha256 of all readings and rules, of the sets, and of a folder's checks."""
    modules = [Path(spec.origin) for name in RULES if (spec := find_spec(name)) and spec.origin]
    code = digest_of([*modules, *sorted(claims.glob("test_*.py"))])
    sets = Path(str(resources.files("replication").joinpath("data/templates"))).glob("*.jsonl")
    data = [sha256(path.read_bytes()).hexdigest() for path in sorted(sets)]
    return sha256(" ".join([code, *data]).encode()).hexdigest()


if __name__ == "__main__":
    folder, sentence, *given = sys.argv[1:]
    of_runs = (Path(given[0]), Path(given[1])) if given else None
    print(freeze(Path(folder), sentence, of_runs).model_dump_json(indent=1))
