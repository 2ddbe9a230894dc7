"""What claims come to by the articles' reading where the signs of the final norm's gain are in it.

The signs are turned round in gain and unembedding alike, which leaves the model's output as it is
and makes the articles' method the reading ``SIGNS`` of ``replication.measures.norm_parts``. Every
claim of known_negatives.toml whose reason names the signs is judged so, or those that are named.

    python benchmarks/signs.py [CLAIM...]
"""

import sys
from pathlib import Path

from torch import nn

from replication.judging import negatives
from replication.judging.claims import Claim
from replication.judging.findings import judge
from replication.judging.suite import claims_in
from replication.models.final_norm import final_norm_of
from replication.models.language_model import LanguageModel
from replication.models.loading import load
from replication.models.registry import DEFAULT_MODEL
from replication.questions.measured import Measured
from replication.questions.reader import Reader
from replication.questions.subjects import Case

CLAIMS = Path("claims")


def turned(model: LanguageModel) -> LanguageModel:
    """The same function, with the signs of the final norm's gain in its unembedding."""
    norm = final_norm_of(model)
    head = model.network.get_submodule(model.architecture.head)
    head.weight = nn.Parameter(model.unembedding * norm.gain.sign(), requires_grad=False)
    weight = norm.gain.abs() - model.architecture.gain_offset
    model.final_norm.weight = nn.Parameter(weight, requires_grad=False)
    return model


class Turned(Measured):
    """The default model, so written down."""

    def __init__(self) -> None:
        super().__init__(DEFAULT_MODEL)
        self._reader = Reader(turned(load(DEFAULT_MODEL)))


def naming_the_signs() -> set[str]:
    """The claims whose failing is told by the signs."""
    known = negatives.read(CLAIMS / "known_negatives.toml").values()
    return {one.claim for one in known if one.norm == "none" and " signs" in one.reason}


def judged(claim: Claim, case: Case) -> str:
    """What a claim comes to, part by part."""
    finding = judge(claim, case)
    return "\n    ".join([f"{claim.id}: {finding.verdict}", *finding.measured.split("; ")])


def main() -> None:
    """Print the parts of each claim."""
    named = set(sys.argv[1:]) or naming_the_signs()
    case = Case(Turned(), "none")
    for claim in claims_in(CLAIMS):
        if claim.id in named:
            print(judged(claim, case), flush=True)


if __name__ == "__main__":
    main()
