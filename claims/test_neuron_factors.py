"""The findings of "Interfaces for Explaining Transformer Language Models" (Alammar 2020) on
neurons and their factors, EX-09 to EX-20, EX-23 and EX-26.

Where the article names a factor ("for commas"), the factor is found by what it goes with: the one
whose activity correlates best with the named tokens (``role_score``), which has to be better than
the best factor of 95 % of shuffled tokens.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import Bool, Float

from replication.articles.passages import Speech, Xml, speech_of, xml_of
from replication.articles.sources import EXPLAINING_TRANSFORMERS
from replication.articles.thresholds import (
    ABOUT_A_SHARE,
    DEPTH_OF_NEURONS,
    ELSEWHERE,
    FEW_NEURONS,
    MOST_NEURONS,
    OFTEN,
    SIGNIFICANT,
    SINGLE_WORDS,
    STARTS,
    STRETCHES,
)
from replication.base.significance import holm, most_of
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import agrees, less, more
from replication.judging.parts import Part, beside, further, literally
from replication.measures.cluster_roles import fires_most, growth, purity
from replication.measures.depth import first_layer
from replication.measures.factors import reach
from replication.measures.role_scores import RoleScore, role_score
from replication.questions.neurons import (
    ClustersOf,
    ComponentsOf,
    FactorsOf,
    FeedForwardShareOf,
    SparsityOf,
)
from replication.questions.question import Text
from replication.questions.subjects import Case
from replication.results.factors import Factors
from replication.results.neurons import Clusters
from replication.results.roles import Role
from replication.results.untestable import NotTestable

claim = ClaimsOf(EXPLAINING_TRANSFORMERS)
COUNTING = "factors_counting_two"
TWO = FactorsOf.of_figure(COUNTING)
FIVE = FactorsOf.of_figure("factors_counting_five")
EU = FactorsOf.of_figure("factors_eu")
XML = FactorsOf.of_figure("factors_xml")
UNDERGROUND = FactorsOf.of_figure("factors_underground_layer0")
UNDERGROUND_18 = FactorsOf.of_figure("factors_underground_layer0", 18)
SPARSITY = SparsityOf.of_figure(COUNTING)
UNDERGROUND_36 = FactorsOf.of_figure("factors_underground_layer0", SINGLE_WORDS)
CLUSTERS = ClustersOf.of_figure(COUNTING)
UP = ClustersOf(Text(" 1,", " 2, 3, 4, 5, 6, 7, 8, 9,"))
DOWN = ClustersOf(Text(" 9,", " 8, 7, 6, 5, 4, 3, 2, 1,"))
VALUES = range(2, 9)
"""Those that both texts write. Every tokenizer here writes each as one token, after its space."""
COMPONENTS = ComponentsOf.of_figure(COUNTING, 2)
SHARE = FeedForwardShareOf(published=COUNTING)
FIRST_TOKEN_FIGURES = (
    *(FIVE, EU, XML, UNDERGROUND),
    *map(FactorsOf.of_figure, ("factors_hero_eu", "factors_cpp")),
)
"""Those with room for such a factor: two factors of a count have none."""

PORTIONS = ("beginning", "middle", "end")
"""Roles of which the finding is that a stretch hangs together, wherever it ends."""

Marks = Sequence[bool] | Bool[np.ndarray, " token"]
"""Yes or no for each token."""
PartsOfFactors = Callable[[Factors], Iterable[Part]]


def whole(roles: Sequence[Role]) -> list[Role]:
    """Roles in which every piece of an item has the item's role."""
    found: list[Role] = []
    for role in roles:
        found.append(found[-1] if role is Role.CONTINUED and found else role)
    return found


def having(roles: Iterable[object], *wanted: object) -> Bool[np.ndarray, " token"]:
    """Which tokens have one of some roles."""
    return np.array([role in wanted for role in roles])


def first_token(factors: Factors) -> Bool[np.ndarray, " token"]:
    """Which token is the first."""
    return np.arange(len(factors.tokens)) == 0


def written(factors: Factors) -> Bool[np.ndarray, " token"]:
    """Which tokens were generated: those are shown with what produced them."""
    return np.arange(len(factors.tokens)) >= factors.n_input


