"""The figures that redraw the articles' own, published numbers beside measured ones."""

from replication.figures.figure import Figure
from replication.questions.lens import RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.neurons import FactorsOf, FiringOf
from replication.questions.saliency import SaliencyOf


def _saliency(
    id: str, title: str, claims: tuple[str, ...], published: str, chosen: tuple[int, ...], seen: str
) -> Figure:
    alt = (
        f"For an article's model and a measured one, tokens in boxes and a grid with a row for "
        f"each generated token, darker where a token before it counts for more: {seen}"
    )
    question, options = SaliencyOf.of_figure(published), {"chosen": chosen}
    return Figure(id, title, claims, (question,), alt, options, notebook="saliency")


def _factors(id: str, title: str, claims: tuple[str, ...], published: str, seen: str) -> Figure:
    question = FactorsOf.of_figure(published)
    alt = (
        f"{question.factors} sparklines of factors along a text, published and measured, and "
        "below each set the text with its tokens coloured and numbered by their strongest factor: "
        f"{seen}"
    )
    return Figure(id, title, claims, (question,), alt, notebook="factors")


ARTICLE_FIGURES: tuple[Figure, ...] = (
    Figure(
        "top_tokens_last",
        "Top tokens after the last layer",
        ("HS-01",),
        (TopTokensOf.of_figure("top10_ones"),),
        "Bars of the ten most probable tokens after the last layer for the text 1, 1, 1: "
        "the repeated 1 has the longest bar in the published and in the measured panels.",
        options={"last_layer": True},
        notebook="sequence_of_ones",
    ),
    Figure(
        "top_tokens_layers",
        "Top tokens after every layer",
        ("HS-02", "HS-03", "HS-04", "HS-05"),
        (TopTokensOf.of_figure("top10_ones"),),
        "Tables with a row per layer and the ten most probable tokens across, darker where "
        "more probable: published numbers, then a model under each norm.",
        notebook="sequence_of_ones",
    ),
    Figure(
        "rank_selected_token",
        "Rank of one token after every layer",
        ("HS-04",),
        (RanksOf.of_figure("ranks_ones_first_token"),),
        "Columns with the rank of the token 1 after every layer, darker where better: rank 1 "
        "is at the bottom of each panel.",
        notebook="sequence_of_ones",
    ),
    Figure(
        "rank_sequence",
        "Ranks of an output sequence after every layer",
        ("HS-06", "HS-07", "HS-08"),
        (RanksOf.of_figure("ranks_ones"),),
        "Grids with the ranks of the next tokens of 1, 1, 1 after every layer, darker where "
        "better: digits and comma, published and measured.",
        notebook="sequence_of_ones",
    ),
    Figure(
        "eu_list",
        "A list of EU countries, token by token",
        ("HS-09", "HS-10", "HS-11", "HS-12", "HS-13"),
        (RanksOf.of_figure("ranks_eu_gpt2"),),
        "Wide grids with the rank of every token of a numbered list of countries after every "
        "layer, darker where better: newlines and periods are dark in high rows, countries "
        "only in the lowest, except under no norm on the measured model.",
        notebook="countries",
    ),
    Figure(
        "agreement",
        "Is or are: agreement with the subject",
        ("HS-14", "HS-15", "HS-16"),
        tuple(
            WatchedRanksOf.of_figure(f"watch_{noun}")
            for noun in ("keys_cabinet", "key_cabinets", "key_cabinet", "keys_cabinets")
        ),
        "Four groups of grids, one per sentence on keys and cabinets, with the ranks of is "
        "and are after every layer, darker where better.",
        notebook="agreement",
    ),
    Figure(
        "occupations",
        "Man or woman: the doctor and the nurse",
        ("HS-17", "HS-18"),
        (WatchedRanksOf.of_figure("watch_doctor"), WatchedRanksOf.of_figure("watch_nurse")),
        "Two groups of grids, for the doctor and for the nurse, with the ranks of man and "
        "woman after every layer, darker where better.",
        notebook="occupations",
    ),
    Figure(
        "heathrow",
        "Where Heathrow is: a fact found layer by layer",
        ("HS-19",),
        (RanksOf.of_figure("ranks_heathrow"),),
        "Grids with the ranks of London and of the period that follows it after every layer, "
        "darker where better.",
        notebook="facts",
    ),
    Figure(
        "eu_gallery",
        "EU countries by a small and by a large model",
        ("HS-20",),
        (RanksOf.of_figure("ranks_eu_distilgpt2"), RanksOf.of_figure("ranks_eu_gpt2xl")),
        "Wide grids with the rank of every token of two lists of countries after every layer, "
        "darker where better: published for a model of 6 and one of 48 layers, and measured.",
        notebook="countries",
    ),
    _saliency(
        "saliency_shakespeare",
        "What the birth year of Shakespeare is taken from",
        ("EX-01", "EX-02"),
        "saliency_shakespeare",
        (0, 1),
        "the name is dark in the published panel.",
    ),
    _saliency(
        "saliency_ones",
        "What a repeated pattern is taken from",
        ("EX-03", "EX-04"),
        "saliency_ones",
        (0, 12),
        "the column of the very first token is the darkest in the published grid.",
    ),
    _saliency(
        "saliency_eu",
        "What a list of EU countries is taken from",
        ("EX-05",),
        "saliency_eu",
        (0, 4),
        "countries are darkest for later countries, and each for the newline after it.",
    ),
    _saliency(
        "saliency_dialogue",
        "What an answer in a dialogue is taken from",
        ("EX-06",),
        "saliency_dialogpt",
        (0, 10),
        "the question mark is dark at the start of the published answer.",
    ),
    _saliency(
        "saliency_hero",
        "The opening example: saliency of a short list",
        ("EX-05",),
        "saliency_hero_eu",
        (0, 13),
        "the columns of the countries are the darkest.",
    ),
    Figure(
        "neurons_counting",
        "Neurons of one layer while a model counts",
        ("EX-09", "EX-10"),
        (FiringOf.of_figure("factors_counting_five"),),
        "Two fields of 200 neurons across the generated tokens, pale but for a few dark "
        "stripes, the second with the neurons put together by cluster; below, a sparkline of "
        "each cluster's mean firing, most of them high at every comma or at every number.",
        notebook="neurons",
    ),
    _factors(
        "factors_counting_two",
        "Two factors of counting",
        ("EX-11", "EX-12"),
        "factors_counting_two",
        "one rises at numbers, the other at commas.",
    ),
    _factors(
        "factors_counting_five",
        "Five factors of counting",
        ("EX-13", "EX-18"),
        "factors_counting_five",
        "in the published panel three factors share the numbers out, one has the commas and "
        "one the first token.",
    ),
    _factors(
        "factors_eu",
        "Six factors of a list of EU countries",
        ("EX-14", "EX-18"),
        "factors_eu",
        "they part newlines, numbers, periods and countries.",
    ),
    _factors(
        "factors_xml",
        "Ten factors of XML",
        ("EX-15", "EX-18"),
        "factors_xml",
        "tags, brackets, indentation and text have colours of their own.",
    ),
    _factors(
        "factors_cpp",
        "Ten factors of C++",
        ("EX-18",),
        "factors_cpp",
        "code, its signs and its indentation have colours of their own.",
    ),
    _factors(
        "factors_underground",
        "Factors of prose in an early layer",
        ("EX-16", "EX-17", "EX-18"),
        "factors_underground_layer0",
        "commas, pronouns and verbs have colours of their own.",
    ),
    _factors(
        "factors_hero",
        "The opening example: factors of a short list",
        ("EX-14",),
        "factors_hero_eu",
        "they part numbers, periods and countries.",
    ),
    Figure(
        "ranks_counting",
        "Counting on: ranks after every layer",
        ("EX-07", "EX-08"),
        (RanksOf.of_figure("ranks_counting"),),
        "Grids with the ranks of the numbers and commas that follow 1, 2, 3 after every layer, "
        "darker where better: commas are dark in higher rows than numbers.",
        notebook="neurons",
    ),
)
