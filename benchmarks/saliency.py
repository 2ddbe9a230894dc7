"""Gradient x input for a whole continuation: this package against captum, token by token.

Captum's route is that of the articles' software: for each token, a pass over the text before
it, logits of the whole vocabulary at every position, and a gradient. A second route through captum
asks for the logits of the last position only. All start from the same token ids and end with the
same tokens x positions shares.

    python benchmarks/saliency.py [--repeats 5] [--prompt 23] [--continuation 30]
"""

from collections.abc import Callable

import numpy as np
import torch
from captum.attr import InputXGradient
from routes import Routes, main
from torch import Tensor

from replication.measures.saliency import gradient_x_input_ids
from replication.models.language_model import LanguageModel


def this_package(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): one pass for a group of tokens, their gradients together."""
    return gradient_x_input_ids(model, ids, prompt).shares


def captum(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): a pass and a gradient per token, logits of all positions."""
    return _captum(model, ids, prompt, lambda inputs: model.network(inputs_embeds=inputs).logits)


def captum_last(model: LanguageModel, ids: list[int], prompt: int) -> np.ndarray:
    """(token, position): the same with the logits of the last position only."""
    return _captum(
        model,
        ids,
        prompt,
        lambda inputs: model.network(inputs_embeds=inputs, logits_to_keep=1).logits,
    )


def _captum(
    model: LanguageModel, ids: list[int], prompt: int, logits: Callable[[Tensor], Tensor]
) -> np.ndarray:
    method = InputXGradient(lambda inputs: logits(inputs)[:, -1])
    shares = np.zeros((len(ids) - prompt, len(ids) - 1))
    for row, target in zip(shares, range(prompt, len(ids)), strict=True):
        inputs = model.network.get_input_embeddings()(torch.tensor([ids[:target]]))
        products = method.attribute(inputs.requires_grad_(), target=ids[target])
        norms = products[0].detach().norm(dim=-1)
        row[:target] = norms / norms.sum()
    return shares


ROUTES: Routes = {
    "captum": captum,
    "captum, last logits": captum_last,
    "this package": this_package,
}


def agreement(shares: dict[str, np.ndarray]) -> str:
    """How far the routes are apart."""
    difference = np.abs(shares["captum"] - shares["this package"]).max()
    return f"largest difference between shares: {difference:.1g}"


if __name__ == "__main__":
    main(__doc__, ROUTES, agreement)
