"""What a verdict means: the rules by which the parts of a finding become one word.

A claim has a core, the sentence's own assertion. If a part of the core fails, the claim does not
hold, whatever else does. What holds by the way it is made shows nothing; nor does what nulls of
some kind show as well. Only then does it count how much of the rest holds.
"""

from collections.abc import Sequence
from typing import Literal

from replication.judging.parts import Part
from replication.results.provenance import SubjectKind

Verdict = Literal[
    "replicated",
    "generalises",
    "consistent",
    "partially",
    "not_replicated",
    "uninformative",
    "by_definition",
    "not_testable",
]

MEANING: dict[Verdict, str] = {
    "replicated": "every part holds, on the model that the article used",
    "generalises": "every part holds, on a model that the article did not use",
    "consistent": "every part holds on the published numbers, from which the reading was taken: "
    "the article's words fit its own figure",
    "partially": "the core holds, and something that the sentence adds to it does not",
    "not_replicated": "some part of the core does not hold, or over many texts is not shown to",
    "uninformative": "the core holds, and so it does on more than a quarter of the nulls of some "
    "kind",
    "by_definition": "the core holds, and by the way it is made it could not do otherwise",
    "not_testable": "the subject cannot show it",
}
"""In the order of the rules read from below."""

WHOLE: dict[SubjectKind, Verdict] = {
    "published": "consistent",
    "paper": "replicated",
    "registry": "generalises",
    "control": "generalises",
}
"""The verdict where every part holds, by what the finding is on."""


def verdict_of(
    parts: Sequence[Part],
    kind: SubjectKind,
    *,
    definitional: bool = False,
    shown_by_nulls: bool = False,
) -> Verdict:
    """The verdict on a finding; none of the parts means that it is not testable.

    ``shown_by_nulls``: whether the nulls of some kind show the core too.
    ``ValueError`` for parts without a core.
    """
    if not parts:
        return "not_testable"
    if not core_holds(parts):
        return "not_replicated"
    if definitional:
        return "by_definition"
    if shown_by_nulls:
        return "uninformative"
    return WHOLE[kind] if all_hold(parts) else "partially"


def core_holds(parts: Sequence[Part]) -> bool:
    """Whether every part of the core holds; ``ValueError`` where there is none."""
    core = [part for part in parts if part.weight == "core"]
    if not core:
        raise ValueError(f"{len(parts)} parts and none of them is the core: expected at least one")
    return all(part.holds for part in core)


def all_hold(parts: Sequence[Part]) -> bool:
    """Whether every part holds that bears on the verdict."""
    return all(part.holds for part in parts if part.weight != "beside")
