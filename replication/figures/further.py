"""The figures beyond the articles' own: companion texts, open questions, many texts."""

from replication.articles import gallery
from replication.figures.figure import Figure
from replication.questions.attention import LayerAttentionOf
from replication.questions.layers import ContributionsOf
from replication.questions.lens import FormulasOf, PositionsOf, RanksOf, UncertaintyOf, WordsOf
from replication.questions.norm_parts import NormPartsOf
from replication.questions.patching import PatchingOf
from replication.questions.question import Text
from replication.questions.sets import (
    AgreementByLayer,
    CircuitByLayer,
    OccupationsByLayer,
    RepetitionByLayer,
)
from replication.questions.tuned import LensQualityOf, WatchedReadingsOf

TUNED = "Belrose et al. 2023, https://arxiv.org/abs/2303.08112"
LENS = "nostalgebraist 2020, interpreting GPT: the logit lens"
VIEWS = "Vig 2019, A Multiscale Visualization of Attention in the Transformer Model"
QUESTION = "Alammar 2021, https://jalammar.github.io/hidden-states/: a question that it leaves open"
CAPITAL = Text("The capital of France is")
ARTICLE = "Alammar 2021, https://jalammar.github.io/hidden-states/: its pictures and words"
SENTENCE = Text("The keys to the cabinet are here, and the key to the doors")


FURTHER_FIGURES: tuple[Figure, ...] = (
    Figure(
        "layer_contributions",
        "What each layer contributes",
        ("HS-21",),
        (ContributionsOf.of_figure("ranks_ones"), ContributionsOf.of_figure("ranks_eu_gpt2")),
        "Grids with layers down and the tokens of two texts across, purple where a layer raises a "
        "token in rank or in probability and brown where it lowers it: countries are raised most "
        "by the lowest rows.",
        stated_source=ARTICLE,
        notebook="countries",
    ),
    Figure(
        "cordoba",
        "Cordoba: the text of the gallery",
        ("HS-22",),
        (RanksOf(Text(gallery.PROMPT, gallery.SHOWN)),),
        "Wide grids with the rank after every layer of each token by which a model of the article "
        "continued a text on Spain, darker where better.",
        stated_source=ARTICLE,
        notebook="facts",
    ),
    Figure(
        "cordoba_cities",
        "Cordoba: cities that the text names, and others",
        ("HS-22",),
        (RanksOf(Text(gallery.PROMPT, gallery.CITIES)),),
        "Grids with the rank after every layer of each token of a list of cities after a text on "
        "Spain, darker where better: cities that the text names are dark a little earlier.",
        stated_source=ARTICLE,
        notebook="facts",
    ),
    Figure(
        "capital_words",
        "The capital of France: three cities",
        ("LL-01",),
        (WordsOf(CAPITAL, (" Paris", " London", " Berlin"), sublayers=True),),
        "Lines of the probability of Paris, London and Berlin along the layers, under each norm: "
        "under the final norm Paris rises over the others at the end.",
        stated_source=LENS,
        notebook="facts",
    ),
    Figure(
        "capital_positions",
        "Every position of a text at once",
        ("LL-03",),
        (PositionsOf(Text("The capital of France is Paris")),),
        "Grids with the best token after every layer at each position of a sentence, darker where "
        "more probable, framed where it is the token that really follows.",
        stated_source=LENS,
        notebook="facts",
    ),
    Figure(
        "capital_uncertainty",
        "How unsure each layer is",
        ("LL-03",),
        (UncertaintyOf(CAPITAL),),
        "Entropy and divergence from the output along the layers, a line for each position: the "
        "divergence falls to nothing at the end.",
        stated_source=LENS,
        notebook="facts",
    ),
    Figure(
        "lens_formulas",
        "What the commonly published formula leaves out",
        ("LL-02",),
        (FormulasOf(CAPITAL, " Paris"),),
        "A table of the rank and the probability of Paris after every layer by three formulas: "
        "without the final norm, with it, and with it twice.",
        stated_source=LENS,
        notebook="final_norm",
    ),
    Figure(
        "tuned_lens",
        "The tuned lens: how near it is to the output",
        ("TUNED-01",),
        (
            LensQualityOf(),
            WatchedReadingsOf(Text("The keys to the cabinet"), (" is", " are")),
        ),
        "Divergence from the output along the layers, before and after tuning, on two kinds of "
        "texts; below, the ranks of two verbs along the layers under three norms.",
        stated_source=TUNED,
        notebook="final_norm",
    ),
    Figure(
        "final_norm",
        "The final norm taken apart",
        ("HS-NORM", "HS-NORM-scale", "HS-NORM-outliers"),
        (NormPartsOf(Text.of_figure("watch_keys_cabinet"), (" are",)),),
        "Lines of the rank of are along the layers, read through parts of the final norm; dots of "
        "each dimension's gain and size; lines of the share of the state's length in few of them.",
        stated_source=QUESTION,
        notebook="final_norm",
    ),
    Figure(
        "many_texts",
        "Agreement, repetition, occupations: many texts",
        (
            "HS-05-many",
            "HS-14-many",
            "HS-15-many",
            "HS-16-many",
            "HS-17-many",
            "HS-18-many",
            "HS-Q2",
            "HS-Q2-caution",
        ),
        (AgreementByLayer(), RepetitionByLayer(), OccupationsByLayer()),
        "Curves along the layers with bands for their intervals, under each norm: how often the "
        "verb agrees with the subject, how probable a repeated token is, and how often the word "
        "for those who mostly do the work leads.",
        stated_source=QUESTION,
        notebook="many_texts",
    ),
    Figure(
        "attention_layer",
        "The attention of one layer, head by head",
        ("BV-04", "BV-04-apart"),
        (LayerAttentionOf(SENTENCE),),
        "A triangle of cells for each head of a layer, darker where a token attends more to one "
        "before it, and a table of what the last token attends to in each head.",
        stated_source=VIEWS,
        notebook="attention",
    ),
    Figure(
        "patching_pair",
        "Which activations carry the number of the subject",
        ("HS-Q1-transport",),
        (PatchingOf("The keys to the cabinet", "The key to the cabinet", " are", " is"),),
        "Three heat maps, layers down and tokens across, for the residual stream, attention and "
        "the feed-forward layer: the effect of patching moves from the subject to the last token.",
        stated_source=QUESTION,
        notebook="patching",
    ),
    Figure(
        "agreement_settled",
        "Where agreement is settled, head by head",
        ("HS-Q1-transport", "HS-Q1-decision"),
        (CircuitByLayer(),),
        "Curves along the layers of how much of the effect lies at the subject and at the last "
        "position, and of how much attention and feed-forward layers write of it; below them a map "
        "of what each head writes, with frames around the heads that are named.",
        stated_source=QUESTION,
        notebook="patching",
    ),
)
