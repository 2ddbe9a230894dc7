"""Whatever prompt is typed, a claim on one text ends in a finding: judged, or not testable for a
reason that says what was found and what to ask instead.
"""

import warnings
from pathlib import Path

import pytest
import tiny
from sklearn.exceptions import ConvergenceWarning

from replication.judging.claims import Claim
from replication.judging.findings import judge
from replication.judging.suite import claims_in, is_on_one_text
from replication.questions.measured import Measured
from replication.questions.question import Text
from replication.questions.subjects import Case

CLAIMS = [
    claim
    for claim in claims_in(Path(__file__).parents[2] / "claims")
    if is_on_one_text(claim) and not claim.published_only
]
TEXTS = {
    "one word": Text("Hello"),
    "a list": Text("1. Austria\n2. Belgium\n3."),
    "very long": Text("The keys to the cabinet are here. " * 200),
    "emoji": Text("🙂🚀 👩‍👩‍👧‍👦"),
    "chinese": Text("法国的首都是"),
    "only spaces": Text("     "),
    "two tokens": Text("\n\n"),
    "one token of each": Text("1", ","),
    "tags": Text("<a>", "</a>1"),
    "words after their place": Text("born 1. will", " year? William Shakespeare ever 12 ultimate"),
    "a list of others": Text("Chile, Chile", " Norway\n Norway, 1. London"),
}


PLAIN = Text("The keys to the cabinet and the doors ", "are here")


def findings(text: Text, subject: Measured, claims: list[Claim]) -> dict[str, str]:
    """What came of each claim."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as for the mean of nothing
        warnings.simplefilter("ignore", ConvergenceWarning)
        for claim in claims:
            finding = judge(claim, Case(subject, "none", text))
            found[claim.id] = finding.measured
            if finding.holds is None:
                own = claim.questions[0].prompt[:20]
                assert "Ask this of a text like the claim's own" in finding.measured
                assert repr(own)[1:-1] in finding.measured
    return found


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_prompt_ends_in_an_error(text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Measured(tiny.plant(monkeypatch, tiny.model("llama")).name)
    found = findings(text, subject, CLAIMS)
    assert found.keys() == {claim.id for claim in CLAIMS}
    assert all(len(measured) > 20 for measured in found.values())


def test_reasons_say_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Measured(tiny.plant(monkeypatch, tiny.model("llama")).name)
    told = {
        "HS-07": "no token of 'are here' begins a comma: expected some",
        "HS-12": "of the countries [] 0 are of the EU and 0 are not: expected some of both",
        "EX-07": f"nothing is counted in {PLAIN.prompt!r}: expected a number to go on from",
        "EX-16": "parts of speech are known of one passage alone",
        "HS-22": "no token of 'are here' begins '",
    }
    claims = [claim for claim in CLAIMS if claim.id in told]
    found = findings(PLAIN, subject, claims)
    for id, reason in told.items():
        assert reason in found[id]
