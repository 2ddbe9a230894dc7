"""The hidden-state article's question where agreement is settled, and one that its method raises.

HS-Q1: the article asks whether the agreement of subject and verb is settled in the last layer or by
a circuit over several. That is two questions: where the number of the subject reaches the last
position, and where the verb is decided by what is there. Both are asked by depth: of the six layers
of the article's model the last is what lies beyond 5/6 of the depth. All effects are shares of the
gap: the logit difference between right and wrong verb after "The keys to the cabinet" less that
after "The key to the cabinet", one pair for each noun.

HS-Q2: what the articles' method, which leaves out the final norm, has to do with it.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import ATTENDS, OFTEN
from replication.base.norms import NORMS, Norm
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import FEWEST_CLUSTERS, crossing_of, more, mostly
from replication.judging.depth import before_last
from replication.judging.parts import Part, at_depth, beside, further
from replication.measures.depth import crossing, last_from
from replication.questions.sets import CircuitOver, ExpectedOver, WatchedOver
from replication.questions.subjects import Case
from replication.results.circuit import Circuit
from replication.results.sets import ExpectedSet

claim = ClaimsOf(HIDDEN_STATES, level="many texts")

CIRCUIT = CircuitOver()
AGREEMENT = WatchedOver("agreement")
DISTILGPT2 = 6
REPEATS = ExpectedOver(from_depth=1 - 1 / DISTILGPT2)  # what is before the last sixth, and that
PLURAL = {"subject": "plural", "attractor": "singular"}
LAST = "the last sixth of the depth"


def of_pairs(
    found: Circuit, statement: str, holds: Bool[np.ndarray, " pair"], values: np.ndarray
) -> Part:
    """A part on every pair."""
    unit = "share of the gap"
    return mostly(
        f"share of pairs {statement}", holds, found.clusters, values=values, values_unit=unit
    )


def of_others(
    found: Circuit, statement: str, values: Float[np.ndarray, " pair"], unit: str
) -> Iterator[Part]:
    """A part on the pairs on which no head was chosen; none where a null is asked too few."""
    kept = values[found.heads.held_out]
    if len(set(found.clusters_held_out)) < FEWEST_CLUSTERS:
        return
    yield mostly(
        f"share of other nouns' pairs {statement}",
        kept > OFTEN,
        found.clusters_held_out,
        values=kept,
        values_unit=unit,
    )


@claim(
    "HS-Q1-transport",
    CIRCUIT,
    norm_matters=False,
    relatives=("HS-15", "HS-Q1-decision"),
    costly=True,
)
def the_number_arrives_in_the_last_layer(case: Case) -> Iterator[Part]:
    """The number of the subject reaches the last position in the last layer, read as the last sixth
    of the depth: before it less than half of the effect is there. Heads that were named on half of
    the nouns bring most of it, from the subject, with the other nouns.
    """
    found = case.answer(CIRCUIT)
    brought, lost = found.patching.at_last
    start = before_last(DISTILGPT2, found.layers)
    arrives = crossing_of(
        "the last position has most of the effect for good",
        crossing(brought.T > OFTEN),
        found.clusters,
    )
    for effect, verb in ((brought[:, start], "brings back"), (lost[:, start], "takes away")):
        statement = f"whose last position {verb} less than half before {LAST} (layer {start})"
        yield at_depth(of_pairs(found, statement, effect < OFTEN, 1 - effect), arrives)
    heads = found.heads
    names = ", ".join(map(str, heads.named))
    for effect, verb in zip(heads.together, ("bring back", "take away"), strict=True):
        statement = f"in which the named heads (layer.head: {names}) {verb} more than half"
        yield from map(further, of_others(found, statement, effect, "share of the gap"))
    statement = f"in which they give the subject more than {ATTENDS} of their attention"
    yield from map(further, of_others(found, statement, heads.on_subject.mean(axis=1), "attention"))
    several = len({head.layer for head in heads.named})
    yield beside(more("layers that the named heads are of", several, 1, "layers"))
    literal = 1 - brought[:, -2]
    statement = "literally, whose last layer alone adds more than half"
    yield beside(of_pairs(found, statement, literal > OFTEN, literal))


@claim("HS-Q1-decision", CIRCUIT, norm_matters=False, relatives=("HS-14", "HS-15"), costly=True)
def the_verb_is_decided_in_the_last_layer(case: Case) -> Iterator[Part]:
    """The verb is decided in the last layer, read as the last sixth of the depth: its blocks write
    most of what tells the right verb from the wrong one, and little is left without them.
    """
    found = case.answer(CIRCUIT)
    written, left = found.attribution, found.ablation
    start = last_from(DISTILGPT2, found.layers)
    sixth, last = written.blocks[:, start:].sum(axis=1), written.blocks[:, -1]
    statement = f"of whose gap the blocks of {LAST} (from layer {start}) write more than half"
    yield of_pairs(found, statement, sixth > OFTEN, sixth)
    statement = "of whose gap less than half is left when these blocks write their mean"
    yield of_pairs(found, statement, left.sixth < OFTEN, 1 - left.sixth)
    statement = "of whose gap more than half is left when all blocks before them write their mean"
    yield beside(of_pairs(found, statement, left.before > OFTEN, left.before))
    names = ", ".join(map(str, found.heads.named))
    direct = written.of_gap(written.heads)
    by_heads = sum(direct[:, head.layer, head.number] for head in found.heads.named)
    statement = f"of whose gap the named heads (layer.head: {names}) themselves write most"
    yield from map(beside, of_others(found, statement, np.asarray(by_heads), "share of the gap"))
    statement = "of whose gap less than half is left when these heads write their mean"
    yield from map(beside, of_others(found, statement, 1 - left.named, "share of the gap"))
    statement = "literally, of whose gap the last block writes more than half"
    yield beside(of_pairs(found, statement, last > OFTEN, last))
    statement = "literally, of whose gap less than half is left without the last block"
    yield beside(of_pairs(found, statement, left.last < OFTEN, 1 - left.last))


@claim("HS-Q2", AGREEMENT, norm_matters=False, relatives=("HS-15", "HS-15-many"))
def agreement_is_late_for_want_of_the_norm(case: Case) -> Iterator[Part]:
    """Agreement is late for want of the final norm alone: read without it, subjects in the plural
    have their verb first for good at a greater depth than read with it, and with it before the last
    layer, read as the last sixth of the depth.
    """
    found = case.answer(AGREEMENT)
    clusters = found.crossed(**PLURAL)
    depths = {norm: crossing(found.ahead(norm, **PLURAL).T) for norm in found.norms}
    without, within = depths["none"], depths["final"]
    yield at_depth(
        mostly(
            "share of plural subjects whose verb leads for good later without the final norm",
            without > within,
            clusters,
            values=without - within,
            values_unit="depth",
        ),
        crossing_of("' are' leads for good, without the final norm", without, clusters),
    )
    for norm in (norm for norm in found.norms if norm != "none"):
        part = mostly(
            f"share of plural subjects whose verb leads for good before {LAST}, norm: {norm}",
            depths[norm] <= 1 - 1 / DISTILGPT2 + 1e-9,
            clusters,
            values=1 - 1 / DISTILGPT2 - depths[norm],
            values_unit="depth",
        )
        leads = crossing_of(f"' are' leads for good, norm: {norm}", depths[norm], clusters)
        yield at_depth(part if norm == "final" else beside(part), leads)


@claim("HS-Q2-caution", REPEATS, norm_matters=False, relatives=("HS-05", "HS-05-many"))
def the_last_layer_is_cautious_for_want_of_the_norm(case: Case) -> Iterator[Part]:
    """The last layer's caution is there for want of the final norm alone: over repeated numbers it
    takes probability from the token that was and stays the best candidate where what is before it
    is read without the norm, and not where it is read with it.
    """
    found = case.answer(REPEATS)
    yield from caution(found, 0, f"after {LAST} than before it")
    for part in caution(found, -2, "after the last layer than before it"):
        yield beside(part.model_copy(update={"statement": f"literally, {part.statement}"}))


def caution(found: ExpectedSet, start: int, when: str) -> Iterator[Part]:
    """In how many patterns the best token's probability falls, without the final norm; and in how
    many it does not with it.
    """
    expected: dict[Norm, bool] = {"none": True, "final": False}
    for norm, there in expected.items():
        cautious, fall = falling(found, norm, start)
        yield mostly(
            f"share of patterns {'whose' if there else 'other than those whose'} repeated token is "
            f"best and less probable {when}, norm: {norm}",
            cautious == there,
            found.crossed,
            values=fall if there else -fall,
            values_unit="probability",
        )


def falling(
    found: ExpectedSet, norm: Norm, start: int
) -> tuple[Bool[np.ndarray, " item"], Float[np.ndarray, " item"]]:
    """In which patterns the best token loses probability from a layer to the last, and how much."""
    under = NORMS.index(norm)
    best = (found.ranks[under][:, [start, -1]] == 1).all(axis=1)
    fall = found.probabilities[under, :, start] - found.probabilities[under, :, -1]
    return best & (fall > 0), fall
