"""In what a check departs from the article's own experiment, as its provenance tells."""

from collections.abc import Iterator

from replication.articles.sources import kind_of, level_of, published_of
from replication.judging.findings import Finding
from replication.models import registry
from replication.questions.subjects import Published


def deviations(finding: Finding) -> Iterator[str]:
    """One sentence each; none for the article's own numbers."""
    if finding.subject == Published.name:
        return
    entry, seed = registry.find(finding.subject)
    theirs = {str(figure.model) for figure in published_of(finding.figures) if figure.model}
    if not theirs:
        yield f"No numbers were published to compare with; measured on {finding.model}."
    elif entry.name not in {model.rpartition("/")[2].lower() for model in theirs}:
        yield from _of_another_model(finding, entry, theirs)
    if seed is not None:
        yield f"Untrained weights, seed {seed}: a control."
    if "dequantized" in finding.weights:
        yield f"Quantized weights: {finding.weights}."
    if finding.start_token != "none":
        yield f"A start token that the model sees before the text: {finding.start_token}."
    yield from _of_norm(finding)
    if level_of(finding.claim) == "many texts":
        yield "Many texts of the same kind in place of the article's one, which is not among them."


def _of_another_model(
    finding: Finding, entry: registry.ModelEntry, theirs: set[str]
) -> Iterator[str]:
    shown = ", ".join(sorted(theirs))
    yield f"Another model: {finding.model}. The article's numbers are of {shown}."
    yield (
        f"Another tokenizer, of {entry.vocabulary:,} tokens: it may cut words elsewhere, so tokens "
        "are found by what they are and not by where they stand."
    )
    yield (
        f"Another depth, {entry.layers} layers: a layer is carried over by its share of the depth. "
        "Orders are judged, and not the article's numbers."
    )


def _of_norm(finding: Finding) -> Iterator[str]:
    kind = kind_of(finding.claim)
    if finding.norm == "final" and kind in ("HS", "EX"):
        yield "Inner layers are read through the final norm, which the article leaves out."
    if finding.norm == "none" and kind == "LL":
        yield "Inner layers are read without the final norm, which the logit lens applies."
