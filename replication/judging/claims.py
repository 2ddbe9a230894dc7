"""Claims: sentences of a text, each with the check that stands for it.

A module says once what its claims are from, and makes a claim of each check::

    claim = ClaimsOf(HIDDEN_STATES)


    @claim("HS-06", RanksOf.of_figure("ranks_ones", own=True))
    def the_sequence_is_settled_from_layer_3(case): ...

The check looks at one ``Case`` and yields ``Part`` s: comparisons with a measured value and a
bound, each of which can fail.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from replication.articles.quotations import Quotation, quotations
from replication.articles.sources import Source
from replication.base.norms import Norm
from replication.base.records import Record
from replication.judging.parts import Part
from replication.questions.question import Question
from replication.questions.subjects import Case
from replication.results.sets import CROSSED_IN_WORDS

Level = Literal["figure", "many texts"]
"""What a claim is judged on: the text of the article's figure, or many texts of the same kind."""

Check = Callable[[Case], Iterable[Part]]


@dataclass(frozen=True)
class Claim:
    """A sentence of a text, and the check that stands for it."""

    id: str
    says: str
    source: Source
    level: Level
    figures: tuple[str, ...]
    """Ids of the published figures that it speaks of; none where nothing was published."""
    check: Check
    norm_matters: bool
    """False where only the last layer is looked at."""
    definitional: bool
    """True where the claim follows from how the experiment is made."""
    published_only: bool
    """True where the claim is about the published material itself."""
    questions: tuple[Question[Any], ...]
    """What the check asks; a figure that shows the same thing asks with equal questions."""
    generalizes: str | None
    """Id of the claim on the article's own text that this one asks of many texts."""
    relatives: tuple[str, ...]
    """Ids of claims that ask the same in another way. One of two relatives need name the other."""
    costly: bool
    """True where answers take many seconds, so that fewer nulls are asked."""

    @property
    def quotation(self) -> Quotation | None:
        """What the text says in its own words; of a claim that generalizes another, that one's."""
        return quotations().get(self.id) or quotations().get(self.generalizes or "")

    @property
    def crossed(self) -> tuple[str, ...]:
        """What clusters the texts of its sets have that are of two kinds, in words."""
        sets = dict.fromkeys(getattr(question, "set", None) for question in self.questions)
        return tuple(CROSSED_IN_WORDS[one] for one in sets if one in CROSSED_IN_WORDS)

    def norms(self, asked: Sequence[Norm]) -> Sequence[Norm]:
        """Of the norms asked for, those under which the claim is to be judged."""
        return asked if self.norm_matters else asked[:1]


@dataclass(frozen=True)
class ClaimsOf:
    """Makes claims of checks: those of one source, on its own texts or on many."""

    source: Source
    level: Level = "figure"

    def __call__(
        self,
        id: str,
        *questions: Question[Any],
        norm_matters: bool = True,
        definitional: bool = False,
        published_only: bool = False,
        generalizes: str | None = None,
        relatives: tuple[str, ...] = (),
        costly: bool = False,
    ) -> Callable[[Check], Claim]:
        """Make a claim of a check; the check's docstring is what the claim says."""
        figures = dict.fromkeys(q.published for q in questions if q.published)

        def made(check: Check) -> Claim:
            return Claim(
                id=id,
                says=" ".join((check.__doc__ or "").split()),
                source=self.source,
                level=self.level,
                figures=tuple(figures),
                check=check,
                norm_matters=norm_matters,
                definitional=definitional,
                published_only=published_only,
                questions=questions,
                generalizes=generalizes,
                relatives=relatives,
                costly=costly,
            )

        return made


class ClaimRecord(Record):
    """What is written down of a claim that was judged."""

    id: str
    says: str
    source: Source
    quotation: Quotation | None
    level: Level
    figures: tuple[str, ...]
    definitional: bool
    published_only: bool
    generalizes: str | None
    relatives: tuple[str, ...]
    """Ids of the other claims judged that ask the same in another way or of other texts."""
    crossed: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """What the claim is about, in a few words: a slip, or what its source speaks of."""
        return "slips" if self.published_only else self.source.about


def records_of(claims: Iterable[Claim]) -> tuple[ClaimRecord, ...]:
    """What is written down of the claims that were judged, in the order of their ids."""
    judged = {claim.id: claim for claim in sorted(claims, key=lambda claim: claim.id)}
    named = {id: {claim.generalizes, *claim.relatives} for id, claim in judged.items()}
    mutual = {id: tuple(k for k in judged if k in named[id] or id in named[k]) for id in judged}
    return tuple(
        ClaimRecord.model_validate(claim, from_attributes=True).model_copy(
            update={"relatives": mutual[id]}
        )
        for id, claim in judged.items()
    )
