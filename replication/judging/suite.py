"""The suite: the claims of a folder, and the jobs that each of them stands for."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from replication.base.norms import NORMS, Norm
from replication.judging.claims import Claim
from replication.judging.findings import ClaimNorm
from replication.judging.negatives import controls_of
from replication.models.nulls import KINDS, OF_THE_LENS, OF_THE_UNEMBEDDING, NullKind, draws_of
from replication.models.registry import find, null_name
from replication.questions.subjects import FreshSets, Instead, Published

OF_OTHERS = ("blimp", "winogender")
"""Sets that others made, to which there is no fresh one."""


@dataclass(frozen=True)
class Job:
    """A claim on one subject, or on the nulls of one kind of a model, under one norm."""

    claim: Claim
    subject: str
    """The subject's name; of nulls, that of their model."""
    norm: Norm
    null: NullKind | None = None

    @property
    def key(self) -> tuple[str, str, ClaimNorm]:
        """Claim, subject and norm as known negatives name them."""
        norm: ClaimNorm = self.norm if self.claim.norm_matters else "either"
        return self.claim.id, self.listed_as, norm

    @property
    def listed_as(self) -> str:
        """What it is on, for example ``smollm2`` or ``permuted controls of smollm2``."""
        return controls_of(self.null, self.subject) if self.null else self.subject

    @property
    def id(self) -> str:
        """The key in the form of a test's name."""
        claim, subject, norm = self.key
        return f"{claim}[{subject}-{norm}]"


def jobs_of(claim: Claim, models: Iterable[str], norms: Sequence[Norm]) -> Iterator[Job]:
    """The jobs of a claim: on the published numbers, on each model, on each kind of its nulls.

    Nulls are not judged under the tuned lens: each would need one of its own.
    """
    if claim.figures and ("none" in norms or not claim.norm_matters):
        yield Job(claim, Published.name, "none")
    if claim.published_only:
        return
    for norm in claim.norms(norms):
        for model in models:
            yield Job(claim, model, norm)
            if find(model)[1] is None and norm in NORMS:
                yield from (Job(claim, model, norm, kind) for kind in nulls_of(claim))


def nulls_of(claim: Claim) -> tuple[NullKind, ...]:
    """The kinds of null that a claim is judged on: those that take away something it looks at."""
    if not all(question.of_nulls for question in claim.questions):
        return ()
    reads_out = any(question.reads_out for question in claim.questions)
    kept = {
        kind: reads_out if kind in OF_THE_UNEMBEDDING else claim.norm_matters
        for kind in (*OF_THE_UNEMBEDDING, *OF_THE_LENS)
    }
    return tuple(kind for kind in KINDS if kept.get(kind, True))


def names_of_nulls(claim: Claim, model: str, kind: NullKind) -> list[str]:
    """The nulls of a kind on which a claim is judged, of a model."""
    return [null_name(model, kind, null.seed) for null in draws_of(kind, costly=claim.costly)]


def can_be_read_on(claim: Claim, instead: Instead) -> bool:
    """Whether all that the claim asks can be asked of another text, or of fresh sets."""
    return is_on_sets(claim) if isinstance(instead, FreshSets) else is_on_one_text(claim)


def is_on_one_text(claim: Claim) -> bool:
    """Whether all that the claim asks is asked of one text, so that another can take its place."""
    texts = {getattr(question, "text", None) for question in claim.questions}
    return len({text.prompt for text in texts if text}) == 1 and None not in texts


def is_on_sets(claim: Claim) -> bool:
    """Whether all that the claim asks is asked of sets that have fresh ones like them."""
    return all(
        "fresh" in question.settings and getattr(question, "set", None) not in OF_OTHERS
        for question in claim.questions
    )


def claims_in(folder: Path) -> tuple[Claim, ...]:
    """All claims of the modules ``test_*.py`` of a folder, module by module, as they stand there.

    ``ValueError`` where there are none, or two of one id.
    """
    claims: dict[str, Claim] = {}
    for path in sorted(folder.glob("test_*.py")):
        for claim in _claims_of(path):
            if claim.id in claims:
                raise ValueError(f"{path} has a second claim {claim.id}: give it another id")
            claims[claim.id] = claim
    if not claims:
        raise ValueError(f"no claims in {folder}: expected modules test_*.py with some")
    return tuple(claims.values())


def _claims_of(path: Path) -> list[Claim]:
    spec = spec_from_file_location(f"claims_of_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no module")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look their annotations up
    spec.loader.exec_module(module)
    return [found for found in vars(module).values() if isinstance(found, Claim)]
