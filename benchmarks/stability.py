"""On how many random starts of the factorization the findings on factors hold, part by part.

EX-11, EX-13, EX-14 and EX-16 ask this themselves in every run of the claims. EX-15, EX-17 and EX-18
would take a run of the claims too long, and are asked here:

    python benchmarks/stability.py [--model smollm2] [--starts 20]
"""

import argparse
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replication.judging.findings import judge
from replication.judging.parts import Part
from replication.judging.suite import claims_in
from replication.models import weights
from replication.models.registry import find
from replication.questions.measured import subject
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question
from replication.questions.subjects import Case

CLAIMS = ("EX-15", "EX-17", "EX-18")


@dataclass(frozen=True)
class Started(Case):
    """A subject whose factors come from another start."""

    start: int = 0

    def answer(self, question: Question[Any]) -> Any:
        """The answer; factors are those from this start."""
        asked = question.of(seed=self.start) if isinstance(question, FactorsOf) else question
        return super().answer(asked)


def main() -> None:
    """Print for each claim on how many starts it holds, and each of its parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--starts", type=int, default=20)
    asked = parser.parse_args()
    weights.fetch(find(asked.model)[0])
    measured = subject(asked.model)
    cases = [Started(measured, "none", start=start) for start in range(asked.starts)]
    found = {claim.id: claim for claim in claims_in(Path(__file__).parents[1] / "claims")}
    for claim in map(found.__getitem__, CLAIMS):
        first = judge(claim, cases[0])  # records the texts once, before the starts share them
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            rest = list(pool.map(lambda case, claim=claim: judge(claim, case), cases[1:]))
        findings = [first, *rest]
        held = sum(finding.holds is True for finding in findings)
        print(f"{claim.id} holds on {held} of {asked.starts} starts")
        for name in dict.fromkeys(map(name_of, first.parts)):
            whole = sum(
                all(part.holds for part in finding.parts if name_of(part) == name)
                for finding in findings
            )
            print(f"    {whole:>3}  {name}")


def name_of(part: Part) -> str:
    """What a part is about, without the numbers of factors in its statement."""
    return re.split("[:(]", part.statement)[0].strip()


if __name__ == "__main__":
    main()
