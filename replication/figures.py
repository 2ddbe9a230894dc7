"""The table of figures. Each has a notebook of its name under ``notebooks/`` of a clone."""

from collections.abc import Iterable
from dataclasses import dataclass

from replication.shapes import NORMS, Norm

FORMATS = (".svg", ".png", ".json")


@dataclass(frozen=True)
class Figure:
    """One figure of the replication."""

    id: str
    """The name of its notebook and the stem of its files."""
    title: str
    claims: tuple[str, ...]
    """Ids of the claims that it bears on."""
    experiments: tuple[str, ...]
    alt: str
    """What can be seen, for those who cannot."""


FIGURES: dict[str, Figure] = {
    figure.id: figure
    for figure in (
        Figure(
            "top_tokens_last",
            "Top tokens after the last layer",
            ("HS-01",),
            ("top10_ones",),
            "Bars of the ten most probable tokens after the last layer for the text 1, 1, 1: "
            "the repeated 1 has the longest bar in the published and in the measured panels.",
        ),
        Figure(
            "top_tokens_layers",
            "Top tokens after every layer",
            ("HS-02", "HS-03", "HS-04", "HS-05"),
            ("top10_ones",),
            "Tables with a row per layer and the ten most probable tokens across, darker where "
            "more probable: published numbers, then a model under each norm.",
        ),
        Figure(
            "rank_selected_token",
            "Rank of one token after every layer",
            ("HS-04",),
            ("ranks_ones_first_token",),
            "Columns with the rank of the token 1 after every layer, darker where better: rank 1 "
            "is at the bottom of each panel.",
        ),
        Figure(
            "rank_sequence",
            "Ranks of an output sequence after every layer",
            ("HS-06", "HS-07", "HS-08"),
            ("ranks_ones",),
            "Grids with the ranks of the next tokens of 1, 1, 1 after every layer, darker where "
            "better: digits and comma, published and measured.",
        ),
        Figure(
            "eu_list",
            "A list of EU countries, token by token",
            ("HS-09", "HS-10", "HS-11", "HS-12", "HS-13"),
            ("ranks_eu_gpt2",),
            "Wide grids with the rank of every token of a numbered list of countries after every "
            "layer, darker where better: newlines and periods are dark in high rows, countries "
            "only in the lowest, except under no norm on the measured model.",
        ),
        Figure(
            "agreement",
            "Is or are: agreement with the subject",
            ("HS-14", "HS-15", "HS-16"),
            (
                "watch_keys_cabinet",
                "watch_key_cabinets",
                "watch_key_cabinet",
                "watch_keys_cabinets",
            ),
            "Four groups of grids, one per sentence on keys and cabinets, with the ranks of is "
            "and are after every layer, darker where better.",
        ),
        Figure(
            "occupations",
            "Man or woman: the doctor and the nurse",
            ("HS-17", "HS-18"),
            ("watch_doctor", "watch_nurse"),
            "Two groups of grids, for the doctor and for the nurse, with the ranks of man and "
            "woman after every layer, darker where better.",
        ),
        Figure(
            "heathrow",
            "Where Heathrow is: a fact found layer by layer",
            ("HS-19",),
            ("ranks_heathrow",),
            "Grids with the ranks of London and of the period that follows it after every layer, "
            "darker where better.",
        ),
        Figure(
            "eu_gallery",
            "EU countries by a small and by a large model",
            ("HS-20",),
            ("ranks_eu_distilgpt2", "ranks_eu_gpt2xl"),
            "Wide grids with the rank of every token of two lists of countries after every layer, "
            "darker where better: published for a model of 6 and one of 48 layers, and measured.",
        ),
    )
}


def parse_norms(norms: str) -> list[Norm]:
    """The norms of a list such as ``"none,final"``; ``ValueError`` for an unknown or no norm."""
    asked = list(dict.fromkeys(name.strip() for name in norms.split(",")))
    for name in asked:
        if name not in NORMS:
            raise ValueError(f"unknown norm {name!r}: expected one of {', '.join(NORMS)}")
    return [norm for name in asked for norm in NORMS if norm == name]


def select(ids: Iterable[str]) -> list[Figure]:
    """The figures of these ids, or all for none; ``ValueError`` with the known ids for others."""
    chosen = list(dict.fromkeys(ids)) or list(FIGURES)
    for id in chosen:
        if id not in FIGURES:
            raise ValueError(f"unknown figure {id!r}: expected one of {', '.join(FIGURES)}")
    return [FIGURES[id] for id in chosen]