def stretch_of(length: int) -> list[int]:
    """The stretch of each place of a sequence: 0 for the start, 1 for the middle, 2 for the end."""
    return [place * STRETCHES // length for place in range(length)]


def score(
    name: str, activity: Float[np.ndarray, "pattern token"], has: Marks, among: Marks | None = None
) -> RoleScore:
    """The pattern that goes best with the tokens that have a role."""
    asked = np.ones(len(has), bool) if among is None else np.asarray(among)
    found, number = int((np.asarray(has) & asked).sum()), int(asked.sum())
    if found in (0, number):
        raise NotTestable(f"{found} of {number} tokens are {name}: expected some, and some others")
    return role_score(activity, has, among=among, whole_runs=name not in PORTIONS)


def go_with(scores: Mapping[str, RoleScore]) -> dict[str, Part]:
    """For each role of a claim the part that a factor goes with it above chance; p-values are
    corrected for how many roles there are.
    """
    corrected = holm({name: found.p_value for name, found in scores.items()})
    parts = {}
    for name, found in scores.items():
        next_best = "" if found.runner_up is None else f", next best {found.runner_up:.2f}"
        goes = f"correlation of factor {found.pattern} {found.correlation:.2f}{next_best}"
        statement = f"{name} ({goes}): chance of as good a one elsewhere"
        parts[name] = less(statement, corrected[name], SIGNIFICANT, "probability")
    return parts


def different(scores: Iterable[RoleScore], pattern: str = "factors") -> Part:
    """The part that no pattern serves two roles."""
    patterns = [found.pattern for found in scores]
    return agrees(f"different {pattern}", len(set(patterns)), len(patterns), 0, "patterns")


def scores_of(
    activity: Float[np.ndarray, "pattern token"],
    roles: Mapping[str, Marks],
    among: Marks | None = None,
) -> dict[str, RoleScore]:
    """For each role of one claim, the pattern that goes best with it."""
    return {name: score(name, activity, has, among) for name, has in roles.items()}


def roles_have_factors(
    factors: Factors, roles: Mapping[str, Marks], among: Marks | None = None
) -> Iterator[Part]:
    """Parts for all roles of one claim: each goes with a factor, and each with another."""
    scores = scores_of(factors.activity, roles, among)
    yield from go_with(scores).values()
    yield different(scores.values())


def read_tokens(factors: Factors) -> Marks | None:
    """Which tokens are looked at where it is asked what a factor responds to: those read, and all
    where there are no others.
    """
    return None if written(factors).all() else ~written(factors)


def on_most_seeds(case: Case, question: FactorsOf, parts: PartsOfFactors) -> Iterator[Part]:
    """The part that a finding does not hang on the start of the factorization.

    It is asked of trained models only: other starts were not published, and an untrained network
    is asked often enough by being ten.
    """
    if case.provenance(question).kind in ("published", "control"):
        return
    case.answer(question)  # records the text once, before the starts share it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda seed: case.answer(question.of(seed=seed)), STARTS)
    held = sum(all(part.holds for part in parts(factors)) for factors in runs)
    statement = f"of {len(STARTS)} starts, those on which all of this holds"
    yield further(more(statement, held, OFTEN * len(STARTS), "starts"))


def in_layer_0(case: Case, question: FactorsOf, parts: PartsOfFactors) -> Iterator[Part]:
    """The part on layer 0 itself, of the parts of a finding that is asked at a sixth of the depth.

    It is asked of models of another depth than the article's, on which alone that is another layer,
    and bears on no verdict, so that no null is asked.
    """
    if case.provenance(question).kind != "registry":
        return
    found = list(parts(case.answer(question.of(layers=(0,)))))
    held = sum(part.holds for part in found)
    statement = f"of these {len(found)} comparisons, those that hold in layer 0"
    yield literally(agrees(statement, held, len(found), 0, "comparisons"))


@claim("EX-09", SPARSITY, norm_matters=False)
def few_neurons_fire(case: Case) -> Iterator[Part]:
    """Few of the neurons of a layer fire at a token."""
    found = case.answer(SPARSITY)
    layer = first_layer(DEPTH_OF_NEURONS, len(found.layers))
    share = np.median(found.share[layer])
    statement = f"median share of layer {layer}'s {found.neurons} neurons that fire at a token"
    yield less(statement, share, FEW_NEURONS, "share")


def begin(found: Clusters) -> Bool[np.ndarray, " token"]:
    """Which tokens are looked at: not the later pieces of a number, which the article's model
    writes as one token.
    """
    return ~having(found.of.roles, Role.CONTINUED)


@claim("EX-10", CLUSTERS, norm_matters=False, relatives=("EX-10-growth",))
def neurons_cluster_by_what_they_fire_for(case: Case) -> Iterator[Part]:
    """Neurons of a layer that fire alike form a cluster that fires the most when a number is
    written, another one that does when a comma is, and a large sparse cluster.
    """
    found = case.answer(CLUSTERS)
    looked_at = begin(found)
    firing, roles = found.firing[:, looked_at], np.array(found.of.roles)[looked_at]
    if missing := {Role.NUMBER, Role.COMMA} - set(roles):
        raise NotTestable(f"no token of {found.of.tokens} begins a {min(missing)}: expected some")
    for role in (Role.NUMBER, Role.COMMA):
        shares = fires_most(firing, having(roles, role))[1:]  # the large sparse one is another
        statement = f"share of the {role}s at which cluster {1 + shares.argmax()} fires more than "
        yield more(statement + "at any other token", shares.max(), OFTEN, "share")
    largest, *others = found.firing.mean(axis=1)
    statement = "mean firing of the largest cluster, against the least of the others"
    yield less(statement, largest, min(others), "firing")
    share = found.sizes[0] / found.sizes.sum()
    yield further(more("its share of the neurons", share, MOST_NEURONS, "share"))


def by_value(firing: Float[np.ndarray, "cluster token"], found: Clusters) -> np.ndarray:
    """The firing of clusters when each of ``VALUES`` was written, in their order."""
    return firing[:, [found.of.tokens.index(token) for token in digits_of(found)]]


def digits_of(found: Clusters) -> list[str]:
    """The tokens of ``VALUES``, with their space where it is no token of its own."""
    said = {token.strip(): token for token in found.of.tokens}
    missing = [str(value) for value in VALUES if str(value) not in said]
    if missing:
        raise NotTestable(f"this tokenizer does not write {missing} as one token each")
    return [said[str(value)] for value in VALUES]


@claim("EX-10-growth", UP, DOWN, norm_matters=False, relatives=("EX-10",))
def some_neurons_fire_more_for_greater_numbers(case: Case) -> Iterator[Part]:
    """One cluster is focused on numbers, and fires the more the greater the number is: where the
    count goes up and, so that it is no mere drift along the text, where it goes down.
    """
    up, down = case.answer(UP), case.answer(DOWN)
    means = np.stack([down.of.values[up.labels == k].mean(axis=0) for k in range(len(up.sizes))])
    found = growth(by_value(up.firing, up), by_value(means, down))
    statement = f"mean rank correlation of cluster {found.cluster} with the number, both ways"
    yield more(statement, found.correlation, found.shuffled_95, "rho")
    row, roles = up.firing[found.cluster], up.of.roles
    at_numbers, at_commas = (row[having(roles, role)].mean() for role in (Role.NUMBER, Role.COMMA))
    statement = "its mean firing when a number is written, against a comma"
    yield further(more(statement, at_numbers, at_commas, "firing"))


@claim("EX-26", CLUSTERS, norm_matters=False)
def clusters_show_what_single_neurons_hide(case: Case) -> Iterator[Part]:
    """Clustering shows what the raw activations hide: clusters go with one role of tokens better
    than single neurons and than random groups of neurons do.
    """
    found = case.answer(CLUSTERS)
    looked_at = begin(found)
    roles = np.array(found.of.roles)[looked_at]
    if len(set(roles)) < 2:
        raise NotTestable(f"the tokens {found.of.tokens} have not several roles: expected some")
    kinds = np.stack(
        [having(roles, role) for role in dict.fromkeys(found.of.roles) if role in roles]
    )
    pure = purity(found.of.values[:, looked_at], found.labels, kinds)
    statement = "correlation of a neuron's cluster with its best role, mean over neurons, against "
    yield more(statement + "the neuron's own", pure.clusters, pure.neurons, "correlation")
    statement += "groups dealt at random"
    yield more(statement, pure.clusters, pure.dealt_95, "correlation")


def produced_separately(factors: Factors) -> Iterator[Part]:
    """Parts of EX-11."""
    roles, generated = whole(factors.roles), written(factors)
    kinds = {role.value: having(roles, role) for role in (Role.NUMBER, Role.COMMA)}
    scores = scores_of(factors.activity, kinds, generated)
    yield from go_with(scores).values()
    for role, found in scores.items():
        row = factors.activity[found.pattern]
        yield less(
            "its activity at the first token, against its greatest where it produces a "
            f"{role} (else the first token is its main work)",
            row[0],
            row[kinds[role] & generated].max(),
            "activity",
        )
    yield different(scores.values())


@claim("EX-11", TWO, norm_matters=False)
def numbers_and_commas_have_a_factor_each(case: Case) -> Iterator[Part]:
    """Of two factors of a counting sequence one is for producing numbers, the other for producing
    commas.
    """
    yield from produced_separately(case.answer(TWO))
    yield from on_most_seeds(case, TWO, produced_separately)


@claim("EX-12", TWO, norm_matters=False)
def two_factors_share_neurons(case: Case) -> Iterator[Part]:
    """Each of the two factors of a counting sequence reaches a part of all neurons, 30 % and 46 %,
    and they have many in common. The article does not give the activation from which on a neuron
    counts; here it is 0, and its numbers are not asked for.
    """
    factors = case.answer(TWO)
    if factors.neurons is None:
        raise NotTestable("the article published no neurons of its factors, and no threshold")
    found = reach(factors)
    for factor, share in enumerate(found.shares):
        statement = f"share of neurons that factor {factor} reaches"
        yield further(less(statement, share, 0.5, "share"))
    by_chance = found.shares[0] * found.shares[1] * found.neurons
    statement = "neurons in common, against two independent sets of these sizes"
    yield more(statement, found.common[0, 1], by_chance, "neurons")


def counting_in_stretches(factors: Factors) -> Iterator[Part]:
    """Parts of EX-13."""
    roles, generated = whole(factors.roles), written(factors)
    numbers, commas = (having(roles, role) & generated for role in (Role.NUMBER, Role.COMMA))
    if not numbers.any():
        raise NotTestable(f"no number is among the tokens written: {factors.tokens}")
    first = score("first token", factors.activity, first_token(factors))
    comma = score("comma", factors.activity, commas, generated)
    yield from go_with({"first token": first, "comma": comma}).values()
    yield different([first, comma])
    begun = having(factors.roles, Role.NUMBER)[generated].cumsum()[numbers[generated]]
    stretches = stretch_of(int(begun.max()))
    found = {
        stretches[int(begun[row[numbers].argmax()]) - 1]
        for factor, row in enumerate(factors.activity)
        if factor not in (first.pattern, comma.pattern)
        and row[numbers].mean() > row[commas].mean()  # it is for counting
    }
    statement = "stretches of the count in which a factor of its own peaks"
    yield agrees(statement, len(found), STRETCHES, 0, "stretches")


@claim("EX-13", FIVE, norm_matters=False)
def five_factors_split_the_count(case: Case) -> Iterator[Part]:
    """Of five factors of a counting sequence one is for the first token only, one for commas, and
    three share the count: its start, its middle and its end.
    """
    yield from counting_in_stretches(case.answer(FIVE))
    yield from on_most_seeds(case, FIVE, counting_in_stretches)


def list_parts(factors: Factors) -> Iterator[Part]:
    """Parts of EX-14."""
    roles = whole(factors.roles)
    kinds = (Role.NUMBER, Role.PERIOD, Role.NEWLINE, Role.COUNTRY)
    marks = {kind.value: having(roles, kind) for kind in kinds}
    yield from roles_have_factors(factors, marks, read_tokens(factors))


@claim("EX-14", EU, norm_matters=False)
def the_list_splits_into_syntax_and_content(case: Case) -> Iterator[Part]:
    """EU list: of six factors, one each is for the numbers, the periods, the newlines and the
    countries.
    """
    yield from list_parts(case.answer(EU))
    yield from on_most_seeds(case, EU, list_parts)


@claim("EX-15", XML, norm_matters=False, costly=True)
def xml_splits_into_its_parts(case: Case) -> Iterator[Part]:
    """XML: of ten factors there are some for newlines, labels of tags (closing ones more),
    indentation, "<", the first token, ">" (two), text between tags, and "</". A kind of which a
    tokenizer makes no token, as where the indentation is one token with the newline, is left out.
    """
    factors = case.answer(XML)
    roles = xml_of(factors.tokens)
    kinds = {
        "newline": having(roles, Xml.NEWLINE),
        "label": having(roles, Xml.OPENING_LABEL, Xml.CLOSING_LABEL),
        "indentation": having(roles, Xml.INDENTATION),
        "<": having(roles, Xml.OPENING),
        "first token": first_token(factors),
        ">": having(roles, Xml.END),
        "text": having(roles, Xml.TEXT),
        "</": having(roles, Xml.CLOSING),
    }
    none = [name for name, has in kinds.items() if not has.any()]
    tags = {Xml.OPENING_LABEL, Xml.CLOSING_LABEL, Xml.END}
    if missing := tags - set(roles):
        raise NotTestable(f"no token of {''.join(factors.tokens)!r} is a tag's {min(missing)}")
    scores = scores_of(factors.activity, {n: kinds[n] for n in kinds if n not in none})
    without = factors.activity.copy()
    without[scores[">"].pattern] = 0
    scores["> again"] = score("> again", without, kinds[">"])
    yield from go_with(scores).values()
    row = factors.activity[scores["label"].pattern]
    closing, opening = (
        row[having(roles, role)].mean() for role in (Xml.CLOSING_LABEL, Xml.OPENING_LABEL)
    )
    statement = "mean activity at closing labels, against opening ones"
    yield further(more(statement, closing, opening, "activity"))
    yield different(
        scores.values(), f"factors (no token: {', '.join(none)})" if none else "factors"
    )


def speech_in(factors: Factors) -> tuple[Speech, ...]:
    """The part of speech of each token; ``NotTestable`` of another text than the passage, whose
    words nobody has labelled.
    """
    try:
        return speech_of(factors.tokens)
    except ValueError as error:
        raise NotTestable(f"parts of speech are known of one passage alone: {error}") from error


def speech_roles(factors: Factors) -> dict[str, Marks]:
    """What the article's ten factors of the Underground passage are for."""
    speech = speech_in(factors)
    stretches = stretch_of(factors.n_input)
    after = [STRETCHES] * (len(factors.tokens) - factors.n_input)
    return {
        "beginning": having([*stretches, *after], 0),
        "middle": having([*stretches, *after], 1),
        "end": having([*stretches, *after], 2),
        "pronoun": having(speech, Speech.PRONOUN),
        "auxiliary verb": having(speech, Speech.AUXILIARY),
        "other verb": having(speech, Speech.VERB),
        "linking verb": having(speech, Speech.LINKING),
        "noun or adjective": having(speech, Speech.NOUN, Speech.ADJECTIVE),
        "comma": having(factors.roles, Role.COMMA),
        "first token": first_token(factors),
    }


def grammar(factors: Factors) -> Iterator[Part]:
    """Parts of EX-16."""
    yield from roles_have_factors(factors, speech_roles(factors), read_tokens(factors))


@claim("EX-16", UNDERGROUND, norm_matters=False)
def the_first_layer_knows_grammar(case: Case) -> Iterator[Part]:
    """Notes from Underground: of ten factors of the first layer of six, at a sixth of the depth,
    three follow the portions of the text, and one each is for pronouns, auxiliary verbs,
    other verbs, linking verbs, nouns with their adjectives, commas, and the first token.
    """
    yield from grammar(case.answer(UNDERGROUND))
    yield from on_most_seeds(case, UNDERGROUND, grammar)
    yield from in_layer_0(case, UNDERGROUND, grammar)


@claim("EX-17", UNDERGROUND_18, norm_matters=False)
def more_factors_find_adverbs_and_pieces(case: Case) -> Iterator[Part]:
    """There, with eighteen factors, adverbs and pieces of words get factors of their own."""
    yield from adverbs_and_pieces(case.answer(UNDERGROUND_18))
    yield from in_layer_0(case, UNDERGROUND_18, adverbs_and_pieces)


def adverbs_and_pieces(factors: Factors) -> Iterator[Part]:
    """Parts of EX-17."""
    speech = speech_in(factors)
    kinds = {
        "adverb": having(speech, Speech.ADVERB),
        "later piece of a word": having(speech, Speech.CONTINUED),
    }
    yield from factors_of_their_own(factors, kinds)


def factors_of_their_own(factors: Factors, kinds: Mapping[str, Marks]) -> Iterator[Part]:
    """Parts of EX-17 and EX-23: each kind goes with a factor, and with none of those that go with
    what the ten factors were for.
    """
    known = speech_roles(factors)
    scores = scores_of(factors.activity, {**kinds, **known}, read_tokens(factors))
    taken = {scores[name].pattern for name in known}
    parts = go_with({name: scores[name] for name in kinds})
    for name in kinds:
        yield parts[name]
        statement = f"{name}: of what the ten factors were for, its factor serves"
        yield agrees(statement, int(scores[name].pattern in taken), 0, 0, "roles")
    yield different(scores[name] for name in kinds)


@claim("EX-23", UNDERGROUND_36, norm_matters=False)
def single_words_get_factors(case: Case) -> Iterator[Part]:
    """There, with yet more factors, single words get their own: "nothing" and "man"."""
    yield from single_words(case.answer(UNDERGROUND_36))
    yield from in_layer_0(case, UNDERGROUND_36, single_words)


def single_words(factors: Factors) -> Iterator[Part]:
    """Parts of EX-23."""
    words = [token.strip().lower() for token in factors.tokens]
    yield from factors_of_their_own(factors, {w: having(words, w) for w in ("nothing", "man")})


@claim("EX-18", *FIRST_TOKEN_FIGURES, norm_matters=False, costly=True)
def the_first_token_has_its_own_factor(case: Case) -> Iterator[Part]:
    """A factor for the first token alone is common: most texts' factors have one."""
    # No text is spoken of by itself, so one test is made of all. Of six tests, corrected for their
    # number, three could not pass whatever a figure shows: the least p-value of a text is one over
    # its length, and three of the published texts have 40 tokens or fewer.
    chances: list[float] = []
    parts: list[Part] = []
    for question in FIRST_TOKEN_FIGURES:
        factors = case.answer(question)
        name = question.id.removeprefix("factors_")
        found = score("first token", factors.activity, first_token(factors))
        first, *others = factors.activity[found.pattern]
        elsewhere = max(others) / first if first else 1.0
        goes = go_with({name: found})[name]  # one role of each text
        alone = less(f"{name}: its greatest activity elsewhere", elsewhere, ELSEWHERE, "share")
        chances.append(found.p_value if alone.holds else 1.0)
        parts += [beside(goes), beside(alone)]
    statement = f"most of {len(chances)} texts have such a factor: chance of as good ones elsewhere"
    yield less(statement, most_of(chances), SIGNIFICANT, "probability")
    yield from parts


@claim("EX-19", SHARE, norm_matters=False, definitional=True)
def the_feed_forward_layer_is_two_thirds(case: Case) -> Iterator[Part]:
    """The feed-forward layer holds most of a block's parameters, about two thirds where it is two
    matrices four times as wide as the stream. This is arithmetic on the shape of a network, in
    which training has no part.
    """
    share = case.answer(SHARE)
    yield more("share of the blocks' parameters", share, 0.5, "share")
    if case.is_paper_model(SHARE):
        yield agrees("it is two thirds", share, 2 / 3, ABOUT_A_SHARE, "share")


@claim("EX-20", COMPONENTS, TWO, norm_matters=False, definitional=True)
def only_principal_components_are_negative(case: Case) -> Iterator[Part]:
    """Principal components of the activations have negative weights, factors have none, which is
    why factors read better. Both follow from the methods: factors are kept from being negative, and
    components that share neurons can be at right angles only through negative weights.
    """
    components, factors = case.answer(COMPONENTS), case.answer(TWO)
    if factors.neurons is None:
        raise NotTestable("the article published no neurons of its factors")
    for component, weights in enumerate(components.neurons):
        smaller = min((weights < 0).mean(), (weights > 0).mean())  # a component's sign is arbitrary
        statement = f"component {component}: share of neurons of the rarer sign"
        yield more(statement, smaller, 0, "share")
    negative = int((factors.neurons < 0).sum() + (factors.activity < 0).sum())
    yield agrees("negative numbers in the factors", negative, 0, 0, "numbers")
